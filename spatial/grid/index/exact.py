"""On which side of a rising edge a point lies, exactly for the doubles given.

A determinant in doubles behind Shewchuk's filter; what the filter cannot vouch for is computed in fractions.
Knows edges and points. Refuses to know units and cells.
"""

from fractions import Fraction

import numpy as np

from spatial.grid.index.layout import Flags, Floats

FILTER = 3.3306690738754716e-16  # Shewchuk 1997, (3 + 16 eps) eps for the 2 x 2 orientation determinant
UNDERFLOW = 1e-300  # the filter assumes that no product underflows; below this nothing is vouched for
SMALLEST, LARGEST = 1e-140, 1e140  # between them no product of two coordinates loses a bit


def exactly_west(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Whether (x, y) lies strictly left of the edge from a up to b, in fractions."""
    fax, fay, fx, fy = Fraction(ax), Fraction(ay), Fraction(x), Fraction(y)
    return (Fraction(bx) - fax) * (fy - fay) > (Fraction(by) - fay) * (fx - fax)


def is_west(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """`exactly_west`, in doubles where they suffice."""
    left = (bx - ax) * (y - ay)
    right = (by - ay) * (x - ax)
    turn = left - right
    if abs(turn) > FILTER * (abs(left) + abs(right)) + UNDERFLOW:
        return turn > 0.0
    return exactly_west(ax, ay, bx, by, x, y)


def are_west(ax: Floats, ay: Floats, bx: Floats, by: Floats, x: Floats, y: Floats) -> Flags:
    """`is_west` for n edges and n points."""
    left = (bx - ax) * (y - ay)
    right = (by - ay) * (x - ax)
    turn = left - right
    west: Flags = turn > 0.0
    unsure = np.abs(turn) <= FILTER * (np.abs(left) + np.abs(right)) + UNDERFLOW
    for i in np.flatnonzero(unsure).tolist():
        west[i] = exactly_west(*(float(part[i]) for part in (ax, ay, bx, by, x, y)))
    return west
