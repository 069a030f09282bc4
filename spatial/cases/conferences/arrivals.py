"""Whether somebody who reports in is there: within a radius of the place, or inside its unit.

A phone tells a position with a radius that holds the true one with a probability of 68 %. What lies within the place
of the samples around it is its share; a fifth is enough, as for a check-in: at the corner of four units a good position
has a quarter in each. A radius too wide to say anything never counts. Pure: values in, an answer out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians, sin

import numpy as np

from spatial.grid.geodesy import GEOD
from spatial.grid.index.spreads import SAMPLES, pattern

LEAST_SHARE = 0.2
# A phone's clock may run ahead by this much; what it says it will have found later was found by nobody.
CLOCK_AHEAD = timedelta(minutes=5)
SAYS = {
    "there": "the position lies at the place",
    "too_far": "the position lies too far from the place",
    "other_unit": "the position lies in another unit",
    "too_inaccurate": "the position is too inaccurate to say where the unit is",
    "captured_before": "the position was captured before the whistle was raised; take a fresh one at the place",
    "captured_ahead": "captured_at lies ahead; set the clock of the phone and take a fresh position",
}
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


def fault_of_time(captured_at: datetime, *, raised_at: datetime, now: datetime) -> str | None:
    """Why a position says nothing about being there when called: from before the call, or from times to come."""
    if captured_at < raised_at:
        return "captured_before"
    return "captured_ahead" if captured_at > now + CLOCK_AHEAD else None


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


def was_due(*, due_at: datetime, arrived_at: datetime | None, released_at: datetime | None, now: datetime) -> bool:
    """Whether a called unit came or should have: only then is there anything to score it by, or for it to score."""
    return arrived_at is not None or due_at < now and (released_at is None or due_at < released_at)


def colour(*, due_at: datetime, arrived_at: datetime | None, released_at: datetime | None, now: datetime) -> str:
    """green: there in time; red: there late, or not there when it was due; grey: still expected, or released before.

    That the whistle is over releases nobody: the limit runs on until the street says that a unit is not needed.
    """
    if arrived_at is not None:
        return "green" if arrived_at <= due_at else "red"
    return "red" if was_due(due_at=due_at, arrived_at=None, released_at=released_at, now=now) else "grey"
