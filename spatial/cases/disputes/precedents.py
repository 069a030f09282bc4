"""Precedents: what a ruling leaves behind, and which of them decides a later case (当作惯例执行).

A precedent decides where its matter is the case's or above it, all of its attributes are the case's, and its
area holds the position; of several the newest one. It is asked only where the table of responsibility gives
nobody or several. One that was superseded no longer decides, and goes on explaining what it decided before.

Knows rows and the rule that chooses among them, which is pure. Refuses to know the table of responsibility,
and who may rule.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row

from spatial.grid.border import RingEdges, covers, edges_of
from spatial.grid.geodesy import GEOD
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "precedents.sql")

# Why a precedent did not decide: the code that is stored, and what it says to a reader.
WHY_NOT: Mapping[str, tuple[str, str]] = {
    "other_matter": ("it was ruled on another matter", "所裁定的事项不同"),
    "not_recorded": ("it was not yet recorded when this was decided", "作出判定时尚未录入"),
    "not_in_force": ("it was not yet in force at that moment", "当时尚未生效"),
    "superseded": ("it had been superseded", "已被后来的裁定或规则取代"),
    "attributes": ("its attributes are not all those of the case", "关键属性不完全相符"),
    "elsewhere": ("the position lies outside its area", "位置不在其适用范围内"),
    "lead_ended": ("the department that it gives such cases to has ended", "所裁定的主办部门已撤销"),
    "older": ("a newer precedent decides", "有更新的先例"),
}
Rejected = tuple["Precedent", str]


@dataclass(frozen=True)
class Precedent:
    """A ruling as later cases read it.

    `area` is in EPSG:4326; `origin` (lon, lat) is where the case lay that was ruled on, and what `radius_m`
    is counted from. `superseded_by` is a precedent's number, or `responsibility` and a row's id.
    """

    number: str
    ruling: int
    matter: str
    attributes: dict[str, str]
    area_kind: str
    cells: tuple[str, ...]
    area: BaseGeometry | None
    radius_m: float | None
    origin: tuple[float, float]
    lead: str
    assisting: tuple[str, ...]
    in_force_from: datetime
    recorded_at: datetime
    superseded_at: datetime | None = None
    superseded_by: str | None = None

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """What the newest has most of."""
        return self.in_force_from, self.recorded_at, self.number

    def contains(self, *, path: Sequence[str], lon: float, lat: float) -> bool:
        """Whether a place lies in its area; `path` is the place's chain of cells, the position WGS 84 degrees.

        A polygon is judged by the border rule, a radius along the geodesic, its rim included.
        """
        if self.area_kind == "cells":
            return not set(self.cells).isdisjoint(path)
        if self.area is not None:
            return covers(_edges(self.area), lon, lat)
        return self.radius_m is not None and distance_m(self.origin, (lon, lat)) <= self.radius_m

    def is_superseded(self, *, at: datetime, known_at: datetime) -> bool:
        """Whether something had taken its place at a moment, as far as was known then."""
        return self.superseded_at is not None and self.superseded_at <= min(at, known_at)


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres along the geodesic between two (lon, lat)."""
    return float(GEOD.inv(*one, *other)[2])


def list_of_matters(conn: Connection, *, matters: Sequence[str]) -> list[Precedent]:
    """All precedents ruled on one of these matters, newest first, superseded ones too."""
    return [read_precedent(row) for row in run(conn, SQL["precedents_of_matters"], {"matters": list(matters)})]


def list_by_numbers(conn: Connection, *, numbers: Sequence[str]) -> list[Precedent]:
    """Precedents by number, newest first."""
    return [read_precedent(row) for row in run(conn, SQL["precedents_by_number"], {"numbers": list(numbers)})]


def choose(
    precedents: Sequence[Precedent],
    *,
    matters: Sequence[str],
    attributes: Mapping[str, str],
    path: Sequence[str],
    lon: float,
    lat: float,
    at: datetime,
    known_at: datetime,
    ended: Collection[str] = (),
) -> tuple[Precedent | None, list[Rejected]]:
    """The precedent that decides, or None; and every other with the code of `WHY_NOT` that kept it out.

    `matters` are the nodes of the case's matter, itself and those above; `at` is the moment that counts and
    `known_at` the moment of deciding, so that a replay hears nothing that was said later. `ended` are the departments
    that have ended by `at`: a precedent gives no case to one of them, or the case would lie where nobody works.
    """
    chosen: Precedent | None = None
    rejected: list[Rejected] = []
    for precedent in sorted(precedents, key=lambda one: one.age, reverse=True):
        why = (
            _not_yet(precedent, at, known_at)
            or _not_alike(precedent, matters, attributes)
            or _not_here(precedent, path, lon, lat)
            or ("lead_ended" if precedent.lead in ended else None)
            or ("older" if chosen else None)
        )
        if why is None:
            chosen = precedent
        else:
            rejected.append((precedent, why))
    return chosen, rejected


def _not_yet(precedent: Precedent, at: datetime, known_at: datetime) -> str | None:
    if precedent.recorded_at > known_at:
        return "not_recorded"
    if precedent.in_force_from > at:
        return "not_in_force"
    return "superseded" if precedent.is_superseded(at=at, known_at=known_at) else None


def _not_alike(precedent: Precedent, matters: Sequence[str], attributes: Mapping[str, str]) -> str | None:
    if precedent.matter not in matters:
        return "other_matter"
    return None if precedent.attributes.items() <= dict(attributes).items() else "attributes"


def _not_here(precedent: Precedent, path: Sequence[str], lon: float, lat: float) -> str | None:
    return None if precedent.contains(path=path, lon=lon, lat=lat) else "elsewhere"


def read_precedent(row: Row[Any]) -> Precedent:
    """A row of the queries of precedents, as a value."""
    return Precedent(
        number=row.number,
        ruling=row.ruling,
        matter=row.matter,
        attributes=dict(row.attributes),
        area_kind=row.area_kind,
        cells=tuple(row.cells or ()),
        area=_shape(bytes(row.area)) if row.area is not None else None,
        radius_m=row.radius_m,
        origin=(row.origin_lon, row.origin_lat),
        lead=row.lead,
        assisting=tuple(row.assisting),
        in_force_from=row.in_force_from,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        superseded_by=row.superseded_by,
    )


# A precedent's area never changes: each is read, and cut into edges, once a process.
@lru_cache(maxsize=2048)
def _shape(wkb: bytes) -> BaseGeometry:
    return shapely.from_wkb(wkb)


@lru_cache(maxsize=2048)
def _edges(area: BaseGeometry) -> RingEdges:
    return edges_of(area)
