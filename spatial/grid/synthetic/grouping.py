"""Cutting units into contiguous groups of given sizes: districts, streets, communities.

A capacity-weighted power diagram makes compact groups; pieces that were cut off go to the neighbour that
surrounds them most. Knows points and who touches whom; refuses to know polygons and names.
"""

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from spatial.grid.synthetic.ground import Floats

_ROUNDS = 120


def group(points: Floats, touching: csr_array, targets: Floats, centres: Floats | None = None) -> np.ndarray:
    """A group number for each point, about in the proportions of `targets`, each group contiguous.

    `touching` is the symmetric neighbour matrix of the points and must be connected. `centres` are where
    groups begin to grow; without them they begin far apart from each other.
    """
    shares = np.asarray(targets, float) / np.sum(targets)
    if len(shares) == 1:
        return np.zeros(len(points), int)
    begin = _far_apart(points, len(shares)) if centres is None else np.array(centres, float)
    labels = _power_diagram(points, shares, begin)
    return _mend(labels, touching, len(shares))


def neighbours(sides: np.ndarray, count: int) -> csr_array:
    """The symmetric neighbour matrix of `count` units from pairs that share a border."""
    both = np.r_[sides, sides[:, ::-1]]
    return csr_array(coo_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count)))


def _far_apart(points: Floats, count: int) -> Floats:
    chosen = [int(np.argmin(points.sum(axis=1)))]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(np.argmax(nearest)))
    return points[chosen].copy()


def _power_diagram(points: Floats, shares: Floats, centres: Floats) -> np.ndarray:
    spread = float(np.prod(np.ptp(points, axis=0))) / len(shares)
    bonus = np.zeros(len(shares))
    labels = np.zeros(len(points), int)
    best, best_error = labels, np.inf
    for turn in range(_ROUNDS):
        distance = ((points[:, None, :] - centres[None]) ** 2).sum(axis=2)
        labels = np.argmin(distance - bonus, axis=1)
        count = np.bincount(labels, minlength=len(shares))
        error = float(np.abs(count / len(points) - shares).sum()) + 10.0 * float((count == 0).sum())
        if error < best_error and turn > _ROUNDS // 3:
            best, best_error = labels, error
        bonus += 0.25 * spread * np.clip(1 - count / (shares * len(points)), -1, 1) / (1 + turn / 20)
        if turn < _ROUNDS // 2:
            centres = _drift(points, labels, count, centres)
    return best


def _drift(points: Floats, labels: np.ndarray, count: np.ndarray, centres: Floats) -> Floats:
    """Move each centre half the way to the middle of its group."""
    middle = np.c_[tuple(np.bincount(labels, points[:, axis], len(count)) for axis in (0, 1))]
    filled = count > 0
    moved = centres.copy()
    moved[filled] += 0.5 * (middle[filled] / count[filled, None] - centres[filled])
    return moved


def _mend(labels: np.ndarray, touching: csr_array, groups: int) -> np.ndarray:
    """Keep the largest piece of each group; give the others to the group that touches them most."""
    labels = labels.copy()
    _fill_empty(labels, touching, groups)
    edges = touching.tocoo()
    for _ in range(50):
        same = labels[edges.row] == labels[edges.col]
        kin = coo_array((np.ones(same.sum()), (edges.row[same], edges.col[same])), shape=touching.shape)
        pieces, piece = connected_components(kin, directed=False)
        if pieces == groups:
            return labels
        size = np.bincount(piece)
        main = np.zeros(pieces, bool)
        for number in range(groups):
            inside = np.unique(piece[labels == number])
            main[inside[np.argmax(size[inside])]] = True
        stray = int(np.nonzero(~main)[0][0])
        border = (piece[edges.row] == stray) & (piece[edges.col] != stray)
        labels[piece == stray] = np.bincount(labels[edges.col[border]]).argmax()
    return labels


def _fill_empty(labels: np.ndarray, touching: csr_array, groups: int) -> None:
    """A group without any point takes a rim point of the largest group."""
    for empty in np.setdiff1d(np.arange(groups), labels):
        members = np.nonzero(labels == np.bincount(labels).argmax())[0]
        ties = np.asarray(touching[members][:, members].sum(axis=1)).ravel()
        labels[members[np.argmin(ties)]] = empty
