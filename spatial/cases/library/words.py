"""Words of a question, in Chinese and in Latin letters, and where they stand in a text.

A run of Chinese characters is looked up by its pairs of neighbours, as the index holds them; one character by itself is
the beginning of a pair. Latin words are stemmed by the database. Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # the ranges that library_grams (migration 0011) knows
_RUN, _OTHER = re.compile(f"[{_HAN}]+"), re.compile(f"[^{_HAN}]+")
_SNIPPET = 120  # characters shown of a long text
_LEAD = 30  # of which so many before the first hit


@dataclass(frozen=True)
class Words:
    """A question taken apart. `grams` is a tsquery of pairs, `runs` what must stand word for word, `latin` the rest."""

    grams: str
    runs: tuple[str, ...]
    latin: str

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.grams or self.latin)

    @property
    def patterns(self) -> list[str]:
        """What must stand word for word: pairs alone would also find the pieces apart."""
        return [f"%{run}%" for run in self.runs if len(run) > 2]


def read_words(question: str) -> Words:
    """The words of a question."""
    runs = tuple(dict.fromkeys(_RUN.findall(question)))
    pairs = [pair for run in runs for pair in _pairs(run)]
    latin = " ".join(part.strip() for part in _OTHER.findall(question) if part.strip())
    return Words(" & ".join(dict.fromkeys(pairs)), runs, latin)


def highlight(text: str, words: Words, stems: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """A piece of the text around the first hit, and the spans of hits in it as (start, end) offsets.

    `stems` are the Latin words as the database stems them, "city" as "citi": a word of the text that begins with one is
    a hit.
    """
    latin = [rf"\b{re.escape(stem.removesuffix('i'))}{'[iy]' if stem.endswith('i') else ''}\w*" for stem in stems]
    asked = [*(re.escape(run) for run in sorted(words.runs, key=len, reverse=True)), *latin]
    hits = [hit.span() for hit in re.finditer("|".join(asked), text, re.IGNORECASE | re.ASCII)] if asked else []
    start = max(0, hits[0][0] - _LEAD) if hits and len(text) > _SNIPPET else 0
    piece = text[start : start + _SNIPPET]
    inside = [(a - start, min(b - start, len(piece))) for a, b in hits if a - start < len(piece)]
    return piece, inside


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [f"'{run}':*"]
    return [f"'{run[i : i + 2]}'" for i in range(len(run) - 1)]
