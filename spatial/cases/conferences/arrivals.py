"""Whether somebody who reports in is there: within a radius of the place, or inside its unit.

A phone tells a position with a radius that holds the true one with a probability of 68 %. What lies within the place
of the samples around it is its share; a fifth is enough, as for a check-in: at the corner of four units a good position
has a quarter in each. A radius too wide to say anything never counts. Pure: values in, an answer out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians, sin

import numpy as np

from spatial.grid.geodesy import GEOD
from spatial.grid.index.spreads import SAMPLES, pattern

LEAST_SHARE = 0.2
_EAST, _NORTH = pattern("gaussian", SAMPLES)


@dataclass(frozen=True)
class Place:
    """Where units are called to, WGS 84 degrees; `radius_m` None: anywhere in `unit`."""

    lon: float
    lat: float
    radius_m: float | None
    unit: str


@dataclass(frozen=True)
class Arrival:
    """Whether it counts and why; `distance_m` is from the middle of the place."""

    counts: bool
    why: str
    distance_m: float


def judge(
    place: Place,
    *,
    lon: float,
    lat: float,
    accuracy_m: float,
    shares: Iterable[tuple[str, float]],
    unit: str | None,
    worst_accuracy_m: float,
) -> Arrival:
    """Judge a position. `unit` is where the border rule puts it, `shares` its parts by unit."""
    azimuth, _, distance_m = GEOD.inv(place.lon, place.lat, lon, lat)
    if accuracy_m > worst_accuracy_m:
        return Arrival(False, "too_inaccurate", float(distance_m))
    if place.radius_m is None:
        share = 1.0 if unit == place.unit else dict(shares).get(place.unit, 0.0)
        return Arrival(share >= LEAST_SHARE, "there" if share >= LEAST_SHARE else "other_unit", float(distance_m))
    east, north = distance_m * sin(radians(azimuth)), distance_m * cos(radians(azimuth))
    away = np.hypot(east + _EAST * accuracy_m, north + _NORTH * accuracy_m)
    share = float(np.mean(away <= place.radius_m)) if accuracy_m > 0 else float(distance_m <= place.radius_m)
    return Arrival(share >= LEAST_SHARE, "there" if share >= LEAST_SHARE else "too_far", float(distance_m))


def colour(*, due_at: datetime, arrived_at: datetime | None, closed_at: datetime | None, now: datetime) -> str:
    """green: there in time; red: there late, or not there when it was due; grey: still expected, or no longer."""
    if arrived_at is not None:
        return "green" if arrived_at <= due_at else "red"
    return "red" if due_at < (now if closed_at is None else closed_at) else "grey"
