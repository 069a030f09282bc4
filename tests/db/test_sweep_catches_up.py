"""Whoever sweeps once behind an outage has written what hourly sweeps would have: same orders, climbs and moments."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from spatial.cases.conferences.opening import ask_help
from spatial.cases.disputes.alarms import raise_due_alarms
from spatial.cases.lifecycle.flexible import suspend_case
from spatial.cases.supervision.orders import get_order
from spatial.cases.supervision.replying import reply_to
from spatial.cases.sweeping import STAGES
from spatial.store.reach import WHOLE_CITY
from tests.acting import file_case, held
from tests.supervising import MONDAY, put_in_hand
from tests.worlds import B, T, W

OUTAGE = MONDAY + timedelta(days=2)  # from here on nobody sweeps, and nobody acts
END = OUTAGE + timedelta(weeks=3)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Planned:
    """A case that roads or a street handles: when it is due, and what has happened to it before the outage."""

    due_h: float
    unit: str = W
    lead: str = "roads"
    source: str = "grid"
    suspended_h: int | None = None  # it stands until so many hours behind the outage's beginning
    wants_help: bool = False
    answered: bool = False


plans = st.builds(
    Planned,
    due_h=st.integers(1, 24 * 20 * 4).map(lambda quarters: quarters / 4),
    unit=st.sampled_from([W, B, T]),
    lead=st.sampled_from(["roads", "sanitation"]),
    source=st.sampled_from(["grid", "hotline"]),
    suspended_h=st.none() | st.integers(1, 24 * 20),
    wants_help=st.booleans(),
    answered=st.booleans(),
)
moments = st.lists(st.integers(1, 24 * 21 * 60).map(lambda minutes: OUTAGE + minutes * HOUR / 60), max_size=12)
ALL_KINDS = [
    Planned(20), Planned(30, unit=B), Planned(40, answered=True), Planned(45, unit=T, answered=True, source="hotline"),
    Planned(49, unit=T, source="hotline"), Planned(60), Planned(100.25, lead="sanitation", wants_help=True),
    Planned(130, suspended_h=70), Planned(30, suspended_h=200), Planned(300, suspended_h=470, source="hotline"),
    Planned(470, unit=B), Planned(900),
]  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(plans, min_size=1, max_size=4), moments)
def test_one_sweep_behind_an_outage_writes_what_many_in_it_would_have(
    engine: Engine, planned: list[Planned], at: list[datetime]
) -> None:
    check_same(engine, planned, sorted(at))


def test_one_sweep_behind_three_weeks_writes_what_a_sweep_every_hour_would_have(engine: Engine) -> None:
    hours = [OUTAGE + n * HOUR for n in range(1, 24 * 21)]
    written = check_same(engine, ALL_KINDS, hours)
    assert {row["kind"] for row in written["orders"]} == {"chase", "order", "written_chase", "criticism"}
    assert {row["cause"] for row in written["orders"]} == {"yellow", "red", "unanswered", "still_red"}
    assert max(row["level"] for row in written["orders"]) == 3 and written["conferences"]


def check_same(
    engine: Engine, planned: Sequence[Planned], hours: Sequence[datetime]
) -> dict[str, list[dict[str, Any]]]:
    """Sweep at these moments and at the end, and then at the end alone; what is written is the same."""
    with engine.connect() as conn, conn.begin() as whole:
        cases = [plant(conn, one) for one in planned]
        sweep_in(conn, OUTAGE)
        answer(conn, [case_no for case_no, one in zip(cases, planned, strict=True) if one.answered])
        with undone(conn):
            for moment in [*hours, END]:
                sweep_in(conn, moment)
            often = written_in(conn)
        sweep_in(conn, END)
        once = written_in(conn)
        whole.rollback()
    assert once == often
    return once


@contextmanager
def undone(conn: Connection) -> Iterator[None]:
    """What happens inside is taken back."""
    inner = conn.begin_nested()
    yield
    inner.rollback()


def plant(conn: Connection, one: Planned) -> str:
    """The case as acts would leave it before the outage; its number."""
    case_no = file_case(conn, "pothole", at=one.unit, now=MONDAY, source=one.source).case_no
    put_in_hand(conn, case_no, at=MONDAY, due=MONDAY + one.due_h * HOUR, lead=one.lead)
    if one.wants_help:
        ask_help(conn, held(conn, case_no), note="we lack a crane", own=None, actor="7", now=MONDAY + HOUR / 4)
    if one.suspended_h is not None:
        said: dict[str, Any] = {"reason": "frost", "until": OUTAGE + one.suspended_h * HOUR, "own": None}
        suspend_case(conn, held(conn, case_no), phase="ask", actor="7", now=MONDAY + HOUR / 4, **said)
        suspend_case(conn, held(conn, case_no), phase="approve", actor="5", now=MONDAY + HOUR / 2, **said)
    return case_no


def answer(conn: Connection, cases: Sequence[str]) -> None:
    """What was asked about these cases is answered before the outage."""
    sql = "SELECT id FROM supervision_order WHERE case_no = ANY(%s) ORDER BY id"
    for number in conn.exec_driver_sql(sql, (list(cases),)).scalars().all():
        order = get_order(conn, reach=WHOLE_CITY, number=number, now=OUTAGE)
        reply_to(conn, order, reach=WHOLE_CITY, text="on Friday", actor="7", now=OUTAGE)


def sweep_in(conn: Connection, now: datetime) -> None:
    """A sweep within this transaction."""
    raise_due_alarms(conn, now=now, limit=None)
    for stage in STAGES.values():
        behind, more = None, True
        while more:
            paged = stage(conn, now=now, limit=3, behind=behind)
            behind, more = paged.behind, paged.more


def written_in(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """What sweeps have written, without numbers and without the moments at which somebody woke."""
    asked = {
        "orders": "SELECT own.case_no, own.kind, own.cause, own.level, own.addressee, own.copied, own.clock_due_at, "
        "own.due_at, own.reply_due_at, own.still_red_at, own.climb_at, own.replied_at, own.ended_at, own.ended_by, "
        "below.level AS from_level FROM supervision_order AS own "
        "LEFT JOIN supervision_order AS below ON below.id = own.climbed_from ORDER BY own.case_no, own.level, own.kind",
        "cases": "SELECT case_no, state, due_at, warn_at, step_due_at, paused_since FROM case_file ORDER BY case_no",
        "told": "SELECT subject_id, kind, payload - 'order' AS payload FROM event WHERE kind IN "
        "('case.chased', 'case.supervised', 'case.resumed') ORDER BY subject_id, kind, payload ->> 'due_at'",
        "conferences": "SELECT case_no, board, trigger, due_since, state FROM conference ORDER BY case_no, due_since",
        "alarms": "SELECT dispute, day, due_at FROM dispute_alarm ORDER BY dispute, day",
    }
    return {name: [dict(row) for row in conn.exec_driver_sql(sql).mappings()] for name, sql in asked.items()}
