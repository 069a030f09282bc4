"""Hot and cold spots: the local statistic Gi* of Getis and Ord.

Arrays in, a frozen result out. Knows statistics; refuses to know units, maps or the store: who is whose
neighbour comes in as two index arrays.

References: A. Getis and J. K. Ord, "The Analysis of Spatial Association by Use of Distance Statistics",
Geographical Analysis 24 (1992); J. K. Ord and A. Getis, "Local Spatial Autocorrelation Statistics:
Distributional Issues and an Application", Geographical Analysis 27 (1995). The false discovery rate is
that of M. Castro and B. Singer, Geographical Analysis 38 (2006). Both are computed by PySAL's esda.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from esda import fdr as fdr_cut_off
from esda.getisord import G_Local
from libpysal.graph import Graph
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.special import ndtr

from spatial.errors import Invalid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A bin's number is its confidence step, its sign the direction: -3 cold at 99 % ... 3 hot at 99 %.
BIN_ALPHAS: Sequence[float] = (0.10, 0.05, 0.01)


@dataclass(frozen=True)
class HotSpots:
    """One entry a place, in the order of the counts.

    `z` is the standardised Gi*, `p` the two-sided normal probability (never adjusted), `bin` -3 ... 3.
    """

    z: Floats
    p: Floats
    bin: Ints
    fdr: bool


def local_g_star(counts: ArrayLike, neighbours: tuple[ArrayLike, ArrayLike], *, fdr: bool = True) -> HotSpots:
    """Gi* with binary weights, each place a neighbour of itself, and normal inference.

    `counts`: (n,) finite and not negative. `neighbours`: two (m,) index arrays (focal, neighbour), each pair
    of neighbours in both directions. With `fdr` the bins hold the false discovery rate at 90, 95 and 99 %
    confidence over all n tests; without it each test stands alone, and among a thousand quiet places a
    hundred reach 90 % by chance. Where nothing varies (all counts equal, or every place neighbours every
    other) there is no evidence: z 0, p 1, bin 0.

    Raises Invalid for counts that are not finite or are negative, and for pairs outside 0 ... n-1.
    """
    values = _checked_counts(counts)
    weights = _binary_graph(len(values), *neighbours)
    z = _scores(values, weights)
    p = _two_sided(z)
    return HotSpots(z=z, p=p, bin=_bins(z, p, fdr=fdr), fdr=fdr)


def _checked_counts(counts: ArrayLike) -> Floats:
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
        raise Invalid("Counts must be one row of finite numbers, none of them negative.", field="counts")
    return values


def _binary_graph(n: int, focal: ArrayLike, neighbour: ArrayLike) -> Graph | None:
    rows, columns = np.asarray(focal, dtype=np.int64), np.asarray(neighbour, dtype=np.int64)
    if rows.shape != columns.shape or rows.ndim != 1:
        raise Invalid("Neighbours must be two rows of equal length.", field="neighbours")
    if len(rows) and (min(rows.min(), columns.min()) < 0 or max(rows.max(), columns.max()) >= n):
        raise Invalid(f"Neighbours must be numbered 0 to {n - 1}.", field="neighbours")
    if n == 0:
        return None
    # A pair given twice would weigh two and break the moments, which hold for binary weights only.
    pairs = np.unique(np.stack([rows, columns])[:, rows != columns], axis=1)
    matrix = coo_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(n, n))
    return Graph.from_sparse(matrix)


def _scores(values: Floats, weights: Graph | None) -> Floats:
    if weights is None or np.ptp(values) == 0:
        return np.zeros(len(values))
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = G_Local(values, weights, transform="B", star=True, permutations=0).Zs
    return np.where(np.isfinite(scores), scores, 0.0)


def _two_sided(z: Floats) -> Floats:
    return np.asarray(np.minimum(1.0, 2.0 * ndtr(-np.abs(z))), dtype=np.float64)


def _bins(z: Floats, p: Floats, *, fdr: bool) -> Ints:
    steps = np.zeros(len(p), dtype=np.int64)
    if len(p) == 0:
        return steps
    for alpha in BIN_ALPHAS:
        steps += p < (fdr_cut_off(p, alpha) if fdr else alpha)
    return steps * np.sign(z).astype(np.int64)
