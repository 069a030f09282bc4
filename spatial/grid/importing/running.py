"""One import from files to drafts: read, assemble, check, clean if asked, build the upper levels, check again.

All of this happens outside any transaction; only `put_in_force` writes, in one short one that the way in owns.
Knows the order of the steps. Refuses to commit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from spatial.grid import coverage
from spatial.grid.geodesy import MetricPlane, area_m2, plane_about
from spatial.grid.importing import checking
from spatial.grid.importing.assembling import Tree, assemble, orphans
from spatial.grid.importing.comparing import check_standing
from spatial.grid.importing.datum_check import suspect_crs, suspect_datum
from spatial.grid.importing.findings import DIRT, FATAL, NOTICE, Change, Found
from spatial.grid.importing.pieces import Piece, polygonal, union_of
from spatial.grid.importing.plan import Plan
from spatial.grid.importing.reading import read_rows
from spatial.grid.importing.report import ImportReport, LevelSummary
from spatial.grid.levels import replace_levels
from spatial.grid.publishing import CellDraft, deviation_m2, publish
from spatial.grid.returning import Withdrawn

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """An import that is ready to be published, or to be refused: drafts and the report that speaks about them."""

    plan: Plan
    drafts: tuple[CellDraft, ...]
    report: ImportReport


@dataclass(frozen=True)
class _Units:
    """Units after cleaning, what is still wrong with them, and what was mended."""

    pieces: list[Piece]
    found: list[Found]
    repaired: list[Found]
    changes: list[Change]


def prepare(
    plan: Plan,
    *,
    taken: Iterable[str] = (),
    standing: Mapping[int, Mapping[str, BaseGeometry]] = MappingProxyType({}),
    withdrawn: Mapping[str, Withdrawn] = MappingProxyType({}),
    say: Say = lambda step: None,
) -> Prepared:
    """Do everything but write. `taken` holds every code ever given, `standing` the cells in force by rank and code,
    `withdrawn` those that ended before.

    Raises SourceUnreadable or Invalid when a file is not what it should be.
    """
    rows = {}
    for level in plan.levels:
        if level.source is not None:
            say(f"reading {level.source}")
            rows[level.level.rank] = read_rows(level.source, datum=plan.datum, crs=plan.crs)
    plane = plane_about([row.shape for row in rows[max(rows)]]) if rows else MetricPlane(0.0, 0.0)
    say("settling parents and codes")
    evidence, found = assemble(plan, rows, taken=taken, standing=standing, plane=plane)
    say("checking the coverage")
    units = _units(plan, evidence, plane)
    say("building the upper levels")
    tree = _grown(plan, evidence, units.pieces)
    say("comparing with the supplied parents")
    found += orphans(tree) + units.found + _look_up(plan, tree, evidence, plane)
    found += _suspicions(tree, evidence, standing.get(1, {}))
    found += check_standing(plan, tree, standing, withdrawn)
    report = ImportReport(
        tuple(_summary(plan, tree)), tuple(found), tuple(units.repaired), tuple(units.changes), plan.clean,
        plan.tolerance_m,
    )  # fmt: skip
    return Prepared(plan, tuple(_drafts(plan, tree, evidence)), report)


def put_in_force(
    conn: Connection,
    prepared: Prepared,
    *,
    accept_dirty: bool,
    in_force_from: datetime | None,
    published_by: str,
    note: str = "",
) -> int:
    """Publish a prepared import and return its revision; accepted dirt goes on record.

    Raises Invalid or CoverageBroken as `ImportReport.check` does, and what `publish` raises.
    """
    report, plan = prepared.report, prepared.plan
    report.check(accept_dirty=accept_dirty)
    description = f"Declared by an import, levels {', '.join(level.level.key for level in plan.levels)}"
    replace_levels(
        conn, levels=[level.level for level in plan.levels], rules=list(plan.rules.values()), description=description
    )
    return publish(
        conn,
        drafts=prepared.drafts,
        kind="import",
        in_force_from=in_force_from,
        published_by=published_by,
        note=note,
        report=report.summary(),
        findings=[found.as_record() for found in report.of(DIRT)],
    )


def _units(plan: Plan, evidence: Tree, plane: MetricPlane) -> _Units:
    units = evidence[len(plan.levels)]
    outline = _widest_supplied(evidence)
    broken = checking.check_rings(units, gravity=NOTICE if plan.clean else FATAL)
    found = broken + checking.check_coverage(units, plane, supplied=outline)
    if not plan.clean or not (broken or any(one.gravity == DIRT for one in found)):
        return _Units(units, found, [], [])
    shapes = coverage.clean([unit.shape for unit in units], plane=plane, gap_width_m=plan.tolerance_m)
    cleaned = [replace(unit, shape=shape) for unit, shape in zip(units, shapes, strict=True) if not shape.is_empty]
    changes = _changes(units, shapes, plane)
    left = checking.check_rings(cleaned, gravity=FATAL) + checking.check_coverage(cleaned, plane, supplied=outline)
    left += [_swallowed(unit) for unit, shape in zip(units, shapes, strict=True) if shape.is_empty]
    still = {one.sentence for one in left}
    repaired = [one for one in found if one.kind != "shared_hole" and one.sentence not in still]
    if not left and not shapely.coverage_is_valid([unit.shape for unit in cleaned]):
        left.append(Found("unmatched_border", DIRT, (), "The cleaned borders no longer meet in degrees."))
    return _Units(cleaned, left, repaired, changes)


def _swallowed(unit: Piece) -> Found:
    said = f"{unit.title} lies wholly in other units; cleaning would leave nothing of it. Take one of them out."
    return Found("swallowed", FATAL, (unit.label,), said, shape=polygonal(unit.shape))


def _changes(units: Sequence[Piece], shapes: Sequence[BaseGeometry], plane: MetricPlane) -> list[Change]:
    changes = []
    for unit, shape in zip(units, shapes, strict=True):
        if shapely.equals_exact(_canonical(unit.shape), _canonical(shape)):
            continue
        before, after = polygonal(plane.to_metres(unit.shape)), plane.to_metres(shape)
        moved = before.symmetric_difference(after).area
        changes.append(Change(unit.label, before.area, after.area, moved))
    return sorted(changes, key=lambda change: -change.moved_m2)


def _canonical(shape: BaseGeometry) -> BaseGeometry:
    return shapely.normalize(shapely.multipolygons(shapely.get_parts(shape)))


def _widest_supplied(evidence: Tree) -> BaseGeometry | None:
    """The outline of the widest level that somebody supplied, above the units."""
    for rank in sorted(evidence)[:-1]:
        supplied = [polygonal(piece.shape) for piece in evidence[rank] if piece.supplied]
        if supplied:
            return shapely.union_all(supplied)
    return None


def _grown(plan: Plan, evidence: Tree, units: list[Piece]) -> Tree:
    """The same tree with each upper cell as the union of its units; upper cells without units fall away."""
    tree: Tree = {len(plan.levels): units}
    for rank in range(len(plan.levels) - 1, 0, -1):
        below: dict[str | None, list[BaseGeometry]] = {}
        for child in tree[rank + 1]:
            below.setdefault(child.parent, []).append(child.shape)
        upper = (piece for piece in evidence[rank] if piece.code in below)
        tree[rank] = [replace(piece, shape=union_of(below[piece.code])) for piece in upper]
    return dict(sorted(tree.items()))


def _look_up(plan: Plan, tree: Tree, evidence: Tree, plane: MetricPlane) -> list[Found]:
    """Codes, parts, and how everything sits in the supplied parents."""
    upper = {rank: pieces for rank, pieces in evidence.items() if rank < len(plan.levels)}
    found = checking.check_codes(tree, dict(plan.rules))
    found += checking.check_parts(tree[len(plan.levels)])
    found += [one for pieces in upper.values() for one in checking.check_rings(pieces, gravity=NOTICE)]
    found += checking.check_leaving(tree, upper, plane)
    for rank, pieces in upper.items():
        grown = {piece.code: piece.shape for piece in tree[rank]}
        beside = [_beside(piece, grown.get(piece.code), plane) for piece in pieces if piece.supplied]
        found += sorted(beside, key=lambda one: -(one.area_m2 or 0.0))
    return found


def _beside(piece: Piece, union: BaseGeometry | None, plane: MetricPlane) -> Found:
    if union is None:
        area = area_m2(polygonal(piece.shape))
        said = f"{piece.title} ({piece.name}) was supplied with {checking.metres2(area)} and has no units; left out."
        return Found("childless", NOTICE, (piece.label,), said, area, piece.shape)
    off = deviation_m2(union, piece.shape)
    said = f"{piece.title} as supplied differs from the union of its units by {checking.metres2(off)}."
    return Found("deviation", NOTICE, (piece.label,), said, off, polygonal(piece.shape))


def _suspicions(tree: Tree, evidence: Tree, in_force: Mapping[str, BaseGeometry]) -> list[Found]:
    if not tree[1]:
        return []
    whole = union_of(piece.shape for piece in tree[1])
    found = suspect_crs(whole)
    supplied = _widest_supplied(evidence)
    if supplied is not None:
        found += suspect_datum(whole, supplied, what="the units", beside="the supplied parents")
    if in_force:
        found += suspect_datum(whole, union_of(in_force.values()), what="the new grid", beside="the grid in force")
    return found


def _summary(plan: Plan, tree: Tree) -> list[LevelSummary]:
    return [
        LevelSummary(
            level.level.key,
            len(tree[level.level.rank]),
            sum(area_m2(polygonal(piece.shape)) for piece in tree[level.level.rank]),
            str(level.source) if level.source else "derived",
        )
        for level in plan.levels
    ]


def _drafts(plan: Plan, tree: Tree, evidence: Tree) -> list[CellDraft]:
    supplied = {piece.code: polygonal(piece.shape) for level in evidence.values() for piece in level if piece.supplied}
    depth = len(plan.levels)
    return [
        CellDraft(
            piece.code or "", rank, piece.name or "", piece.parent, piece.shape, plan.system,
            supplied.get(piece.code) if rank < depth else None,
        )
        for rank, pieces in tree.items()
        for piece in pieces
    ]  # fmt: skip
