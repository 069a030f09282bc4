"""One resolution with its database reads, on the table that the gap list is measured on, beside one PostGIS statement.

Ours answers with reasons, rejected rows and names, and knows the border rule and the accuracy; the peer says the leads
at a point and nothing else. Where both are asked without an accuracy their leads must be equal.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles

import numpy as np
import shapely
from sqlalchemy import Connection

from api.bench.gap_ground import MOMENTS, GapGround, make_gap_ground
from api.bench.gaps import load_ground
from api.bench.rows import Row
from spatial.cases.responsibility.decision import Decision, Question
from spatial.cases.responsibility.reading import resolve
from spatial.cases.rules import read_rules
from spatial.grid.keeper import IndexBuilder
from spatial.grid.locate import locate_points
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "resolving.sql")
_WARM = 200  # a session keeps a plan from the sixth time on


@dataclass(frozen=True)
class Wanted:
    """How large the table is, how many questions are asked of us, and how many of them of the peer."""

    units: int
    rows: int
    polygons: int
    questions: int
    peer_questions: int


def measure_resolving(store: Store, wanted: Wanted) -> Iterator[Row]:
    """Milliseconds of a resolution: the half and 99 of 100 are quicker; then beside the peer."""
    ground = make_gap_ground(units=wanted.units, rows=wanted.rows, polygons=wanted.polygons, planted=1000)
    load_ground(store, ground)
    IndexBuilder(store.app).look()
    with transaction(store.app) as conn:
        for radius in (0.0, 15.0):
            questions = _questions(conn, ground, wanted.questions + _WARM, radius)
            taken, decisions = _timed(conn, questions)
            what = f"one resolution, accuracy {radius:.0f} m"
            yield from _row(what, taken[_WARM:], ground)
            if radius == 0.0:
                part = slice(_WARM, _WARM + wanted.peer_questions)
                yield _beside_peer(conn, questions[part], decisions[part], median(taken[_WARM:]))


def _questions(conn: Connection, ground: GapGround, count: int, radius_m: float) -> list[Question]:
    rng = np.random.default_rng(11)
    rules, units = read_rules(conn), ground.city.level(4)
    at = MOMENTS[1]
    points = [shapely.point_on_surface(units[i].geometry) for i in rng.integers(0, len(units), count)]
    lons, lats = [float(point.x) for point in points], [float(point.y) for point in points]
    placed = locate_points(
        conn, lons=lons, lats=lats, accuracies_m=[radius_m] * count, moments=[at] * count, rule=rules.certainty
    )
    matters = [rules.categories[ground.leaves[i]] for i in rng.integers(0, len(ground.leaves), count)]
    return [
        Question(matter, lon, lat, radius_m, placement, {}, at, at)
        for matter, lon, lat, placement in zip(matters, lons, lats, placed, strict=True)
    ]


def _timed(conn: Connection, questions: list[Question]) -> tuple[list[float], list[Decision]]:
    rules = read_rules(conn)
    taken, decisions = [], []
    for question in questions:
        begun = time.perf_counter()
        decisions.append(resolve(conn, question, rules=rules))
        taken.append((time.perf_counter() - begun) * 1000.0)
    return taken, decisions


def _row(what: str, taken: list[float], ground: GapGround) -> Iterator[Row]:
    note = f"{len(taken):,} questions, {len(ground.duties):,} rows, {len(ground.jurisdictions)} jurisdictions"
    yield Row(f"{what}, median", median(taken), 1.0, 1.0 / median(taken), unit="ms", note=f"bound 1 ms; {note}")
    last = quantiles(taken, n=100)[98]
    yield Row(f"{what}, 99 of 100", last, 5.0, 5.0 / last, unit="ms", note=f"bound 5 ms; {note}")


def _beside_peer(conn: Connection, questions: list[Question], decisions: list[Decision], ours_ms: float) -> Row:
    taken, equal = [], True
    for question, decision in zip(questions, decisions, strict=True):
        assert question.matter is not None
        asked = {"lon": question.lon, "lat": question.lat, "at": question.at, "nodes": list(question.matter.nodes)}
        begun = time.perf_counter()
        theirs = set(run(conn, SQL["peer_leads"], asked).scalar_one())
        taken.append((time.perf_counter() - begun) * 1000.0)
        ours = {decision.lead.ref} if decision.lead else {one.lead.ref for one in decision.alternatives}
        equal &= ours == theirs
    theirs_ms = median(taken)
    note = f"peer: one PostGIS statement for the leads alone, {len(questions):,} questions"
    return Row("one resolution beside PostGIS", ours_ms, theirs_ms, theirs_ms / ours_ms, equal, "ms", None, note)
