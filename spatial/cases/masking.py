"""Masking: what a citizen wrote, without the numbers and addresses by which he could be found.

Masked are e-mail addresses and every run of seven or more digits, however it is broken up by spaces, hyphens, dots
or brackets: mobile numbers, landlines, hotlines, ID cards (with their X), and with them bank cards and whatever else
is that long. A date alone stays. Masking too much costs a look that is logged; masking too little cannot be taken
back. Numbers written out in words are not recognised, and names are not.

Pure. The database has the same rule as `masked(text)`, for looking up words in what is shown (migration 0005).
"""

import re

MASK = "***"
_DIGIT = "[0-9０-９]"
_BETWEEN = "[ \t\u00a0\u3000.()（）·‐‑–—－-]{0,3}"
_DATE = "(?:19|20)[0-9]{2}[-.][01]?[0-9][-.][0-3]?[0-9](?![0-9０-９])"
EMAIL = "[!-?A-~]+[@＠][A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)*"
NUMBER = f"(?<!{_DIGIT})(?!{_DATE}){_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,}}(?:{_BETWEEN}[XxＸｘ])?"
_EMAIL, _NUMBER = re.compile(EMAIL), re.compile(NUMBER)


def mask(text: str) -> str:
    """The text with `***` for each e-mail address and each long number."""
    return _NUMBER.sub(MASK, _EMAIL.sub(MASK, text))
