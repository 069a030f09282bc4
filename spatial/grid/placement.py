"""What is said of a position: its unit, its candidates, and how certain that is.

Both ways of finding a unit, by an index and by candidates from the store, end here, so that they say the same.

Pure: codes and shares in, a placement out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

CERTAIN_SHARE = 0.95
WORST_CERTAIN_M = 200.0
MOST_CANDIDATES = 10
_SMALLEST_SHARE = 0.001


@dataclass(frozen=True)
class Candidate:
    """A unit that the position may be in, with its share of the samples around it."""

    code: str
    share: float


@dataclass(frozen=True)
class Placement:
    """Where a position is. `unit` is None outside; `path` runs from the widest level to the unit."""

    unit: str | None
    unit_version: int | None
    district: str | None
    path: tuple[str, ...]
    certainty: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class CertaintyRule:
    """When a placement counts as certain: enough of it in one unit, and a radius that says something."""

    share: float = CERTAIN_SHARE
    worst_accuracy_m: float = WORST_CERTAIN_M


@dataclass(frozen=True)
class Unit:
    """A unit as it is told of: code, version, home area and chain."""

    code: str
    version: int
    district: str
    path: tuple[str, ...]


def place(
    unit: Unit | None, shares: Iterable[tuple[str, float]], *, radius_m: float, overlaps: bool, rule: CertaintyRule
) -> Placement:
    """The placement of a position that the border rule put in `unit`.

    `shares` are the candidates' parts, which add up to 1 with what lies outside. `outside` is said when no unit
    covers the position, or when most of what it may be lies outside; `certain` when enough lies in the unit, no
    second unit covers the position, and the radius is not too wide to say anything.
    """
    ranked = sorted(((round(part, 4), code) for code, part in shares if part >= _SMALLEST_SHARE), key=_largest_first)
    candidates = tuple(Candidate(code, part) for part, code in ranked)
    if unit is None:
        return Placement(None, None, None, (), "outside", candidates[:MOST_CANDIDATES])
    own = next((one.share for one in candidates if one.code == unit.code), 0.0)
    outside = 1.0 - sum(one.share for one in candidates)
    is_certain = own >= rule.share and not overlaps and radius_m <= rule.worst_accuracy_m
    certainty = "outside" if outside > 0.5 else "certain" if is_certain else "ambiguous"
    return Placement(unit.code, unit.version, unit.district, unit.path, certainty, candidates[:MOST_CANDIDATES])


def _largest_first(candidate: tuple[float, str]) -> tuple[float, str]:
    part, code = candidate
    return -part, code
