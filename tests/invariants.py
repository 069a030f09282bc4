"""What must hold after every test that touched a database, whatever it tested."""

from datetime import timedelta
from typing import Any

import shapely
from sqlalchemy import Connection, Row

from spatial.cases.clocks import Limit, read_calendar
from spatial.cases.lifecycle.keeping import OVER
from spatial.cases.supervision.rules import read_colour_rules
from spatial.cases.supervision.warning import warn_moment
from spatial.cases.verifying import list_faults
from spatial.store import events
from spatial.store.db import run
from spatial.store.events import list_events
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "worlds.sql")
_SAME_AREA = 1e-9  # square degrees, relative: a union is computed anew and may differ in its last digits


def check_invariants(conn: Connection) -> None:
    """Units tile the city, upper levels are their unions, every case has its whole chain of events, and stands as its
    disputes, its returns and those who hold it say; and each deadline has its warning.
    """
    _check_coverage(conn)
    _check_chains(conn)
    check_standings(conn)
    _check_warnings(conn)


def _check_warnings(conn: Connection) -> None:
    """Whatever wrote a deadline wrote its limit and its warning, on one clock: nobody waits for a sweep to see it."""
    rules = read_colour_rules(conn)
    for case in run(conn, SQL["warnings"]):
        where = f"case {case.case_no}, {case.state}, due {case.due_at}"
        assert case.warn_at is not None, f"{where}: whoever wrote its deadline wrote no warning"
        assert case.warn_at <= case.due_at, f"{where}: it warns at {case.warn_at} of a deadline that has passed"
        calendar = read_calendar(conn, case.district)
        reckoned = warn_moment(rules, calendar, case)
        assert not case.is_unedited or case.warn_at == reckoned, f"{where}: warns at {case.warn_at}, not {reckoned}"
        if case.is_as_filed and case.is_unedited:
            assert case.limit_unit is not None, f"{where}: whoever wrote its deadline wrote no limit"
            due_at = calendar.add(case.received_at, Limit(case.limit_amount, case.limit_unit))
            assert case.due_at == due_at, f"{where}: by its limit it is due {due_at}"


def _check_coverage(conn: Connection) -> None:
    rows = run(conn, SQL["cells_in_force"]).all()
    if not rows:
        return
    shapes = {row.code: shapely.from_wkb(bytes(row.wkb)) for row in rows}
    deepest = max(row.rank for row in rows)
    units = [row.code for row in rows if row.rank == deepest]
    clean = shapely.coverage_is_valid([shapes[code] for code in units])
    if not clean and run(conn, SQL["accepted_dirt"]).scalar_one():
        return  # an import with --accept-dirty: the dirt is on record
    assert clean, "the units in force overlap or leave gaps between their borders"
    children: dict[str, list[str]] = {}
    for row in rows:
        children.setdefault(row.parent, []).append(row.code)
    for parent, codes in children.items():
        if parent is not None:
            _check_union(parent, shapes[parent], [shapes[code] for code in codes])


def _check_union(parent: str, shape: shapely.Geometry, parts: list[shapely.Geometry]) -> None:
    union = shapely.coverage_union_all(parts)
    apart = abs(shape.area - union.area) + abs(sum(part.area for part in parts) - union.area)
    assert apart <= _SAME_AREA * union.area, f"{parent} is not the union of its children"


def _check_chains(conn: Connection) -> None:
    faults = list(events.verify_all(conn))
    assert not faults, f"the event log is broken: {faults[0]}"
    for case in run(conn, SQL["all_chains"]):
        chain = events.list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
        assert chain, f"case {case.case_no} has no event"


def check_standings(conn: Connection) -> None:
    """A dispute is open exactly where a case is disputed; it is held by those it was handed to; returns count; and
    whatever else `gridmaps db verify` looks for is nowhere.
    """
    conn.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")  # keys that look when a transaction ends look now: few do end
    conn.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    assert list(list_faults(conn)) == []
    for case in run(conn, SQL["standings"]):
        disputed = case.state == "disputed"
        assert disputed == (case.open_disputes == 1), f"case {case.case_no} is {case.state}: {case.open_disputes} open"
        handed = [unit for unit in [case.lead, *case.assisting] if unit and not unit.startswith("@")]
        assert sorted(case.holders) == sorted(handed), f"{case.holders} hold case {case.case_no}, handed to {handed}"
        _check_tasks(case)
        if case.tier is not None:
            _check_level_times(conn, case)


def _check_tasks(case: Row[Any]) -> None:
    if case.state in ("pending", "handling", "suspended"):
        assert case.lead in case.open_units, f"{case.lead} leads case {case.case_no} and has no task"


def _check_level_times(conn: Connection, case: Row[Any]) -> None:
    """The time of all levels is the case's own: from its intake on, without the time for which it was over.

    One that was filed outside the grid is a level's from when it comes into it.
    """
    open_since, total = case.received_at, timedelta(0)
    links = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    is_outside = "unit" in links[0].payload and links[0].payload["unit"] is None
    is_over = False
    for link in links:
        if "state" in link.payload:  # what is said again of a case that was joined to another leaves it so
            is_over = link.payload["state"] in OVER
        if is_outside and link.kind == "case.moved" and link.payload["to"] is not None:
            is_outside, total, open_since = False, timedelta(0), None if is_over else link.at
        if is_over and open_since is not None:
            total, open_since = total + (link.at - open_since), None
        elif not is_over and open_since is None:
            open_since = link.at
    assert (open_since is None) == (case.tier_since is None), f"case {case.case_no} is with a level, or is not"
    running = timedelta(0) if open_since is None else case.tier_since - open_since
    assert case.held == total + running, f"the levels of case {case.case_no} held it {case.held}, it took {total}"
