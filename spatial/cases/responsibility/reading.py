"""What resolution needs to read, in one statement for one question or for many, and the resolution itself.

Candidates for a jurisdiction come from its box; whether the position lies in it is judged by the border rule, and how
much of the accuracy does by the same samples that weigh units. Precedents are read only where the table leaves
something open. Refuses to decide anything: `resolving.py` does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Connection

from spatial.cases.disputes.precedents import Precedent, list_of_matters
from spatial.cases.responsibility.decision import Decision, DutyRow, Ground, Place, Question
from spatial.cases.responsibility.resolving import decide
from spatial.cases.responsibility.scenes import EAST, NORTH, WIDEST_SAMPLE, Near, list_scenes, needs_units, weigh
from spatial.cases.rules import Rules
from spatial.cases.territory import CellName, Title, Titles
from spatial.grid.index.spreads import half_axes
from spatial.grid.locate import locate_points
from spatial.grid.shapes import Shape, ShapeCache
from spatial.store.db import as_array, run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "reading.sql")
_SHAPES = ShapeCache(SQL["jurisdiction_shapes"])
Json = list[Any]


@dataclass(frozen=True)
class _Known:
    """What was read for all questions: names, jurisdictions near each, rows by where they hold."""

    names: Titles
    near: list[list[Near]]
    units: list[list[str | None] | None]
    by_level: dict[str, list[DutyRow]] = field(default_factory=lambda: defaultdict(list))
    by_cell: dict[tuple[str, str], list[tuple[Json, str]]] = field(default_factory=lambda: defaultdict(list))
    by_jurisdiction: dict[tuple[str, int], list[DutyRow]] = field(default_factory=lambda: defaultdict(list))


def resolve_many(conn: Connection, *, questions: Sequence[Question], rules: Rules) -> list[Decision]:
    """The owner of each matter at its position, in their order. Few statements, however many are asked."""
    if not questions:
        return []
    known = _read(conn, questions, rules)

    @cache
    def precedents() -> list[Precedent]:
        return list_of_matters(conn, matters=_nodes(questions))

    decisions = []
    for i, question in enumerate(questions):
        ground = _ground(question, i, known, rules)
        decisions.append(decide(question, ground, precedents, revision=rules.revision))
    return decisions


def resolve(conn: Connection, question: Question, *, rules: Rules) -> Decision:
    """The owner of one matter at one position."""
    [decision] = resolve_many(conn, questions=[question], rules=rules)
    return decision


def _nodes(questions: Sequence[Question]) -> list[str]:
    return sorted({node for question in questions if question.matter for node in question.matter.nodes})


def _units(question: Question) -> list[str]:
    return [one.code for one in question.placement.candidates]


def _read(conn: Connection, questions: Sequence[Question], rules: Rules) -> _Known:
    lons, lats = (np.array([getattr(one, name) for one in questions]) for name in ("lon", "lat"))
    widths, heights = half_axes(lats, np.array([one.accuracy_m for one in questions]))
    near, rows, titles, bodies = run(conn, SQL["ground"], {
        "lons": as_array(lons.tolist()),
        "lats": as_array(lats.tolist()),
        "widths": as_array((widths * WIDEST_SAMPLE).tolist()),
        "heights": as_array((heights * WIDEST_SAMPLE).tolist()),
        "matters": as_array(_nodes(questions)),
        "cells": as_array(_cells(conn, questions)),
    }).scalar_one()  # fmt: skip
    keys = rules.level_names
    names = Titles(
        (Title(code, name, _at(since), _at(until), keys[rank].key, tuple(path))
         for code, name, rank, path, since, until in titles or ()),
        (Title(code, name, _at(since), _at(until)) for code, name, since, until in bodies or ()),
    )  # fmt: skip
    places = {row[1]: Place(row[2], None, row[3], row[4], row[1]) for row in near or ()}
    weighed = _weigh_near(conn, questions, near or [], places, (widths, heights), rules)
    units = _units_of_samples(conn, questions, weighed, (widths, heights))
    return _by_place(rows or [], places, _Known(names, weighed, units), rules)


def _cells(conn: Connection, questions: Sequence[Question]) -> list[str]:
    """Every cell on the chain of every candidate."""
    own = {code for one in questions for code in one.placement.path}
    others = {code for one in questions for code in _units(one)} - own
    more = run(conn, SQL["chains_of"], {"codes": sorted(others)}).scalars() if others else ()
    return sorted(own.union(more))


def _weigh_near(
    conn: Connection,
    questions: Sequence[Question],
    rows: Json,
    places: dict[int, Place],
    axes: tuple[Any, Any],
    rules: Rules,
) -> list[list[Near]]:
    shapes = _SHAPES.fetch(conn, places, database=rules.database)
    near: list[list[tuple[Place, Shape]]] = [[] for _ in questions]
    for i, found, _, _, _, recorded_at, since, until in rows:
        question = questions[i]
        begun = since is None or _moment(since) <= question.at
        lasts = until is None or question.at < _moment(until)
        if begun and lasts and _moment(recorded_at) <= question.known_at:
            near[i].append((places[found], shapes[found]))
    spans = zip(near, questions, axes[0].tolist(), axes[1].tolist(), strict=True)
    return [weigh(found, one, width=width, height=height) for found, one, width, height in spans]


def _units_of_samples(
    conn: Connection, questions: Sequence[Question], near: list[list[Near]], axes: tuple[Any, Any]
) -> list[list[str | None] | None]:
    """The unit of each sample, where a border and the edge of a jurisdiction are both in question; else None."""
    asked = [i for i, question in enumerate(questions) if needs_units(question, near[i])]
    units: list[list[str | None] | None] = [None] * len(questions)
    if not asked:
        return units
    lons = np.concatenate([questions[i].lon + EAST * axes[0][i] for i in asked])
    lats = np.concatenate([questions[i].lat + NORTH * axes[1][i] for i in asked])
    moments = [questions[i].at for i in asked for _ in EAST]
    exact = [0.0] * len(lons)
    placed = locate_points(conn, lons=lons.tolist(), lats=lats.tolist(), accuracies_m=exact, moments=moments)
    for nth, i in enumerate(asked):
        units[i] = [one.unit for one in placed[nth * len(EAST) : (nth + 1) * len(EAST)]]
    return units


def _by_place(rows: Json, places: dict[int, Place], known: _Known, rules: Rules) -> _Known:
    for row in rows:
        _, matter, kind, rank, cell, jurisdiction = row[:6]
        matter_rank = rules.categories[matter].rank
        if kind == "level":
            level = rules.level_names[rank]
            known.by_level[matter].append(_row(row, matter_rank, Place("level", rank, level.key, level.name)))
        elif kind == "cell":
            known.by_cell[matter, cell].append((row, matter_rank))
        else:
            known.by_jurisdiction[matter, jurisdiction].append(_row(row, matter_rank, places[jurisdiction]))
    return known


def _row(row: Json, matter_rank: str, place: Place) -> DutyRow:
    number, matter, _, _, _, _, lead, assisting, supervising, priority, basis, since, until, adopted_at = row
    return DutyRow(
        id=number, matter=matter, matter_rank=matter_rank, place=place, lead=lead, assisting=tuple(assisting),
        supervising=tuple(supervising), priority=priority, basis=basis, since=_at(since), until=_at(until),
        adopted_at=_at(adopted_at),
    )  # fmt: skip


def _at(moment: str | None) -> datetime | None:
    return None if moment is None else _moment(moment)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _ground(question: Question, i: int, known: _Known, rules: Rules) -> Ground:
    near, units = known.near[i], known.units[i]
    here = _named(question, units or (), known.names)
    return Ground(
        rows=tuple(_rows_for(question, near, known, here)),
        scenes=tuple(list_scenes(question, near, units, here)),
        names=here,
        departments=rules.departments,
        levels=rules.levels,
        level_names=rules.level_names,
        certain_share=rules.certainty.share,
        matters=rules.categories,
    )


def _named(question: Question, sampled: Iterable[str | None], names: Titles) -> dict[str, CellName]:
    """Every cell on the chain of every candidate, as it was called at the moment that counts."""
    here: dict[str, CellName] = {}
    asked = {*question.placement.path, *_units(question), *(code for code in sampled if code)}
    while asked:
        found = {code: cell for code in asked if (cell := names.named_at(code, question.at)) is not None}
        here |= found
        asked = {code for cell in found.values() for code in cell.path} - here.keys()
    return here


def _rows_for(question: Question, near: list[Near], known: _Known, here: dict[str, CellName]) -> list[DutyRow]:
    nodes = question.matter.nodes if question.matter else ()
    found = [row for node in nodes for row in known.by_level.get(node, ())]
    found += [
        _row(row, rank, _called(here[code], known.names))
        for node in nodes for code in here for row, rank in known.by_cell.get((node, code), ())
    ]  # fmt: skip
    ids = [one.place.jurisdiction or 0 for one in near]
    found += [row for node in nodes for one in ids for row in known.by_jurisdiction.get((node, one), ())]
    return sorted(found, key=lambda row: row.id)


def _called(cell: CellName, names: Titles) -> Place:
    """A cell as it was called then: a new name changes no old decision."""
    return Place("cell", len(names.newest(cell.code).path), cell.code, cell.name)
