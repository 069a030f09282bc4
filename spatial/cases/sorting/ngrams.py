"""A text as runs of one to four characters: for Chinese these are its words, with no word list needed.

Pure. Trained models depend on every line here: a change needs another `FORM`, so that old models are refused.
"""

import re
import unicodedata
from collections import Counter

FORM = 1
LONGEST = 4
_LETTERS_SEEN = 600  # what is wrong is said early; an essay costs no more than a paragraph
_DIGITS = re.compile(r"[0-9]+")
_BREAKS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower case, one width, every number one zero, everything that is no letter one blank."""
    folded = unicodedata.normalize("NFKC", text[:_LETTERS_SEEN]).casefold()
    return _BREAKS.sub(" ", _DIGITS.sub("0", folded)).strip()


def grams(text: str) -> list[str]:
    """All runs of one to four characters of a text's plain form, blanks at its ends included."""
    padded = f" {plain(text)} "
    return [padded[at : at + n] for n in range(1, LONGEST + 1) for at in range(len(padded) - n + 1)]


def count_grams(text: str) -> Counter[str]:
    """How often each run occurs."""
    return Counter(grams(text))
