"""Redrawing units inside one community: what a split or a merge would do, as a value.

A plan is prepared outside of any lock and changes nothing: it names the revision that it was drawn on, the
versions to put, the codes to withdraw and who becomes whom. Preview, publish and audit read the same plan;
`redraw_publish` makes it true. Upper levels are unions of their units, so a redraw inside one community
leaves them as they are, and a plan that would not is refused here.

Knows units in force and their codes. Refuses to know cases, accounts and clocks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row

from spatial.errors import GeometryInvalid, Invalid, NotFound
from spatial.grid import border
from spatial.grid.codes import next_code
from spatial.grid.cutting import MIN_PART_M2, join, split
from spatial.grid.geodesy import area_m2
from spatial.grid.levels import list_rules
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "redraw.sql")
_ROUNDING_DEG2 = 1e-13  # about 0.001 m2: what a new corner in a border may move by rounding


@dataclass(frozen=True)
class Unit:
    """A unit as a plan puts it, or as it stands."""

    code: str
    name: str
    rank: int
    system: str
    parent: str | None
    path: tuple[str, ...]
    district: str
    geometry: MultiPolygon

    @property
    def area_m2(self) -> float:
        """Geodesic area, square metres."""
        return area_m2(self.geometry)


@dataclass(frozen=True)
class Lineage:
    """`share` of the old cell's area went to `to_code`."""

    from_code: str
    to_code: str
    share: float


@dataclass(frozen=True)
class Plan:
    """A redraw as data. `touched` are codes in `put` that only got a corner in their ring."""

    kind: str
    base_revision: int
    put: tuple[Unit, ...]
    created: tuple[str, ...]
    withdrawn: tuple[str, ...]
    touched: tuple[str, ...]
    lineage: tuple[Lineage, ...]

    @property
    def closing(self) -> tuple[str, ...]:
        """Codes whose version in force ends."""
        return tuple(unit.code for unit in self.put if unit.code not in self.created) + self.withdrawn

    def decide(self, points: Iterable[tuple[str | None, float, float]]) -> list[Unit]:
        """Where places of the old units lie after the redraw, by the border rule.

        `points` are (old unit, lon, lat). A place on the city's outer border that rounding left outside
        goes with the largest heir of its old unit.
        """
        edges = [border.edges_of(unit.geometry) for unit in self.put]
        return [self._decide(old, border.decide(lon, lat, edges)) for old, lon, lat in points]

    def _decide(self, old: str | None, found: list[int]) -> Unit:
        if found:
            return self.put[found[0]]
        heirs = sorted((link for link in self.lineage if link.from_code == old), key=lambda link: -link.share)
        code = heirs[0].to_code if heirs else old
        return next(unit for unit in self.put if unit.code == code)


def plan_split(
    conn: Connection, *, code: str, line: LineString, name: str | None = None, min_part_m2: float = MIN_PART_M2
) -> Plan:
    """Split the unit `code` along `line` (EPSG:4326). The larger part keeps the code and the name.

    Raises NotFound for a unit that is not in force, Invalid for a cell above the units, GeometryInvalid for a
    line that does not cut it, CodeInvalid when the serials of its community are used up.
    """
    base = current_base(conn)
    [unit] = _units(conn, [code])
    around = {other.code: other for other in _around(conn, [code])}
    cut = split(unit.geometry, line, {key: other.geometry for key, other in around.items()}, min_part_m2=min_part_m2)
    fresh = _next_code(conn, unit)
    larger = _changed(unit, cut.larger)
    smaller = _changed(unit, cut.smaller, code=fresh, name=name or f"{unit.name} / {fresh[len(unit.parent or '') :]}")
    touched = [_changed(around[key], geometry) for key, geometry in cut.touched.items()]
    share = smaller.area_m2 / (smaller.area_m2 + larger.area_m2)
    plan = Plan(
        kind="split",
        base_revision=base,
        put=(larger, smaller, *touched),
        created=(fresh,),
        withdrawn=(),
        touched=tuple(cut.touched),
        lineage=(Lineage(code, code, 1 - share), Lineage(code, fresh, share)),
    )
    _check_same_ground([unit], [larger, smaller])
    for other in touched:
        _check_same_ground([around[other.code]], [other])
    _check_coverage(before=[unit, *around.values()], plan=plan)
    return plan


