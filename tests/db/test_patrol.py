"""Check-ins and silence in the tiny town. 2026-03-02 is a Monday; the town's clock is eight hours ahead of UTC."""

import threading
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from spatial.errors import DigestMismatch, Invalid
from spatial.grid.redraw import plan_merge
from spatial.patrol.check_in import CheckIn, check_in
from spatial.patrol.silence import silent_units
from spatial.store import events
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.moments import clear_of_midnight
from tests.racing import joined
from tests.reporting import file_at
from tests.worlds import BRIDGE, DISTRICT, UNITS, WILLOW, B, M, V, W, inside

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in the town
EVENING = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # 19:00, behind the cut-off
MONDAY = date(2026, 3, 2)
OFFICER = 3


def _said(unit: str, at: datetime = MORNING, *, place: str | None = None) -> CheckIn:
    lon, lat = inside(place or unit)
    return CheckIn(id=uuid.uuid4(), unit=unit, lon=lon, lat=lat, accuracy_m=10, captured_at=at)


def _file(conn: Connection, said: CheckIn, *, now: datetime = MORNING, reach: Reach = WHOLE_CITY):
    return check_in(conn, account_id=OFFICER, reach=reach, said=said, now=now)


def test_an_all_clear_from_inside_the_unit_counts_and_is_on_the_log(conn: Connection) -> None:
    said = _said(W)
    answer = _file(conn, said, reach=Reach((WILLOW,)))
    assert (answer.counts, answer.located_in) == (True, W)
    [event] = events.list_events(conn, district=DISTRICT, subject="check_in", subject_id=str(said.id))
    assert event.payload == {"unit": W, "located_in": W, "counts": True}
    assert event.path[-1] == W


def test_an_all_clear_from_next_door_is_kept_and_does_not_count(conn: Connection) -> None:
    answer = _file(conn, _said(W, place=V))
    assert (answer.counts, answer.located_in) == (False, V)
    assert V in answer.reason
    kept = conn.exec_driver_sql("SELECT counts FROM check_in WHERE unit = %s", (W,)).scalar_one()
    assert kept is False


def test_a_position_on_the_shared_border_belongs_to_the_eastern_unit(conn: Connection) -> None:
    border = replace(_said(V), lon=120.003, lat=30.001)
    assert _file(conn, border).counts
    assert not _file(conn, replace(border, id=uuid.uuid4(), unit=W)).counts


def test_outside_the_city_and_outside_the_reach_do_not_count(conn: Connection) -> None:
    assert "outside the city" in _file(conn, replace(_said(W), lon=121.0)).reason
    assert "account" in _file(conn, _said(W), reach=Reach((BRIDGE,))).reason


def test_a_position_in_gcj02_is_brought_home_first(conn: Connection) -> None:
    from spatial.grid.datum import to_wgs84

    lon, lat = to_wgs84(120.0060, 30.0000, "gcj02")
    assert (lon, lat) != (120.006, 30.0)
    assert not _file(conn, replace(_said(B), lon=120.0065, lat=30.001, datum="gcj02")).counts


def test_the_same_check_in_again_gets_the_first_answer(conn: Connection) -> None:
    said = _said(W)
    first = _file(conn, said)
    assert _file(conn, said, now=EVENING) == first
    assert conn.exec_driver_sql("SELECT count(*) FROM check_in").scalar_one() == 1


def test_the_same_id_with_another_body_or_sender_is_refused(conn: Connection) -> None:
    said = _said(W)
    _file(conn, said)
    with pytest.raises(DigestMismatch):
        _file(conn, replace(said, accuracy_m=11))
    with pytest.raises(DigestMismatch):
        check_in(conn, account_id=OFFICER + 1, reach=WHOLE_CITY, said=said, now=MORNING)


def test_a_clock_that_runs_ahead_is_kept_and_marked(conn: Connection) -> None:
    answer = _file(conn, _said(W, MORNING + timedelta(days=3)))
    assert answer.counts
    assert "ahead" in answer.reason
    row = conn.exec_driver_sql("SELECT captured_at, received_at FROM check_in").one()
    assert (row.captured_at, row.received_at) == (MORNING + timedelta(days=3), MORNING)


