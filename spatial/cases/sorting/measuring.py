"""How well a sorter sorts texts whose matter is known: accuracy, macro-F1, and what abstaining costs and buys.

Pure: answers and truths in, figures out. The share answered and the accuracy of those answered, at each threshold,
is what a district chooses its threshold by.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# What is said of one text: a matter, or None, and how sure.
Said = tuple[str | None, float]


@dataclass(frozen=True)
class Answered:
    """At a threshold: the share of texts answered, and how many of these rightly (None where none was answered)."""

    threshold: float
    share: float
    accuracy: float | None


@dataclass(frozen=True)
class Measures:
    """`accuracy` counts a text without an answer as wrong; `macro_f1` weighs every matter alike."""

    texts: int
    accuracy: float
    macro_f1: float
    abstention: tuple[Answered, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        curve = [vars(step) for step in self.abstention]
        return {"texts": self.texts, "accuracy": self.accuracy, "macro_f1": self.macro_f1, "abstention": curve}


def measure(say: Callable[[str], Said], texts: Sequence[str], truths: Sequence[str]) -> Measures:
    """Let something sort texts whose matters are known. Takes at least one text."""
    said = [say(text) for text in texts]
    right = [matter == truth for (matter, _), truth in zip(said, truths, strict=True)]
    curve = tuple(_answered(threshold, said, right) for threshold in THRESHOLDS)
    return Measures(len(texts), fmean(right), _macro_f1([matter for matter, _ in said], truths), curve)


def _answered(threshold: float, said: Sequence[Said], right: Sequence[bool]) -> Answered:
    kept = [ok for (matter, sure), ok in zip(said, right, strict=True) if matter is not None and sure >= threshold]
    return Answered(threshold, len(kept) / len(said), fmean(kept) if kept else None)


def _macro_f1(said: Sequence[str | None], truths: Sequence[str]) -> float:
    hits = Counter(truth for one, truth in zip(said, truths, strict=True) if one == truth)
    claimed, there = Counter(said), Counter(truths)
    return fmean(2 * hits[matter] / (claimed[matter] + there[matter]) for matter in there)
