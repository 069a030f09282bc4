"""Where a position may really be, as a fixed pattern of samples around it.

Phones report the radius within which they are right with a probability of 68 % (Android says so of its
accuracy; Apple's horizontal accuracy is a radius of the same kind). Hence `gaussian`, the default: errors east
and north are independent and normal, and a circle of the reported radius holds 68.27 % of them. For a circular
normal distribution 1 - exp(-r^2 / 2 sigma^2) = 0.6827 gives r = 1.515 sigma. `uniform` takes the radius for a
limit instead: every place of the disc is equally likely, and nothing beyond it.

Samples lie on a sunflower (Vogel's spiral), which covers a disc more evenly than chance does and is the same
each time. Knows no units.
"""

import math
from typing import Literal

import numpy as np

from spatial.errors import Invalid
from spatial.grid.index.layout import Floats

Spread = Literal["gaussian", "uniform"]
SAMPLES = 64
MOST_SAMPLES = 4096
SIGMAS_OF_68 = 1.515
METRES_PER_DEGREE = 111_320.0
WIDEST_RADIUS_M = 5_000.0  # beyond it a position says no more than the part of the city
_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


def pattern(spread: Spread, samples: int) -> tuple[Floats, Floats]:
    """East and north of each sample, in radii as phones report them; shape (samples,).

    Raises Invalid for a spread or a number of samples that there is not.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise Invalid(f"samples must be between 1 and {MOST_SAMPLES}, not {samples}.", field="samples")
    place = np.arange(samples) + 0.5
    if spread == "uniform":
        radius = np.sqrt(place / samples)
    elif spread == "gaussian":
        radius = np.sqrt(-2.0 * np.log1p(-place / samples)) / SIGMAS_OF_68
    else:
        raise Invalid(f"spread is {spread!r}; say gaussian or uniform.", field="spread")
    angle = place * _GOLDEN_ANGLE
    return radius * np.cos(angle), radius * np.sin(angle)


def half_axes(lats: Floats, radii_m: Floats) -> tuple[Floats, Floats]:
    """Width and height in degrees of radii in metres at given latitudes; shape (n,)."""
    heights = np.clip(radii_m, 0.0, WIDEST_RADIUS_M) / METRES_PER_DEGREE
    return heights / np.maximum(np.cos(np.radians(lats)), 1e-3), heights
