"""Publishing a whole grid as one revision.

Everything that needs thought (paths, areas, deviations) is worked out before the lock is asked for, so that the
exclusive part stays short: writers of cases wait for it.

Knows drafts and the order of the switch. Refuses to judge whether the drafts are a clean coverage, and to commit.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from spatial.errors import CodeInvalid, Conflict, Invalid
from spatial.grid.geodesy import area_m2, plane_about
from spatial.grid.levels import home_rank, list_levels
from spatial.grid.returning import list_withdrawn
from spatial.store.db import hold_grid_alone, run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "cells.sql")
_T = TypeVar("_T")
_BATCH = 500
_OUTSIDE_PREFIX = "000000"
_FIRST_FREE_PREFIX = 900_001


@dataclass(frozen=True)
class CellDraft:
    """A cell to be published; geometry and evidence are (Multi)Polygons in EPSG:4326.

    `evidence` is the polygon that somebody supplied for an upper cell; `geometry` is the union of its units.
    """

    code: str
    rank: int
    name: str
    parent: str | None
    geometry: BaseGeometry
    system: str
    evidence: BaseGeometry | None = None


@dataclass(frozen=True)
class Finding:
    """Something that a check found: a kind, the codes that it touches, how large, where (lon, lat), in a sentence."""

    kind: str
    codes: tuple[str, ...]
    sentence: str
    area_m2: float | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class _Staged:
    draft: CellDraft
    path: tuple[str, ...]
    district: str
    area_m2: float


def publish(
    conn: Connection,
    *,
    drafts: Sequence[CellDraft],
    kind: str,
    in_force_from: datetime | None,
    published_by: str,
    note: str = "",
    report: Mapping[str, Any] | None = None,
    findings: Sequence[Finding] = (),
) -> int:
    """Put a whole grid in force and return its revision.

    A first import holds from `in_force_from` (None: the beginning of time); a later one from the instant of the
    switch. A withdrawn code that comes back at its place is the same cell again. Raises CodeInvalid when a withdrawn
    code comes back at another place or a code had another level, Conflict when a later grid is to hold
    from another moment, Invalid when a parent is missing.
    """
    staged = _stage(conn, drafts)
    deviations = _deviations(drafts)
    hold_grid_alone(conn)
    codes = [cell.draft.code for cell in staged]
    _check_known(conn, staged)
    instant = run(conn, SQL["switch_instant"]).scalar_one()
    check_start(conn, in_force_from=in_force_from, now=instant)
    first = run(conn, SQL["current_revision"]).scalar() is None
    holds_from = in_force_from if first else instant
    about = {"kind": kind, "published_at": instant, "published_by": published_by, "note": note}
    body = {"in_force_from": holds_from, "report": json.dumps(report or {}, ensure_ascii=False)}
    revision = int(run(conn, SQL["insert_revision"], about | body).scalar_one())
    run(conn, SQL["retire_versions"], {"instant": instant, "revision": revision})
    withdrawn = list(run(conn, SQL["withdraw_cells"], {"revision": revision, "codes": codes}).scalars())
    revived = list(run(conn, SQL["revive_cells"], {"codes": codes}).scalars())
    _insert(conn, staged, revision=revision, holds_from=holds_from)
    run(conn, SQL["insert_lineage"], {"revision": revision})
    _insert_evidence(conn, deviations, revision=revision)
    _insert_findings(conn, findings, revision=revision)
    _give_prefixes(conn, sorted({cell.district for cell in staged}))
    counts = {"cells": len(staged), "withdrawn": len(withdrawn), "revived": len(revived)}
    payload = {"revision": revision, "kind": kind} | counts
    append(conn, [EventDraft("", "grid", str(revision), "grid.published", instant, published_by, (), payload)])
    return revision


def check_start(conn: Connection, *, in_force_from: datetime | None, now: datetime) -> None:
    """Raises Conflict when a later grid is to hold from a moment of its own, Invalid when it lies in the future."""
    if in_force_from is None:
        return
    if run(conn, SQL["current_revision"]).scalar() is not None:
        raise Conflict("A grid is already in force; the next one holds from the moment it is published.", field="from")
    if in_force_from > now:
        raise Invalid(
            "from lies in the future; a grid holds from its publication or from an earlier day.", field="from"
        )


@dataclass(frozen=True)
class _Deviation:
    code: str
    evidence: BaseGeometry
    area_m2: float


def deviation_m2(geometry: BaseGeometry, evidence: BaseGeometry) -> float:
    """How far a supplied polygon and the union of its units differ: the area of the symmetric difference."""
    plane = plane_about([geometry, evidence])
    one, other = (shapely.make_valid(plane.to_metres(shape)) for shape in (geometry, evidence))
    return float(shapely.symmetric_difference(one, other).area)


def _deviations(drafts: Sequence[CellDraft]) -> list[_Deviation]:
    return [
        _Deviation(draft.code, draft.evidence, deviation_m2(draft.geometry, draft.evidence))
        for draft in drafts
        if draft.evidence is not None
    ]


def _stage(conn: Connection, drafts: Sequence[CellDraft]) -> list[_Staged]:
    home = home_rank(list_levels(conn))
    by_code = {draft.code: draft for draft in drafts}
    if not drafts or len(by_code) != len(drafts):
        raise Invalid("A grid needs cells, each with a code of its own.", field="code")
    staged = []
    for draft in drafts:
        chain = _chain(draft, by_code)
        district = next((above.code for above in chain if above.rank == home), chain[0].code)
        staged.append(_Staged(draft, tuple(above.code for above in chain), district, area_m2(draft.geometry)))
    return sorted(staged, key=lambda cell: (cell.draft.rank, cell.draft.code))


def _chain(draft: CellDraft, by_code: Mapping[str, CellDraft]) -> list[CellDraft]:
    chain = [draft]
    while (parent := chain[0].parent) is not None:
        if parent not in by_code or by_code[parent].rank >= chain[0].rank:
            raise Invalid(f"Cell {chain[0].code!r} names the parent {parent!r}, which is not above it.", field="parent")
        chain.insert(0, by_code[parent])
    return chain


def _check_known(conn: Connection, staged: Sequence[_Staged]) -> None:
    drafts = {cell.draft.code: cell.draft for cell in staged}
    known = run(conn, SQL["known_cells"], {"codes": list(drafts)}).all()
    withdrawn = list_withdrawn(conn) if any(row.withdrawn_in is not None for row in known) else {}
    for row in known:
        draft = drafts[row.code]
        last = withdrawn.get(row.code)
        refusal = last and last.refusal(draft.rank, draft.geometry)
        if refusal:
            raise CodeInvalid(refusal, field="code")
        if row.rank != draft.rank:
            raise CodeInvalid(f"Code {row.code!r} already names a cell of level {row.rank}.", field="code")


def _insert(conn: Connection, staged: Sequence[_Staged], *, revision: int, holds_from: datetime | None) -> None:
    drafts = [cell.draft for cell in staged]
    names = {
        "codes": [d.code for d in drafts],
        "ranks": [d.rank for d in drafts],
        "systems": [d.system for d in drafts],
    }
    run(conn, SQL["insert_cells"], names | {"revision": revision})
    for part in _batches(staged):
        columns = {
            "codes": [cell.draft.code for cell in part],
            "ranks": [cell.draft.rank for cell in part],
            "names": [cell.draft.name for cell in part],
            "parents": [cell.draft.parent for cell in part],
            "paths": ["/".join(cell.path) for cell in part],
            "districts": [cell.district for cell in part],
            "areas_m2": [cell.area_m2 for cell in part],
            "wkbs": [shapely.to_wkb(cell.draft.geometry) for cell in part],
        }
        run(conn, SQL["insert_versions"], columns | {"revision": revision, "in_force_from": holds_from})


def _insert_evidence(conn: Connection, deviations: Sequence[_Deviation], *, revision: int) -> None:
    for part in _batches(deviations):
        columns = {
            "codes": [given.code for given in part],
            "wkbs": [shapely.to_wkb(given.evidence) for given in part],
            "deviations_m2": [given.area_m2 for given in part],
        }
        run(conn, SQL["insert_evidence"], columns | {"revision": revision})


def _insert_findings(conn: Connection, findings: Sequence[Finding], *, revision: int) -> None:
    columns = {
        "kinds": [found.kind for found in findings],
        "codes": ["/".join(found.codes) for found in findings],
        "areas_m2": [found.area_m2 for found in findings],
        "lons": [found.place and found.place[0] for found in findings],
        "lats": [found.place and found.place[1] for found in findings],
        "sentences": [found.sentence for found in findings],
    }
    run(conn, SQL["insert_findings"], columns | {"revision": revision})


def _give_prefixes(conn: Connection, districts: Sequence[str]) -> None:
    taken = {row.district: row.prefix for row in run(conn, SQL["taken_prefixes"])}
    for district in districts:
        if district not in taken:
            taken[district] = case_prefix_for(district, taken.values())
            run(conn, SQL["insert_prefix"], {"district": district, "prefix": taken[district]})


def case_prefix_for(district: str, taken: Iterable[str]) -> str:
    """The six digits that begin a home cell's case numbers: its own when its code has them, else from 900001 on."""
    given, own = {*taken, _OUTSIDE_PREFIX}, district[:6]
    if len(own) == 6 and own.isascii() and own.isdigit() and own not in given:
        return own
    return next(str(number) for number in range(_FIRST_FREE_PREFIX, 1_000_000) if str(number) not in given)


def _batches(items: Sequence[_T]) -> list[Sequence[_T]]:
    return [items[first : first + _BATCH] for first in range(0, len(items), _BATCH)]