def plan_merge(conn: Connection, *, codes: Sequence[str], name: str | None = None) -> Plan:
    """Merge units of one community that hang together. The largest keeps its code; the others are withdrawn.

    Raises NotFound for a unit that is not in force, Invalid for different communities, a code given twice or a
    cell above the units, GeometryInvalid when they do not share borders.
    """
    base = current_base(conn)
    if len(set(codes)) != len(codes) or len(codes) < 2:
        raise Invalid("codes: a merge needs two different units or more", field="codes")
    units = _units(conn, codes)
    if len({unit.parent for unit in units}) > 1:
        raise Invalid("codes: the units lie in different communities; a redraw stays inside one", field="codes")
    kept = max(units, key=lambda unit: (unit.area_m2, unit.code))
    merged = _changed(kept, join([unit.geometry for unit in units]), name=name or kept.name)
    plan = Plan(
        kind="merge",
        base_revision=base,
        put=(merged,),
        created=(),
        withdrawn=tuple(unit.code for unit in units if unit is not kept),
        touched=(),
        lineage=tuple(Lineage(unit.code, kept.code, 1.0) for unit in units),
    )
    _check_same_ground(units, [merged])
    _check_coverage(before=[*units, *_around(conn, codes)], plan=plan)
    return plan


def current_base(conn: Connection) -> int:
    """The revision in force. Read it before the units: a publish in between then shows as stale."""
    return int(run(conn, SQL["base_revision"]).scalar_one())


def _units(conn: Connection, codes: Sequence[str]) -> list[Unit]:
    rows = {row.code: row for row in run(conn, SQL["cells_in_force"], {"codes": list(codes)})}
    for code in codes:
        if code not in rows:
            raise NotFound(f"code {code}: no unit in force has it", field="code")
        if not rows[code].is_unit:
            raise Invalid(f"code {code}: only units are redrawn; upper levels are unions of their units", field="code")
    return [_unit(rows[code]) for code in codes]


def _around(conn: Connection, codes: Sequence[str]) -> list[Unit]:
    return [_unit(row) for row in run(conn, SQL["units_around"], {"codes": list(codes)})]


def _unit(row: Row[Any]) -> Unit:
    geometry = shapely.from_wkb(bytes(row.wkb))
    return Unit(row.code, row.name, row.rank, row.system, row.parent, tuple(row.path), row.district, geometry)


def _changed(unit: Unit, geometry: MultiPolygon, *, code: str | None = None, name: str | None = None) -> Unit:
    code, name = code or unit.code, name or unit.name
    path = (*unit.path[:-1], code)
    return Unit(code, name, unit.rank, unit.system, unit.parent, path, unit.district, geometry)


def _next_code(conn: Connection, unit: Unit) -> str:
    rule = list_rules(conn, system=unit.system)[unit.rank]
    taken = run(conn, SQL["codes_ever_given"], {"parent": unit.parent or ""}).scalars()
    return next_code(rule, parent=unit.parent or "", taken=taken)


def _check_same_ground(before: Sequence[Unit], after: Sequence[Unit]) -> None:
    """Not a square metre lost or won: what keeps the upper levels as they are."""
    lost = _union(before).symmetric_difference(_union(after)).area
    if lost > _ROUNDING_DEG2:
        raise GeometryInvalid("the redraw would change the outline of the community; draw the line anew", field="line")


def _check_coverage(*, before: Sequence[Unit], plan: Plan) -> None:
    gone = set(plan.closing)
    after = [unit for unit in before if unit.code not in gone] + list(plan.put)
    was_valid = shapely.coverage_is_valid([unit.geometry for unit in before])
    if was_valid and not shapely.coverage_is_valid([unit.geometry for unit in after]):
        raise GeometryInvalid(
            "the redraw would leave gaps or overlaps with its neighbours; draw the line anew", field="line"
        )


def _union(units: Sequence[Unit]) -> BaseGeometry:
    return shapely.coverage_union_all([unit.geometry for unit in units])
