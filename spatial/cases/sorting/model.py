"""A trained model as plain arrays: what it answers, and how it is kept.

Kept as npz arrays and JSON, never as a pickle: a pickle that comes out of a database is code that somebody else
wrote. Answers with dictionary look-ups and one small product, without scikit-learn.

Pure: bytes and texts in, shares out. Refuses to know the store.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spatial.cases.sorting.ngrams import FORM, count_grams
from spatial.errors import Invalid

Floats = NDArray[np.float32]
# Reports in wordings that a model never read are known to it by half or more (the hundredth part by less than 0.51 on
# made-up texts); what is about nothing that it learned, by less than 0.45.
_WELL_KNOWN = 0.6


@dataclass(frozen=True)
class Model:
    """Weights of the runs (rows) for the matters (columns). `temperature` above 1 tempers shares that were too sure."""

    matters: tuple[str, ...]
    runs: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats
    temperature: float

    @cached_property
    def _row(self) -> dict[str, int]:
        return {run: row for row, run in enumerate(self.runs)}

    def shares(self, text: str) -> NDArray[np.float64]:
        """How likely each matter is among those learned, adding up to 1."""
        return self._share(*self._weigh(text)[:2])

    def confidences(self, text: str) -> NDArray[np.float64]:
        """How likely each matter is, as far as the text is known at all; the rest is for what was never learned.

        A classifier shares out the whole among the matters that it has, also for a text about none of them.
        """
        rows, values, unknown = self._weigh(text)
        return self._share(rows, values) * min(1.0, _known(values, unknown) / _WELL_KNOWN)

    def knows(self, text: str) -> float:
        """How much of a text was learned from, 0 to 1; a run that was never read weighs like the rarest."""
        _, values, unknown = self._weigh(text)
        return _known(values, unknown)

    def _share(self, rows: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.float64]:
        scores = self.bias.astype(np.float64)
        if len(rows):
            scores = scores + (values / np.sqrt(values @ values)) @ self.weights[rows]
        scores = scores / self.temperature
        shares = np.exp(scores - scores.max())
        return np.asarray(shares / shares.sum(), np.float64)

    def _weigh(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.float64], float]:
        """The runs that were learned and their weights, and the squared weight of the others."""
        row, counts = self._row, count_grams(text)
        known = [(row[run], count) for run, count in counts.items() if run in row]
        rows = np.fromiter((r for r, _ in known), np.intp, len(known))
        values = (1.0 + np.log([c for _, c in known])) * self.rarity[rows]
        others = 1.0 + np.log([count for run, count in counts.items() if run not in row])
        return rows, values, float(others @ others * self.rarity.max(initial=1.0) ** 2)

    def to_bytes(self) -> bytes:
        """The model as a compressed npz archive."""
        card = {"form": FORM, "matters": self.matters, "runs": self.runs, "temperature": self.temperature}
        told = np.frombuffer(json.dumps(card, ensure_ascii=False).encode(), np.uint8)
        kept = io.BytesIO()
        np.savez_compressed(kept, card=told, rarity=self.rarity, weights=self.weights, bias=self.bias)
        return kept.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Model":
        """Read a model. Raises Invalid for bytes that are none, or one of another form."""
        try:
            with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
                card: dict[str, Any] = json.loads(arrays["card"].tobytes())
                rarity, weights, bias = (np.asarray(arrays[key], np.float32) for key in ("rarity", "weights", "bias"))
            matters, runs = tuple(card["matters"]), tuple(card["runs"])
        except (ValueError, KeyError, OSError, EOFError, TypeError, zipfile.BadZipFile) as wrong:
            raise Invalid("the stored sorting model cannot be read; train it again") from wrong
        if card.get("form") != FORM or weights.shape != (len(runs), len(matters)) or rarity.shape != (len(runs),):
            raise Invalid("the stored sorting model is of another form; train it again")
        return cls(matters, runs, rarity, weights, bias, float(card["temperature"]))


def _known(values: NDArray[np.float64], unknown: float) -> float:
    known = float(values @ values)
    return float(np.sqrt(known / (known + unknown))) if known else 0.0