def test_yesterdays_moment_does_not_end_todays_silence(conn: Connection) -> None:
    answer = _file(conn, _said(W, MORNING - timedelta(days=1)))
    assert not answer.counts
    assert "2026-03-01" in answer.reason
    assert silent_units(conn, day=MONDAY, now=EVENING, reach=WHOLE_CITY).counts["silent"] == len(UNITS)


def test_the_month_received_picks_the_partition(conn: Connection) -> None:
    far = datetime(2031, 7, 1, 1, 0, tzinfo=UTC)
    _file(conn, _said(W, MORNING + timedelta(days=9000)), now=far)
    assert conn.exec_driver_sql("SELECT tableoid::regclass::text FROM check_in").scalar_one() == "check_in_2031_07"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lon": float("nan")}, "lon"),
        ({"lat": 91.0}, "lat"),
        ({"accuracy_m": -1.0}, "accuracy_m"),
        ({"datum": "mars"}, "datum"),
        ({"unit": "330199001001777"}, "unit"),
        ({"unit": WILLOW}, "unit"),
        ({"captured_at": datetime(2026, 3, 2)}, "captured_at"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(conn: Connection, change: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _file(conn, replace(_said(W), **change))
    assert refusal.value.field == field


def test_two_sends_of_one_check_in_at_once_are_one(fresh_db: Store) -> None:
    said, answers = _said(W), []

    def send() -> None:
        with fresh_db.app.begin() as conn:
            answers.append(_file(conn, said))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        joined(thread)
    assert len(answers) == 2
    assert answers[0] == answers[1]


def test_before_the_cut_off_nobody_is_silent(conn: Connection) -> None:
    day = silent_units(conn, day=None, now=MORNING, reach=WHOLE_CITY)
    assert day.status == "open until 18:00"
    assert day.date == MONDAY
    assert day.counts == {"reported": 0, "self_solved": 0, "all_clear": 0, "late": 0, "silent": 0, "open": len(UNITS)}


def test_a_day_has_three_outcomes_behind_the_cut_off(fresh_db: Store) -> None:
    lon, lat = inside(V)
    file_at(fresh_db, lon, lat, now=MORNING)
    with fresh_db.app.begin() as conn:
        _file(conn, _said(W))
        _file(conn, _said(B, EVENING), now=EVENING)
        day = silent_units(conn, day=MONDAY, now=EVENING + timedelta(minutes=1), reach=WHOLE_CITY)
        near = silent_units(conn, day=MONDAY, now=EVENING, reach=Reach((WILLOW,)))
        next_day = silent_units(conn, day=MONDAY + timedelta(days=1), now=EVENING + timedelta(days=1), reach=WHOLE_CITY)
    counted = {"reported": 1, "self_solved": 0, "all_clear": 1, "late": 1}
    assert day.counts == counted | {"silent": len(UNITS) - 3, "open": 0}
    assert {unit.code for unit in day.silent} == set(UNITS) - {V, W, B}
    assert near.silent == ()
    assert next_day.counts["silent"] == len(UNITS)


def test_a_day_that_has_not_begun_is_refused(conn: Connection) -> None:
    with pytest.raises(Invalid, match="has not begun"):
        silent_units(conn, day=MONDAY + timedelta(days=1), now=MORNING, reach=WHOLE_CITY)


def test_what_a_unit_said_on_the_day_of_its_merge_is_said_for_its_heir(fresh_db: Store) -> None:
    from api.redrawing import publish

    clear_of_midnight()
    now = datetime.now(UTC)
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '\"23:59:59\"' WHERE key = 'silence_cut_off'")
        _file(conn, _said(M, now), now=now)
        plan = plan_merge(conn, codes=[B, M])
    publish(fresh_db.app, plan=plan, published_by="planner")
    with fresh_db.app.begin() as conn:
        day = silent_units(conn, day=None, now=datetime.now(UTC), reach=WHOLE_CITY)
    assert B not in {unit.code for unit in day.silent}
    assert sum(day.counts.values()) == len(UNITS) - 1
