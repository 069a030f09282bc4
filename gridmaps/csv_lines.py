"""Lines of CSV for spreadsheets: opened by Excel they keep their Chinese, and what is a name stays one.

Pure. Knows how a spreadsheet reads; refuses to know what stands in a line.
"""

import csv
import io
from collections.abc import Sequence

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding, and Chinese names are lost


def csv_line(values: Sequence[object]) -> str:
    """One line, with its end. None is empty."""
    text = io.StringIO()
    # A name that begins like a formula must stay a name in a spreadsheet.
    csv.writer(text).writerow([f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t" and v else v for v in values])
    return text.getvalue()
