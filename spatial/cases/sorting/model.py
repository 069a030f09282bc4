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
        """How likely each matter is, adding up to 1."""
        row = self._row
        counts = [(row[run], count) for run, count in count_grams(text).items() if run in row]
        scores = self.bias.astype(np.float64)
        if counts:
            rows = np.fromiter((r for r, _ in counts), np.intp, len(counts))
            times = np.fromiter((c for _, c in counts), np.float64, len(counts))
            values = (1.0 + np.log(times)) * self.rarity[rows]
            scores = scores + (values / np.sqrt(values @ values)) @ self.weights[rows]
        scores = scores / self.temperature
        shares = np.exp(scores - scores.max())
        return np.asarray(shares / shares.sum(), np.float64)

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
