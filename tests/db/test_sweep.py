"""The sweep: what is due is done once, in its own moment, however often and by however many it is asked."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from spatial.cases.disputes.alarms import list_alarms
from spatial.cases.disputes.rulings import rule
from spatial.cases.disputes.sweeping import Swept, sweep
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.disputing import a_ruling, both_at_once, dispute_in, scalars
from tests.worlds import NORTH, B, T, W

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENTERED = datetime(2026, 3, 3, 15, 0, tzinfo=SHANGHAI)  # a Tuesday
TOO_OLD = ENTERED + timedelta(days=30)  # Thursday the 2nd of April, 15:00
NOTHING = Swept((), (), 0, ())


def dues(store: Store, dispute: int) -> list[tuple[date, datetime]]:
    """The days on which a dispute stands on the list, and when each was due."""
    with store.app.begin() as conn:
        rows = conn.exec_driver_sql("SELECT day, due_at FROM dispute_alarm WHERE dispute = %s ORDER BY day", (dispute,))
        return [tuple(row) for row in rows]


def test_a_sweep_with_nothing_due_does_nothing(fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=ENTERED)
    done = sweep(fresh_db.app, now=ENTERED + timedelta(hours=1))
    assert done == NOTHING
    assert done.is_nothing


def test_a_dispute_over_the_limit_stands_on_the_list_once_a_city_day(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=ENTERED)
    assert sweep(fresh_db.app, now=TOO_OLD - timedelta(seconds=1)).alarms == 0
    assert sweep(fresh_db.app, now=TOO_OLD).alarms == 1
    assert sweep(fresh_db.app, now=TOO_OLD.replace(hour=23, minute=59)).alarms == 0
    midnight = datetime(2026, 4, 3, tzinfo=SHANGHAI)
    assert sweep(fresh_db.app, now=midnight).alarms == 1
    assert dues(fresh_db, dispute) == [(date(2026, 4, 2), TOO_OLD), (date(2026, 4, 3), midnight)]


def test_days_that_nobody_swept_are_caught_up_with_the_moments_at_which_they_were_due(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=ENTERED)
    assert sweep(fresh_db.app, now=TOO_OLD + timedelta(days=3), page=2).alarms == 4
    days = [date(2026, 4, 2 + n) for n in range(4)]
    midnights = [datetime(2026, 4, 2 + n, tzinfo=SHANGHAI) for n in range(1, 4)]
    assert dues(fresh_db, dispute) == list(zip(days, [TOO_OLD, *midnights], strict=True))


def test_a_ruling_ends_the_alarms_and_writes_those_that_nobody_swept(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=ENTERED)
    now = TOO_OLD + timedelta(days=1)
    with fresh_db.app.begin() as conn:
        rule(conn, draft=a_ruling(dispute), reach=WHOLE_CITY, actor="9", now=now)
    assert sweep(fresh_db.app, now=now + timedelta(days=5)).alarms == 0
    assert [day for day, _ in dues(fresh_db, dispute)] == [date(2026, 4, 2), date(2026, 4, 3)]


def test_the_list_of_a_day_is_longest_waiting_first_and_ends_at_the_reach(fresh_db: Store) -> None:
    young, _ = dispute_in(fresh_db, T, at=ENTERED + timedelta(hours=2))
    old, case_no = dispute_in(fresh_db, W, at=ENTERED)
    sweep(fresh_db.app, now=TOO_OLD + timedelta(hours=3))
    with fresh_db.app.begin() as conn:
        day = date(2026, 4, 2)
        first, second = list_alarms(conn, reach=WHOLE_CITY, day=day, limit=10)
        assert (first.dispute, first.case_no, first.due_at, second.dispute) == (old, case_no, TOO_OLD, young)
        behind = list_alarms(conn, reach=WHOLE_CITY, day=day, limit=10, behind=(first.entered_at, first.dispute))
        assert behind == [second]
        assert list_alarms(conn, reach=Reach((NORTH,)), day=day, limit=10) == [second]
        assert list_alarms(conn, reach=WHOLE_CITY, day=date(2026, 4, 1), limit=10) == []


def test_a_ruled_case_is_handed_over_when_its_ruling_comes_into_force(fresh_db: Store) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=ENTERED)
    ruled_at, day = ENTERED + timedelta(hours=1), ENTERED + timedelta(days=2)
    draft = a_ruling(dispute, lead="@street", assisting=("roads",), effective_from=day)
    with fresh_db.app.begin() as conn:
        rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=ruled_at)
    assert sweep(fresh_db.app, now=day - timedelta(seconds=1)).dispatched == ()
    assert sweep(fresh_db.app, now=day).dispatched == (case_no,)
    assert sweep(fresh_db.app, now=day).dispatched == ()
    with fresh_db.app.begin() as conn:
        row = conn.exec_driver_sql("SELECT state, lead, holders FROM case_file WHERE case_no = %s", (case_no,)).one()
        assert tuple(row) == ("pending", "@330199001", ["roads"])
        assert scalars(conn, "SELECT actor FROM event WHERE subject_id = %s AND kind = 'case.dispatched'", case_no) == [
            "system"
        ]


def test_two_sweeps_at_once_do_everything_once(fresh_db: Store) -> None:
    later = TOO_OLD + timedelta(days=40)
    for unit in (W, B, T):
        dispute_in(fresh_db, unit, at=ENTERED)
    waiting = [dispute_in(fresh_db, unit, at=ENTERED) for unit in (W, B)]
    for dispute, _ in waiting:
        with fresh_db.app.begin() as conn:
            draft = a_ruling(dispute, effective_from=TOO_OLD)
            rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=ENTERED)

    answers = both_at_once(lambda _: sweep(fresh_db.app, now=later, page=7))

    assert all(isinstance(answer, Swept) for answer in answers), answers
    sweep(fresh_db.app, now=later)
    one, other = answers
    assert len(one.briefs) + len(other.briefs) == 1
    assert sorted(one.dispatched + other.dispatched) == sorted(case_no for _, case_no in waiting)
    assert sweep(fresh_db.app, now=later) == NOTHING
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM dispute_alarm GROUP BY dispute") == [41, 41, 41]
