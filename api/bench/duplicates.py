"""How well the same complaint is recognised: on a planted world whose truth is known, and on a table of real requests.

The planted world has things at places, each reported by one or several people with position errors that fit the radius
they tell, some under a wrong class. What is measured is what a city would see: each report, in order, is joined to the
likeliest open case or opens one. Nobody's words are planted: class, place and time decide alone.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from api.bench.rows import Row
from spatial.cases.port.likeness import Bounds, Complaint, Likeness, compare
from spatial.errors import SourceUnreadable

_SIDE_M = 10_000.0
_CLASSES = 20
_DAYS = 30
_RADII_M = (5.0, 20.0, 50.0, 150.0)
_WRONG_CLASS = 0.03
_EXTENT_M = 5.0
_UNIT_M = 100.0  # the side of a unit grid, for telling pairs across a border
_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Told:
    """A report of the stream: what it says, when its case would be closed, and a name for the list."""

    complaint: Complaint
    closed_at: datetime | None
    name: str
    thing: int = -1


@dataclass(frozen=True)
class Join:
    """A report that was joined to the case that an earlier one opened."""

    report: Told
    case: Told
    likeness: Likeness


def join_stream(told: Sequence[Told], bounds: Bounds) -> list[Join]:
    """Join each report, in order of time, to the likeliest case that is open; the others open one."""
    joins: list[Join] = []
    cells: dict[tuple[str | None, int, int], list[Told]] = {}
    for one in sorted(told, key=lambda each: (each.complaint.at, each.name)):
        x, y = _cell(one.complaint, bounds)
        near = [case for dx in (-1, 0, 1) for dy in (-1, 0, 1)
                for case in cells.get((one.complaint.category, x + dx, y + dy), ())]  # fmt: skip
        found = _likeliest(one, near, bounds)
        if found is None:
            cells.setdefault((one.complaint.category, x, y), []).append(one)
        else:
            joins.append(found)
    return joins


def _likeliest(one: Told, near: Iterable[Told], bounds: Bounds) -> Join | None:
    now = one.complaint.at
    open_now = [case for case in near if now - case.complaint.at <= bounds.within
                and (case.closed_at is None or case.closed_at > now)]  # fmt: skip
    said = [Join(one, case, compare(one.complaint, case.complaint, bounds)) for case in open_now]
    same = [join for join in said if join.likeness.is_same]
    return max(same, key=lambda join: join.likeness.score, default=None)


def _cell(complaint: Complaint, bounds: Bounds) -> tuple[int, int]:
    size = bounds.farthest_m / 110_000.0
    return int(complaint.lon * math.cos(math.radians(round(complaint.lat))) // size), int(complaint.lat // size)


def plant(things: int, *, seed: int) -> list[Told]:
    """A world of things, each reported one to several times; `thing` is the truth."""
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, _CLASSES + 1)
    classes = rng.choice(_CLASSES, things, p=weights / weights.sum())
    places = rng.uniform(0.0, _SIDE_M, (things, 2))
    since = rng.uniform(0.0, _DAYS * 24.0, things)
    reports = 1 + rng.poisson(0.5, things)
    start = datetime(2026, 5, 1, tzinfo=UTC)
    told: list[Told] = []
    for thing in range(things):
        later = np.concatenate([[0.0], rng.exponential(6.0, int(reports[thing]) - 1)])
        for hours in later:
            radius = float(rng.choice(_RADII_M))
            east, north = places[thing] + rng.normal(0, _EXTENT_M, 2) + rng.normal(0, radius / 1.5096, 2)
            wrong = rng.random() < _WRONG_CLASS
            category = int(rng.integers(_CLASSES)) if wrong else int(classes[thing])
            at = start + timedelta(hours=float(since[thing] + hours))
            told.append(Told(_at(east, north, radius, at, f"class{category}"), None, f"r{len(told)}", thing))
    return told


def _at(east: float, north: float, radius: float, at: datetime, category: str) -> Complaint:
    lon = 120.0 + east / (_PER_DEGREE * math.cos(math.radians(30.0)))
    return Complaint(lon, 30.0 + north / _PER_DEGREE, radius, at, category)


def measure_planted(things: int, *, seed: int, bounds: Bounds, told: Callable[[str], None]) -> Iterator[Row]:
    """Precision and recall of joining on the planted world: all, across borders of units, and by accuracy."""
    world = plant(things, seed=seed)
    repeats = _repeats(world)
    told(f"Joining {len(world)} reports of {things} things, {len(repeats)} of them repeats")
    joins = join_stream(world, bounds)
    joined = {join.report.name: join for join in joins}

    def other(one: Told) -> Told:
        """What a report repeats, or was joined to."""
        return repeats.get(one.name) or joined[one.name].case

    rules: list[tuple[str, Callable[[Told], bool]]] = [
        ("all", lambda one: True),
        ("across a border of units", lambda one: _unit(one) != _unit(other(one))),
        ("within one unit", lambda one: _unit(one) == _unit(other(one))),
        ("across classes", lambda one: one.complaint.category != other(one).complaint.category),
        *((f"radius {radius:g} m", lambda one, r=radius: one.complaint.accuracy_m == r) for radius in _RADII_M),
    ]
    for name, holds in rules:
        yield from _rows(name, [one for one in world if (one.name in repeats or one.name in joined) and holds(one)],
                   repeats, joined, bounds)  # fmt: skip


def _repeats(world: Sequence[Told]) -> dict[str, Told]:
    """The reports of things that were reported before, with the first report of the thing."""
    first: dict[int, Told] = {}
    repeats: dict[str, Told] = {}
    for one in sorted(world, key=lambda each: (each.complaint.at, each.name)):
        if one.thing in first:
            repeats[one.name] = first[one.thing]
        first.setdefault(one.thing, one)
    return repeats


def _rows(
    name: str, asked: Sequence[Told], repeats: dict[str, Told], joined: dict[str, Join], bounds: Bounds
) -> Iterator[Row]:
    said = [one for one in asked if one.name in joined]
    right = [one for one in said if joined[one.name].case.thing == one.thing]
    true = [one for one in asked if one.name in repeats]
    late = [one for one in true if one.complaint.at - repeats[one.name].complaint.at > bounds.within]
    if said:
        note = f"{len(right)} of {len(said)} joined rightly"
        yield Row(f"precision, {name}", len(right) / len(said), unit="share", note=note)
    if true:
        note = f"{len(right)} of {len(true)} repeats; {len(late)} came behind the window"
        yield Row(f"recall, {name}", len(right) / len(true), unit="share", note=note)


def _unit(one: Told) -> tuple[int, int]:
    complaint = one.complaint
    east = (complaint.lon - 120.0) * _PER_DEGREE * math.cos(math.radians(30.0))
    return int(east // _UNIT_M), int((complaint.lat - 30.0) * _PER_DEGREE // _UNIT_M)


@dataclass(frozen=True)
class Columns:
    """Which columns of a table of requests say what."""

    id: str = "SERVICEREQUESTID"
    category: str = "SERVICECODEDESCRIPTION"
    at: str = "ADDDATE"
    closed_at: str = "RESOLUTIONDATE"


def read_requests(path: Path, *, accuracy_m: float, columns: Columns | None = None) -> list[Told]:
    """A CSV of requests with lon and lat (WGS 84). Raises SourceUnreadable where a column is missing."""
    named = columns or Columns()
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return [_request(row, accuracy_m, named) for row in csv.DictReader(lines)]
    except (OSError, KeyError, ValueError) as fault:
        raise SourceUnreadable(f"{path} is no table of requests ({type(fault).__name__}: {fault})") from None


def _request(row: dict[str, Any], accuracy_m: float, named: Columns) -> Told:
    closed = row[named.closed_at]
    complaint = Complaint(float(row["lon"]), float(row["lat"]), accuracy_m, _moment(row[named.at]), row[named.category])
    return Told(complaint, _moment(closed) if closed else None, row[named.id])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def measure_requests(path: Path, *, accuracy_m: float, bounds: Bounds) -> tuple[list[Row], list[Join]]:
    """How many requests of a table are joined, and the joins themselves, to be looked at one by one."""
    told = read_requests(path, accuracy_m=accuracy_m)
    joins = join_stream(told, bounds)
    reach = bounds.reach_m(accuracy_m * math.sqrt(2.0))
    here = sum(join.likeness.distance_m < 0.5 for join in joins)
    note = f"{len(joins)} of {len(told)} requests; within {reach:.0f} m; {here} on the very spot"
    return [Row(f"joined, accuracy {accuracy_m:g} m", len(joins) / len(told), unit="share", note=note)], joins


def list_sample(joins: Sequence[Join], count: int, *, seed: int) -> list[str]:
    """Some of the joins, drawn evenly by the seed, each as a line to be judged by a person."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(joins), min(count, len(joins)), replace=False).tolist() if joins else []
    return [_line(joins[i]) for i in sorted(chosen)]


def _line(join: Join) -> str:
    like, said = join.likeness, join.report.complaint
    hours = like.apart.total_seconds() / 3600
    return f"{join.report.name} -> {join.case.name}  {like.distance_m:5.0f} m  {hours:5.1f} h  {said.category}"
