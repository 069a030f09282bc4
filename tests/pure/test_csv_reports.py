"""A CSV file of reports is read through once before any row is filed; what is wrong is said with its line."""

from pathlib import Path

import pytest

from api.csv_reports import check_rows, read_header
from spatial.errors import SourceUnreadable

_HEAD = b"lon,lat,captured_at,text\n"
_ROW = b"120.001,30.001,2026-01-05T08:00:00,litter\n"


def _file(tmp_path: Path, *lines: bytes) -> Path:
    path = tmp_path / "calls.csv"
    path.write_bytes(b"".join(lines))
    return path


def test_rows_are_counted_without_blank_lines_and_the_header(tmp_path: Path) -> None:
    assert check_rows(_file(tmp_path, _HEAD, _ROW, b"\n", b'1,2,3,"two\nlines"\n')) == 2


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"1,2,3,\xff\xfe\n", "line 4: not UTF-8"),
        (b"1,2,3," + b"x" * 140_000 + b"\n", "line 4: field larger than"),
        (b"1,2,3,a\0b\n", "line 4: a NUL"),
    ],
)
@pytest.mark.parametrize("rows_behind", [0, 5000])
def test_a_row_that_cannot_be_read_is_named_by_its_line(
    tmp_path: Path, bad: bytes, said: str, rows_behind: int
) -> None:
    path = _file(tmp_path, _HEAD, _ROW, _ROW, bad, _ROW * rows_behind)
    with pytest.raises(SourceUnreadable, match=said):
        read_header(path)
        check_rows(path)


@pytest.mark.parametrize(("mark", "called"), [(b";", "semicolons"), (b"\t", "tabs")])
def test_a_file_with_other_marks_between_columns_is_recognised(tmp_path: Path, mark: bytes, called: str) -> None:
    path = _file(tmp_path, _HEAD.replace(b",", mark), _ROW.replace(b",", mark))
    with pytest.raises(SourceUnreadable, match=rf"{called} between columns \(lon, lat, captured_at, text\)"):
        read_header(path)
