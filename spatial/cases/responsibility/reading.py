"""What resolution needs to read: the rows that might apply, the jurisdictions around, the names. For many at once.

Candidates for a jurisdiction come from its box; whether the position lies in it is judged by the border rule, and how
much of the accuracy does by the same samples that weigh units. Refuses to decide anything.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from spatial.cases.disputes.precedents import Precedent, list_of_matters
from spatial.cases.responsibility.decision import Decision, DutyRow, Ground, Place, Question, Scene, UnitName
from spatial.cases.responsibility.resolving import decide
from spatial.cases.rules import CellAt, CellName, Rules, list_territory
from spatial.grid import border
from spatial.grid.index.spreads import SAMPLES, half_axes, pattern
from spatial.grid.shapes import ShapeCache
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "reading.sql")
_SHAPES = ShapeCache(SQL["jurisdiction_shapes"])
_WIDEST_SAMPLE = 2.1  # radii: the outermost of the samples lies this far out
_EAST, _NORTH = pattern("gaussian", SAMPLES)
Names = dict[CellAt, CellName]


@dataclass(frozen=True)
class _Near:
    """A jurisdiction near a position: whether the position lies in it, and how much of the accuracy does."""

    place: Place
    is_inside: bool
    share: float


@dataclass(frozen=True)
class _Rows:
    """Rows by where they hold."""

    by_level: dict[str, list[DutyRow]]
    by_cell: dict[tuple[str, str], list[DutyRow]]
    by_jurisdiction: dict[tuple[str, int], list[DutyRow]]


def resolve_many(conn: Connection, *, questions: Sequence[Question], rules: Rules) -> list[Decision]:
    """The owner of each matter at its position, in their order. Few statements, however many are asked."""
    near = _list_near(conn, questions)
    names = _read_names(conn, questions)
    rows = _read_rows(conn, questions, near, names)
    nodes = sorted({node for question in questions if question.matter for node in question.matter.nodes})
    precedents = list_of_matters(conn, matters=nodes) if nodes else []
    grounds = (_ground(question, near[i], rows, names, rules) for i, question in enumerate(questions))
    return [
        decide(question, ground, _about(precedents, question), revision=rules.revision)
        for question, ground in zip(questions, grounds, strict=True)
    ]


def resolve(conn: Connection, question: Question, *, rules: Rules) -> Decision:
    """The owner of one matter at one position."""
    [decision] = resolve_many(conn, questions=[question], rules=rules)
    return decision


def _about(precedents: list[Precedent], question: Question) -> list[Precedent]:
    nodes = question.matter.nodes if question.matter else ()
    return [one for one in precedents if one.matter in nodes]


def _list_near(conn: Connection, questions: Sequence[Question]) -> list[list[_Near]]:
    found: list[list[_Near]] = [[] for _ in questions]
    asked = [i for i, question in enumerate(questions) if question.matter is not None]
    if not asked:
        return found
    lons, lats = (np.array([getattr(questions[i], name) for i in asked]) for name in ("lon", "lat"))
    widths, heights = half_axes(lats, np.array([questions[i].accuracy_m for i in asked]))
    box = {"widths": (widths * _WIDEST_SAMPLE).tolist(), "heights": (heights * _WIDEST_SAMPLE).tolist()}
    rows = run(conn, SQL["near_jurisdictions"], {"lons": lons.tolist(), "lats": lats.tolist()} | box).all()
    shapes = _SHAPES.fetch(conn, {row.id for row in rows})
    for row in rows:
        question = questions[asked[row.i]]
        if _is_known(row, question):
            found[asked[row.i]].append(
                _weigh(row, shapes[row.id].edges, question, widths[row.i], heights[row.i])
            )
    return found


def _is_known(row: Row[Any], question: Question) -> bool:
    begun = row.since is None or row.since <= question.at
    lasts = row.until is None or question.at < row.until
    return bool(begun and lasts and row.recorded_at <= question.known_at)


def _weigh(row: Row[Any], edges: border.RingEdges, question: Question, width: float, height: float) -> _Near:
    is_inside = border.covers(edges, question.lon, question.lat)
    share = float(is_inside)
    if question.accuracy_m > 0:
        hit = border.covers_many(edges, question.lon + _EAST * width, question.lat + _NORTH * height)
        share = float(np.count_nonzero(hit)) / SAMPLES
    return _Near(Place(row.kind, None, row.code, row.name, row.id), is_inside, share)


def _read_names(conn: Connection, questions: Sequence[Question]) -> Names:
    """Names of every cell on the chain of every candidate, as of the moment that counts."""
    units = {(code, q.at) for q in questions for code in (*q.placement.path, *_units(q))}
    names = list_territory(conn, asked=units)
    above = {(code, at) for (_, at), cell in names.items() for code in cell.path} - names.keys()
    return names | list_territory(conn, asked=above) if above else names


def _units(question: Question) -> list[str]:
    return [one.code for one in question.placement.candidates]


def _read_rows(conn: Connection, questions: Sequence[Question], near: list[list[_Near]], names: Names) -> _Rows:
    by_level: dict[str, list[DutyRow]] = defaultdict(list)
    by_cell: dict[tuple[str, str], list[DutyRow]] = defaultdict(list)
    by_jurisdiction: dict[tuple[str, int], list[DutyRow]] = defaultdict(list)
    places = {one.place.jurisdiction or 0: one.place for many in near for one in many}
    asked = {
        "matters": sorted({node for question in questions if question.matter for node in question.matter.nodes}),
        "cells": sorted({code for code, _ in names}),
        "jurisdictions": sorted(places),
    }
    titles = {code: cell for (code, _), cell in names.items()}
    for row in run(conn, SQL["rows_of"], asked) if asked["matters"] else ():
        if row.place_kind == "level":
            by_level[row.matter].append(_row(row, Place("level", row.place_level, "", "")))
        elif row.place_kind == "cell":
            cell = titles[row.place_cell]
            by_cell[row.matter, cell.code].append(_row(row, Place("cell", len(cell.path), cell.code, cell.name)))
        else:
            place = places[row.place_jurisdiction]
            by_jurisdiction[row.matter, row.place_jurisdiction].append(_row(row, place))
    return _Rows(by_level, by_cell, by_jurisdiction)


def _row(row: Row[Any], place: Place) -> DutyRow:
    return DutyRow(
        id=row.id, matter=row.matter, matter_rank=row.matter_rank, place=place, lead=row.lead,
        assisting=tuple(row.assisting), supervising=tuple(row.supervising), priority=row.priority, basis=row.basis,
        since=row.since, until=row.until, adopted_at=row.adopted_at,
    )  # fmt: skip


def _ground(question: Question, near: list[_Near], rows: _Rows, names: Names, rules: Rules) -> Ground:
    here = {code: names[code, question.at] for code in _all_cells(question, names)}
    return Ground(
        rows=tuple(_rows_for(question, near, rows, here, rules)),
        scenes=tuple(_scenes(question, near, here)),
        names=here,
        departments={
            one.code: UnitName(one.code, "department", one.code, one.name, one.name_zh)
            for one in rules.departments.values()
        },
        levels=rules.levels,
        certain_share=rules.certainty.share,
    )


def _all_cells(question: Question, names: Names) -> set[str]:
    chains = (names[code, question.at].path for code in _units(question) if (code, question.at) in names)
    return {code for chain in chains for code in chain} | {*question.placement.path}


def _rows_for(
    question: Question, near: list[_Near], rows: _Rows, here: dict[str, CellName], rules: Rules
) -> list[DutyRow]:
    nodes = question.matter.nodes if question.matter else ()
    found = [_titled(row, rules) for node in nodes for row in rows.by_level.get(node, ())]
    found += [row for node in nodes for code in here for row in rows.by_cell.get((node, code), ())]
    near_ids = [one.place.jurisdiction or 0 for one in near]
    found += [row for node in nodes for one in near_ids for row in rows.by_jurisdiction.get((node, one), ())]
    return sorted(found, key=lambda row: row.id)


def _titled(row: DutyRow, rules: Rules) -> DutyRow:
    key = next((key for key, rank in rules.levels.items() if rank == row.place.rank), "")
    return DutyRow(**vars(row) | {"place": Place("level", row.place.rank, key, key)})


def _scenes(question: Question, near: list[_Near], here: dict[str, CellName]) -> list[Scene]:
    inside = frozenset(one.place.jurisdiction or 0 for one in near if one.is_inside)
    placement = question.placement
    own = next((one.share for one in placement.candidates if one.code == placement.unit), 1.0)
    scenes = [Scene(placement.path, inside, own)]
    for one in placement.candidates:
        if one.code != placement.unit and one.code in here:
            cell = here[one.code]
            says = f"{one.share:.0%} of the accuracy lies in {one.code} ({cell.name})"
            says_zh = f"精度圆的{one.share:.0%}落在{cell.name}（{one.code}）"
            scenes.append(Scene(cell.path, inside, one.share, says, says_zh))
    return scenes + [_toggled(one, placement.path, inside) for one in near if 0.0 < _doubt(one)]


def _doubt(one: _Near) -> float:
    return 1.0 - one.share if one.is_inside else one.share


def _toggled(one: _Near, path: tuple[str, ...], inside: frozenset[int]) -> Scene:
    """The position with the jurisdiction the other way round: it lies near its edge."""
    part = _doubt(one)
    where, where_zh = ("outside", "外") if one.is_inside else ("inside", "内")
    return Scene(
        path, inside ^ {one.place.jurisdiction or 0}, part,
        f"{part:.0%} of the accuracy lies {where} {one.place.name} ({one.place.code})",
        f"精度圆的{part:.0%}落在{one.place.name}（{one.place.code}）{where_zh}",
    )  # fmt: skip

