"""The process limit of each state: set by whatever act leads there, gone where none runs, wider in the fringe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from api.acting.lifecycle import list_acts
from spatial.cases.clocks import Limit, read_calendar
from spatial.cases.clocks.fringe import mark_fringe
from spatial.cases.conferences.conferring import minute
from spatial.cases.conferences.deciding import DecisionDraft, decide
from spatial.cases.conferences.opening import OpeningDraft, open_conference
from spatial.cases.conferences.seating import Member
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.referring import recall_case, refer_case
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.lifecycle.checking import ask_check, verify_report, verify_result
from spatial.cases.lifecycle.ending import merge_case, reopen_case, split_case, void_case
from spatial.cases.lifecycle.flexible import extend_case, resume_case, suspend_case
from spatial.cases.lifecycle.handling import receive_case, submit_case
from spatial.cases.lifecycle.levels import escalate_case, hand_over, handle_own, solve_own
from spatial.errors import Conflict, Invalid
from spatial.people.accounts import find_by_login
from spatial.store.events import list_events
from spatial.store.reach import WHOLE_CITY
from tests.acting import NOW, add_rows, file_case, held, later, new_photo
from tests.worlds import BRIDGE, DISTRICT, B, W

PHOTO = "a" * 64
HOUR, TWO = Limit(1, "working_hour"), Limit(2, "working_hour")


@pytest.fixture(autouse=True)
def rows(conn: Connection) -> None:
    add_rows(
        conn,
        f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now());"
        "INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1');"
        "INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('noise', 'Noise', '1 hour', '1 day')",
    )


def after(conn: Connection, start: datetime, limit: Limit) -> datetime:
    return read_calendar(conn, DISTRICT).add(start, limit)


def filed(conn: Connection, **said: Any) -> LockedCase:
    return accept_case(conn, file_case(conn, **said), standard=None, actor="5", now=later(0.1))


def handed(conn: Connection, **said: Any) -> LockedCase:
    return dispatch_case(conn, filed(conn, **said), lead=None, assisting=None, reason=None, actor="5", now=later(0.2))


def handled(conn: Connection, **said: Any) -> LockedCase:
    return receive_case(conn, handed(conn, **said), own=None, actor="8", now=later(0.3))


def submitted(conn: Connection, case: LockedCase, at: float = 1) -> LockedCase:
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [new_photo(conn)], "note": None, "own": None}
    return submit_case(conn, case, **words, actor="8", now=later(at))


def check(conn: Connection, case: LockedCase, *, passed: bool, at: float = 2) -> LockedCase:
    return verify_result(conn, case, passed=passed, reason="So", actor="3", now=later(at))


def given_back(conn: Connection, case: LockedCase, at: float = 0.4) -> LockedCase:
    words: dict[str, Any] = {"unit": None, "reason": "No", "basis": "List", "own": None}
    return return_case(conn, case, **words, actor="8", now=later(at))


def asked(conn: Connection, case: LockedCase, act: Any, at: float, **said: Any) -> LockedCase:
    words = {"reason": "Rain", "own": None}
    case = act(conn, case, phase="ask", **words, **said, actor="8", now=later(at))
    given = said | ({"until": None} if "until" in said else {})
    done: LockedCase = act(conn, case, phase="approve", **words, **given, actor="2", now=later(at))
    return done


def test_filing_and_dispatch_are_one_limit_from_intake(conn: Connection) -> None:
    case = file_case(conn, None)
    assert case.step_due_at == after(conn, NOW, HOUR)
    known = file_case(conn)
    assert filed(conn).step_due_at == known.step_due_at


def test_the_unit_opens_it_within_an_hour_and_then_its_own_deadline_counts(conn: Connection) -> None:
    case = handed(conn)
    assert case.step_due_at == after(conn, later(0.2), HOUR)
    case = receive_case(conn, case, own=None, actor="8", now=later(0.3))
    assert case.step_due_at == case.due_at
    longer = asked(conn, case, extend_case, 1)
    assert longer.due_at != case.due_at and longer.step_due_at == longer.due_at


def test_a_result_is_checked_within_two_urgent_hours_and_rework_has_the_cases_own(conn: Connection) -> None:
    case = submitted(conn, handled(conn))
    assert case.step_due_at == later(3)
    back = check(conn, case, passed=False)
    assert back.step_due_at == back.due_at
    over = check(conn, submitted(conn, back, at=2.5), passed=True, at=9)
    assert over.step_due_at is None
    link = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)[-1]
    assert (link.payload["in_time"], link.payload["checked_in_time"]) == (True, False)


def test_a_look_at_the_report_has_a_day_when_it_is_asked_for_and_then_the_hour_runs_anew(conn: Connection) -> None:
    case = ask_check(conn, file_case(conn), note="Is it so?", actor="5", now=later(0.5))
    assert (case.state, case.step_due_at) == ("reported", later(24.5))
    with pytest.raises(Conflict, match="already"):
        ask_check(conn, case, note="Again", actor="5", now=later(1))
    case = verify_report(conn, case, is_true=True, note="It is", actor="3", now=later(30))
    assert case.step_due_at == after(conn, later(30), HOUR)
    link = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)[-1]
    assert (link.payload["asked"], link.payload["in_time"]) == (True, False)
    assert verify_report(conn, case, is_true=True, note="It is", actor="3", now=later(31)) == case


@pytest.mark.parametrize("state", ["reported", "filed"])
def test_nothing_goes_on_while_a_look_waits_or_has_found_nothing(conn: Connection, state: str) -> None:
    operator = find_by_login(conn, login="operator", at=NOW)
    assert operator is not None
    case = file_case(conn)
    act = {"reported": "accept", "filed": "dispatch"}[state]
    if state == "filed":
        case = accept_case(conn, case, standard=None, actor="5", now=later(0.1))

    def go_on(at: float) -> LockedCase:
        assert (act in list_acts(conn, case, operator, now=later(at))) == may_go_on
        if state == "reported":
            return accept_case(conn, case, standard=None, actor="5", now=later(at))
        return dispatch_case(conn, case, lead="roads", assisting=None, reason="So", actor="5", now=later(at))

    may_go_on = False
    case = ask_check(conn, case, note="Is it so?", actor="5", now=later(0.5))
    with pytest.raises(Conflict, match="not answered"):
        go_on(0.6)
    case = verify_report(conn, case, is_true=False, note="Nothing", actor="3", now=later(1))
    with pytest.raises(Conflict, match="void it, or look again"):
        go_on(1.1)
    case, may_go_on = verify_report(conn, case, is_true=True, note="Behind it", actor="3", now=later(2)), True
    assert go_on(2.1).state == {"reported": "filed", "filed": "pending"}[state]


def test_no_way_leads_around_a_look_at_the_place(conn: Connection) -> None:
    operator = find_by_login(conn, login="operator", at=NOW)
    assert operator is not None
    case = ask_check(conn, filed(conn), note="Is it so?", actor="5", now=later(1))
    draft = OpeningDraft(case.case_no, "manual", reason="Both", members=(Member(person="A"), Member("roads")))
    by: dict[str, Any] = {"reach": WHOLE_CITY, "actor": "9", "now": later(1.1)}
    opened = open_conference(conn, draft=draft, **by)
    minute(conn, opened, text="Said", held_at=later(1.1), **by)
    decision = DecisionDraft("roads", (), "Duty list", scope=ScopeDraft(Area("radius", radius_m=50)))
    ways: dict[str, Callable[[LockedCase], Any]] = {
        "dispute": lambda one: dispute_case(conn, one, note="Whose?", actor="5", now=later(3)),
        "refer": lambda one: refer_case(conn, one, nature="market", provider="fix", actor="5", now=later(3)),
        "decide": lambda one: decide(conn, opened, draft=decision, ruling_reach=WHOLE_CITY, **by),
        "handle_own": lambda one: handle_own(conn, one, actor="12", now=later(3)),
    }
    for said, barred in (("not answered", {"dispute", "refer", "decide"}), ("look again", set(ways))):
        assert not barred & set(list_acts(conn, case, operator, now=later(3)))
        for act in barred:
            with pytest.raises(Conflict, match=said), conn.begin_nested():
                ways[act](held(conn, case.case_no))
        case = verify_report(conn, held(conn, case.case_no), is_true=False, note="Nothing", actor="3", now=later(2))
    case = verify_report(conn, case, is_true=True, note="Behind it", actor="3", now=later(2.5))
    for way in ways.values():
        past = conn.begin_nested()
        way(held(conn, case.case_no))
        past.rollback()


def test_a_matter_that_nobody_answers_for_waits_for_the_look_too(conn: Connection) -> None:
    case = ask_check(conn, file_case(conn), note="Is it so?", actor="5", now=later(1))
    words: dict[str, Any] = {"category": "noise", "attributes": None, "standard": None, "actor": "5"}
    assert sort_case(conn, case, **words, now=later(2)).state == "reported"


def test_what_comes_back_to_the_centre_waits_anew_from_then_on(conn: Connection) -> None:
    case = given_back(conn, handed(conn))
    assert case.step_due_at == after(conn, later(0.4), HOUR)
    words: dict[str, Any] = {"attributes": None, "standard": None, "actor": "5", "now": later(0.5)}
    assert sort_case(conn, case, category="pothole", **words).step_due_at == case.step_due_at
    recalled = refer_case(conn, filed(conn), nature="market", provider="fix", actor="5", now=later(1))
    assert recalled.step_due_at is None
    recalled = recall_case(conn, recalled, note="Ours", standard=None, actor="5", now=later(5))
    assert (recalled.step_due_at, recalled.due_at) == (after(conn, later(5), HOUR), later(29))
    one = merge_case(conn, file_case(conn), into=file_case(conn), reason="Same", actor="5", now=later(1))
    assert one.step_due_at is None
    assert split_case(conn, one, reason="Two", actor="5", now=later(3)).step_due_at == after(conn, later(3), HOUR)


def test_the_own_level_has_the_cases_own_deadline_and_the_centre_its_hour_when_it_lets_go(conn: Connection) -> None:
    case = handle_own(conn, file_case(conn), actor="12", now=later(1))
    assert case.step_due_at == case.due_at
    handed_on = hand_over(conn, case, reason="Too big", standard=None, actor="12", now=later(4))
    assert (handed_on.step_due_at, handed_on.due_at) == (after(conn, later(4), HOUR), later(28))
    case = handle_own(conn, file_case(conn), actor="12", now=later(1))
    up = escalate_case(conn, case, reason="Too big", standard=None, actor="12", now=later(5))
    assert up.step_due_at == after(conn, later(5), HOUR)
    case = handle_own(conn, file_case(conn), actor="12", now=later(1))
    done = solve_own(conn, case, how="Swept", photos_after=[PHOTO], actor="12", now=later(2))
    assert done.step_due_at is None
    assert reopen_case(conn, done, reason="No", actor="2", now=later(9)).step_due_at == after(conn, later(9), HOUR)


def test_no_limit_of_a_step_runs_before_a_panel_or_behind_the_end(conn: Connection) -> None:
    assert file_case(conn, "noise").step_due_at is None  # nobody is named for it: disputed as it comes in
    case = dispute_case(conn, filed(conn), note="Whose?", actor="5", now=later(1))
    assert (case.state, case.step_due_at) == ("disputed", None)
    words: dict[str, Any] = {"attributes": None, "standard": None, "actor": "5"}
    case = sort_case(conn, case, category="pothole", **words, now=later(7))
    assert (case.state, case.step_due_at) == ("filed", after(conn, later(7), HOUR))
    assert void_case(conn, case, reason="None", actor="5", now=later(8)).step_due_at is None


def test_history_runs_under_no_limit_whatever_is_done_to_it(conn: Connection) -> None:
    case = file_case(conn)
    plain = "UPDATE case_file SET is_history = true, step_due_at = NULL, due_at = NULL WHERE case_no = '{}'"
    add_rows(conn, plain.format(case.case_no))
    case = accept_case(conn, held(conn, case.case_no), standard=None, actor="5", now=later(1))
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=later(2))
    assert given_back(conn, case, at=3).step_due_at is None


def test_a_pause_moves_the_deadline_by_exactly_the_pause_and_what_was_left_to_open_it_too(conn: Connection) -> None:
    case = asked(conn, handled(conn), suspend_case, 1, until=later(101))
    assert case.due_at is not None
    back = resume_case(conn, case, reason="Dry", actor="2", now=later(51))
    assert back.due_at == back.step_due_at == case.due_at + timedelta(hours=50)
    waiting = asked(conn, handed(conn), suspend_case, 0.5, until=later(101))
    opened = resume_case(conn, waiting, reason="Dry", actor="2", now=later(24.5))  # a working day later, same hour
    assert (opened.state, waiting.step_due_at is not None) == ("pending", True)
    calendar = read_calendar(conn, DISTRICT)
    left = calendar.measure(later(0.5), waiting.step_due_at or NOW, "working_hour")
    assert calendar.measure(later(24.5), opened.step_due_at or NOW, "working_hour") == left > 0


def test_in_the_fringe_filing_and_dispatch_have_two_hours(conn: Connection) -> None:
    assert mark_fringe(conn, cells=[BRIDGE], is_fringe=True) == [BRIDGE]
    assert file_case(conn, None, at=B).step_due_at == after(conn, NOW, TWO)
    assert file_case(conn, None, at=W).step_due_at == after(conn, NOW, HOUR)
    case = given_back(conn, handed(conn, at=B))
    assert case.step_due_at == after(conn, later(0.4), TWO)
    with pytest.raises(Invalid, match="no cell 330199009"):
        mark_fringe(conn, cells=["330199009"], is_fringe=True)
    assert mark_fringe(conn, cells=[BRIDGE], is_fringe=False) == []
    assert file_case(conn, None, at=B).step_due_at == after(conn, NOW, HOUR)


def test_a_district_may_be_stricter_with_extensions_and_suspensions_and_never_wider(conn: Connection) -> None:
    set_to = "UPDATE setting SET value = '{}' WHERE key = '{}'"
    add_rows(conn, set_to.format("1", "most_extensions") + ";" + set_to.format('"P30D"', "longest_suspension"))
    case = asked(conn, handled(conn), extend_case, 1)
    with pytest.raises(Conflict, match="extended 1 times"):
        asked(conn, case, extend_case, 2)
    with pytest.raises(Invalid, match="at most 30 days"):
        asked(conn, case, suspend_case, 3, until=later(3 + 24 * 31))
    assert asked(conn, case, suspend_case, 3, until=later(3 + 24 * 30)).state == "suspended"
    add_rows(conn, set_to.format("9", "most_extensions") + ";" + set_to.format('"P9Y"', "longest_suspension"))
    case = asked(conn, asked(conn, handled(conn), extend_case, 1), extend_case, 2)
    with pytest.raises(Conflict, match="extended 2 times"):
        asked(conn, case, extend_case, 3)
    with pytest.raises(Invalid, match="at most 365 days"):
        asked(conn, case, suspend_case, 3, until=later(3 + 24 * 366))


def test_a_request_that_was_approved_late_counts_from_when_it_was_asked(conn: Connection) -> None:
    case = handled(conn)
    assert case.due_at is not None
    words: dict[str, Any] = {"reason": "Rain", "own": None}
    case = extend_case(conn, case, phase="ask", **words, actor="8", now=case.due_at)
    case = extend_case(conn, case, phase="approve", **words, actor="2", now=later(90))
    assert (case.due_at, case.extensions) == (later(0.2) + timedelta(days=2), 1)
