"""Supervision orders: written when a case turns, answered, climbing, ending; due when they were due."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.acting import lock_case, move_case
from spatial.cases.lifecycle.tasks import end_task
from spatial.cases.supervision.board import count_colours, read_board
from spatial.cases.supervision.orders import OrderFilter, get_order, list_orders
from spatial.cases.supervision.replying import reply_to
from spatial.cases.supervision.supervising import supervise_case
from spatial.cases.supervision.warning import fill_warnings
from spatial.cases.sweeping import Swept, sweep
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import file_case
from tests.disputing import scalars
from tests.invariants import check_invariants
from tests.supervising import DUE, MONDAY, events_of, handed_over, orders_of, utc
from tests.worlds import DISTRICT, NORTH, SOUTH, T

YELLOW_AT = utc(10, 9)  # Wednesday: one of three working days is left
STREET = f"@{SOUTH}"


def newest(store: Store, case_no: str) -> int:
    """The last order on a case."""
    with store.app.begin() as conn:
        return max(scalars(conn, "SELECT id FROM supervision_order WHERE case_no = %s", case_no))


def answer(store: Store, number: int, *, at: object, text: str = "Asphalt comes on Friday.") -> None:
    """The unit answers."""
    with store.app.begin() as conn:
        order = get_order(conn, reach=WHOLE_CITY, number=number, now=MONDAY)
        reply_to(conn, order, reach=WHOLE_CITY, text=text, actor="7", now=at)  # type: ignore[arg-type]


def test_a_yellow_case_is_chased_and_a_red_one_ordered_with_a_reply_due_in_a_working_day(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    assert sweep(fresh_db.app, now=YELLOW_AT - timedelta(seconds=1)).stages["chased"] == 0
    assert sweep(fresh_db.app, now=YELLOW_AT).stages["chased"] == 1
    assert sweep(fresh_db.app, now=DUE).stages["ordered"] == 0  # at its deadline it is not late
    assert sweep(fresh_db.app, now=DUE + timedelta(minutes=5)).stages["ordered"] == 1
    assert orders_of(fresh_db, case_no) == [
        ("chase", "yellow", 1, "roads", YELLOW_AT), ("order", "red", 1, "roads", DUE),
    ]  # fmt: skip
    with fresh_db.app.begin() as conn:
        order = get_order(conn, reach=WHOLE_CITY, number=newest(fresh_db, case_no), now=DUE + timedelta(minutes=5))
    assert (order.reply_due_at, order.written_at) == (utc(12, 9), DUE + timedelta(minutes=5))
    assert (order.colour, order.state, order.still_red_at) == ("red", "open", utc(18, 9))
    [told] = events_of(fresh_db, case_no, "case.supervised")
    assert (told["order"], told["unit"], told["level"], told["cause"]) == (order.id, "roads", 1, "red")
    assert len(events_of(fresh_db, case_no, "case.chased")) == 1


def test_an_unanswered_order_climbs_to_the_street_and_the_district_and_no_further(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    sweep(fresh_db.app, now=DUE + timedelta(hours=1))
    assert sweep(fresh_db.app, now=utc(12, 9) - timedelta(seconds=1)).stages["climbed"] == 0
    assert sweep(fresh_db.app, now=utc(12, 9)).stages["climbed"] == 1
    assert orders_of(fresh_db, case_no)[-1] == ("order", "unanswered", 2, STREET, utc(12, 9))
    assert sweep(fresh_db.app, now=utc(30, 9)).stages["climbed"] == 1  # Friday and one working day is Monday
    assert orders_of(fresh_db, case_no)[-1] == ("order", "unanswered", 3, f"@{DISTRICT}", utc(15, 9))
    assert sweep(fresh_db.app, now=utc(30, 10)).is_nothing


def test_an_outage_is_caught_up_with_the_moments_at_which_things_were_due(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    done = sweep(fresh_db.app, now=utc(30, 12))
    assert (done.stages["chased"], done.stages["ordered"], done.stages["climbed"]) == (1, 1, 2)
    assert [row[4] for row in orders_of(fresh_db, case_no)] == [YELLOW_AT, DUE, utc(12, 9), utc(15, 9)]
    assert sweep(fresh_db.app, now=utc(30, 12)).is_nothing


def test_an_answered_order_climbs_only_because_the_case_stays_red_for_five_working_days(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    sweep(fresh_db.app, now=DUE + timedelta(hours=1))
    answer(fresh_db, newest(fresh_db, case_no), at=DUE + timedelta(hours=2))
    assert sweep(fresh_db.app, now=utc(18, 9) - timedelta(seconds=1)).stages["climbed"] == 0
    assert sweep(fresh_db.app, now=utc(18, 9)).stages["climbed"] == 1
    assert orders_of(fresh_db, case_no)[-1] == ("order", "still_red", 2, STREET, utc(18, 9))
    [told] = events_of(fresh_db, case_no, "case.answered")
    assert told["unit"] == "roads" and "text" not in told


def test_an_answer_that_comes_late_is_kept_and_takes_nothing_back(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    sweep(fresh_db.app, now=utc(12, 10))
    first = min(number for number in _numbers(fresh_db, case_no, "order"))
    answer(fresh_db, first, at=utc(12, 11))
    with fresh_db.app.begin() as conn:
        order = get_order(conn, reach=WHOLE_CITY, number=first, now=utc(12, 11))
    assert order.state == "answered" and order.climbed_to is not None
    assert [(one.text, one.actor) for one in order.replies] == [("Asphalt comes on Friday.", "7")]


def _numbers(store: Store, case_no: str, kind: str) -> list[int]:
    with store.app.begin() as conn:
        return scalars(conn, "SELECT id FROM supervision_order WHERE case_no = %s AND kind = %s", case_no, kind)


def test_orders_end_when_the_case_closes_and_cannot_be_answered_then(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    sweep(fresh_db.app, now=utc(12, 10))
    _move(fresh_db, case_no, "submit", "submitted", at=utc(12, 11), outcome="fixed")
    _move(
        fresh_db,
        case_no,
        "verify_result",
        "closed",
        at=utc(12, 12),
        closed_at=utc(12, 12),
        outcome="fixed",
        tier_since=None,
    )
    with fresh_db.app.begin() as conn:
        found = list_orders(conn, reach=WHOLE_CITY, narrowed=OrderFilter(case_no=case_no), now=utc(12, 12), limit=10)
    assert {(one.state, one.ended_by, one.ended_at) for one in found} == {("ended", "over", utc(12, 12))}
    assert {one.colour for one in found} == {"red"}  # closed late, red in history
    with pytest.raises(Conflict, match="has ended"):
        answer(fresh_db, newest(fresh_db, case_no), at=utc(12, 13))
    assert sweep(fresh_db.app, now=utc(30, 9)).is_nothing


def test_a_new_deadline_ends_the_orders_of_the_old_one_and_is_supervised_anew(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    sweep(fresh_db.app, now=DUE + timedelta(hours=1))
    longer = {"due_at": utc(16, 9), "extensions": 1, "due_reason": "extension 1"}
    _move(fresh_db, case_no, "extend", "handling", at=DUE + timedelta(hours=2), **longer)
    with fresh_db.app.begin() as conn:
        warned = scalars(conn, "SELECT warn_at FROM case_file WHERE case_no = %s", case_no)
        ended = scalars(conn, "SELECT ended_by FROM supervision_order WHERE case_no = %s", case_no)
    assert warned == [utc(12, 9)]  # two of twice three working days are left
    assert ended == ["new_deadline", "new_deadline"]
    sweep(fresh_db.app, now=utc(16, 10))
    asked = [(row[0], row[4]) for row in orders_of(fresh_db, case_no)]
    assert asked[2:] == [("chase", utc(12, 9)), ("order", utc(16, 9))]


def test_a_suspended_case_is_grey_and_nothing_is_asked_about_it(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    sweep(fresh_db.app, now=YELLOW_AT)
    _move(fresh_db, case_no, "suspend", "suspended", at=YELLOW_AT, paused_since=YELLOW_AT, suspensions=1)
    assert sweep(fresh_db.app, now=utc(12, 9)).stages["ordered"] == 0
    with fresh_db.app.begin() as conn:
        assert count_colours(conn, reach=WHOLE_CITY, now=utc(12, 9)) == {"green": 0, "yellow": 0, "red": 0, "grey": 1}
        [chase] = list_orders(conn, reach=WHOLE_CITY, narrowed=OrderFilter(colour="grey"), now=utc(12, 9), limit=5)
    assert (chase.state, chase.ended_by) == ("ended", "suspended")


def test_a_supervisor_orders_by_hand_and_silence_climbs(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        supervise_case(conn, case, note="What becomes of it?", actor="9", now=utc(8, 10))
        with pytest.raises(Conflict, match="waits for its answer"):
            supervise_case(conn, case, note="And?", actor="9", now=utc(8, 11))
        with pytest.raises(Invalid, match="level 7"):
            supervise_case(conn, case, level=7, note="And?", actor="9", now=utc(8, 11))
    [told] = events_of(fresh_db, case_no, "case.supervised")
    assert (told["cause"], told["unit"], told["act"]) == ("manual", "roads", "supervise")
    sweep(fresh_db.app, now=utc(9, 11))
    assert orders_of(fresh_db, case_no) == [
        ("order", "manual", 1, "roads", utc(8, 10)), ("order", "unanswered", 2, STREET, utc(9, 10)),
    ]  # fmt: skip


def test_a_new_deadline_does_not_end_what_a_supervisor_asked(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        supervise_case(conn, case, note="What becomes of it?", actor="9", now=utc(8, 10))
    _move(fresh_db, case_no, "extend", "handling", at=utc(8, 11), due_at=utc(16, 9), extensions=1)
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT ended_by FROM supervision_order") == [None]


def test_orders_are_listed_within_a_reach_by_colour_unit_cell_and_state(fresh_db: Store) -> None:
    south, north = handed_over(fresh_db), handed_over(fresh_db, T, due=DUE + timedelta(hours=1))
    now = utc(12, 9) + timedelta(minutes=1)
    sweep(fresh_db.app, now=now)
    answer(fresh_db, newest(fresh_db, north), at=now)

    def found(reach: Reach = WHOLE_CITY, **narrowed: object) -> list[tuple[str, str, int]]:
        with fresh_db.app.begin() as conn:
            wanted = OrderFilter(**narrowed)  # type: ignore[arg-type]
            listed = list_orders(conn, reach=reach, narrowed=wanted, now=now, limit=10)
        return [(one.case_no, one.kind, one.level) for one in listed]

    assert found(kind="order") == [(south, "order", 2), (north, "order", 1), (south, "order", 1)]
    assert found(Reach((NORTH,)), kind="order") == [(north, "order", 1)]
    assert found(Reach(("roads@",)), unit=STREET) == [(south, "order", 2)]
    assert found(cell=SOUTH, state="climbed") == [(south, "order", 1)]
    assert found(state="answered") == [(north, "order", 1)]
    assert found(unanswered=True) == [(south, "order", 1)]
    assert found(colour="green") == found(colour="yellow") == []
    assert len(found(colour="red")) == 5
    with fresh_db.app.begin() as conn, pytest.raises(NotFound):
        get_order(conn, reach=Reach((NORTH,)), number=newest(fresh_db, south), now=now)


def test_the_board_counts_by_colour_unit_and_street_within_a_reach(fresh_db: Store) -> None:
    late, soon = handed_over(fresh_db), handed_over(fresh_db, due=utc(15, 9))
    handed_over(fresh_db, T, due=utc(30, 9))
    now = utc(12, 9) + timedelta(minutes=1)
    sweep(fresh_db.app, now=now)
    with fresh_db.app.begin() as conn:
        board = read_board(conn, reach=WHOLE_CITY, now=now, limit=5)
        north = read_board(conn, reach=Reach((NORTH,)), now=now, limit=5)
        assert count_colours(conn, reach=WHOLE_CITY, now=now) == board.totals
    assert board.totals == {"green": 1, "yellow": 1, "red": 1, "grey": 0}
    counts = [(one.lead, one.street, one.green, one.yellow, one.red) for one in board.counts]
    assert counts == [("roads", SOUTH, 0, 1, 1), ("roads", NORTH, 1, 0, 0)]
    assert [one.case_no for one in board.oldest_red] == [late] and soon != late
    assert [(one.case_no, one.level) for one in board.unanswered] == [(late, 1)]
    assert north.totals == {"green": 1, "yellow": 0, "red": 0, "grey": 0} and north.oldest_red == ()


def test_what_a_district_edits_decides(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE colour_rule SET used_share = 0.5, units_left = 0 WHERE unit = 'working_day'")
        conn.exec_driver_sql(
            "UPDATE supervision_ladder SET reply_amount = 2, reply_unit = 'urgent_hour' WHERE level = 1"
        )
        conn.exec_driver_sql("DELETE FROM supervision_ladder WHERE level = 2")
    case_no = handed_over(fresh_db, due=utc(12, 9))
    sweep(fresh_db.app, now=utc(12, 12))
    assert orders_of(fresh_db, case_no) == [
        ("chase", "yellow", 1, "roads", utc(10, 15)), ("order", "red", 1, "roads", utc(12, 9)),
        ("order", "unanswered", 3, f"@{DISTRICT}", utc(12, 11)),
    ]  # fmt: skip


def test_a_hotline_case_is_chased_in_writing_the_day_after_expiry_and_criticised_five_working_days_behind(
    fresh_db: Store,
) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET source = 'hotline' WHERE case_no = %s", (case_no,))
    assert sweep(fresh_db.app, now=utc(12, 9) - timedelta(seconds=1)).stages["ordered"] == 0  # red, and not yet a day
    assert sweep(fresh_db.app, now=utc(12, 9)).stages["ordered"] == 1
    with fresh_db.app.begin() as conn:
        chase = get_order(conn, reach=WHOLE_CITY, number=newest(fresh_db, case_no), now=utc(12, 9))
    assert (chase.kind, chase.copied, chase.reply_due_at) == ("written_chase", (f"@{DISTRICT}",), None)
    answer(fresh_db, chase.id, at=utc(12, 10))  # words alone do not help
    assert sweep(fresh_db.app, now=utc(19, 9) - timedelta(seconds=1)).stages["climbed"] == 0
    sweep(fresh_db.app, now=utc(30, 9))
    assert orders_of(fresh_db, case_no) == [
        ("chase", "yellow", 1, "roads", YELLOW_AT), ("written_chase", "red", 1, "roads", utc(12, 9)),
        ("criticism", "still_red", 2, "roads", utc(19, 9)),
    ]  # fmt: skip
    with fresh_db.app.begin() as conn:
        leaders = OrderFilter(unit=f"@{DISTRICT}", kind="criticism")
        [told] = list_orders(conn, reach=WHOLE_CITY, narrowed=leaders, now=utc(30, 9), limit=5)
    assert (told.case_no, told.copied) == (case_no, (f"@{DISTRICT}",))
    assert sweep(fresh_db.app, now=utc(30, 10)).is_nothing


def test_a_hotline_case_that_is_settled_within_the_day_is_not_chased_in_writing(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db)
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET source = 'hotline' WHERE case_no = %s", (case_no,))
    sweep(fresh_db.app, now=DUE + timedelta(hours=1))
    _move(fresh_db, case_no, "extend", "handling", at=DUE + timedelta(hours=2), due_at=utc(16, 9), extensions=1)
    sweep(fresh_db.app, now=utc(15, 9))
    assert [row[0] for row in orders_of(fresh_db, case_no)] == ["chase", "chase"]


def test_what_a_supervisor_orders_by_hand_on_a_hotline_case_climbs_as_everywhere(fresh_db: Store) -> None:
    case_no = handed_over(fresh_db, due=utc(29, 9))
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE case_file SET source = 'hotline' WHERE case_no = %s", (case_no,))
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        supervise_case(conn, case, note="What becomes of it?", actor="9", now=utc(8, 10))
    sweep(fresh_db.app, now=utc(9, 11))
    assert orders_of(fresh_db, case_no) == [
        ("order", "manual", 1, "roads", utc(8, 10)), ("order", "unanswered", 2, STREET, utc(9, 10)),
    ]  # fmt: skip


def _move(store: Store, case_no: str, act: str, to_state: str, *, at: datetime, **changes: object) -> None:
    with store.app.begin() as conn:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=case_no)
        if act == "submit":
            end_task(conn, case.key, unit="roads", state="done", now=at)
        move_case(conn, case, act=act, to_state=to_state, changes=changes, actor="7", now=at, payload={})


def test_a_case_is_yellow_before_anybody_has_swept(conn: Connection) -> None:
    case = file_case(conn, "pothole", now=MONDAY)
    assert case.due_at is not None
    colours = [count_colours(conn, reach=WHOLE_CITY, now=case.due_at - timedelta(hours=left)) for left in (200, 1)]
    assert [(one["green"], one["yellow"]) for one in colours] == [(1, 0), (0, 1)]


def test_a_deadline_that_is_moved_without_its_warning_does_not_pass_a_test(conn: Connection) -> None:
    file_case(conn, "pothole", now=MONDAY)
    check_invariants(conn)
    conn.exec_driver_sql("UPDATE case_file SET due_at = due_at + interval '1 day'")
    with pytest.raises(AssertionError, match="warns at"):
        check_invariants(conn)
    conn.exec_driver_sql("UPDATE case_file SET warn_at = NULL")
    with pytest.raises(AssertionError, match="wrote no warning"):
        check_invariants(conn)
    fill_warnings(conn, now=MONDAY, limit=10)
    with pytest.raises(AssertionError, match="by its limit it is due"):
        check_invariants(conn)
    conn.exec_driver_sql("UPDATE case_file SET due_at = due_at - interval '1 day', warn_at = NULL")
    fill_warnings(conn, now=MONDAY, limit=10)


def test_a_sweep_with_nothing_due_is_nothing(fresh_db: Store) -> None:
    handed_over(fresh_db)
    sweep(fresh_db.app, now=MONDAY)
    assert sweep(fresh_db.app, now=MONDAY) == Swept()
