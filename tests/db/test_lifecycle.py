"""The seven steps: guards, tasks, tiers, flexible clocks, ends and reopenings, each with what it writes beside."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from spatial.cases.case_files import CaseFilter, get_case, list_cases
from spatial.cases.clocks import Limit, read_calendar
from spatial.cases.clocks.editing import set_day
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import PAST, LockedCase, move_case, read_transitions
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.drafts import ReportDraft, SelfSolved
from spatial.cases.intake import Filed, file_reports
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import merge_case, reopen_case, split_case, void_case
from spatial.cases.lifecycle.flexible import appeal_case, extend_case, resume_case, resume_due, suspend_case
from spatial.cases.lifecycle.handling import assign_task, finish_task, receive_case, revoke_task, submit_case
from spatial.cases.lifecycle.keeping import list_held
from spatial.cases.lifecycle.levels import escalate_case, handle_own, order_down, solve_own
from spatial.cases.lifecycle.tasks import list_tasks
from spatial.cases.supervision.colours import RED, Clock, colour_of
from spatial.errors import Conflict, Forbidden, IllegalAct, Invalid
from spatial.store.events import list_events
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import NOW, add_rows, file_case, held, later, new_photo
from tests.invariants import check_standings
from tests.worlds import NORTH, W, inside

PHOTO = "a" * 64
UNIT, OPERATOR, SUPERVISOR = "8", "2", "11"


@pytest.fixture(autouse=True)
def photo(conn: Connection) -> None:
    add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")


def handled(conn: Connection, *assisting: str) -> LockedCase:
    case = accept_case(conn, file_case(conn, source="grid"), standard=None, actor="5", now=later(0.1))
    words: dict[str, Any] = {"lead": None, "assisting": list(assisting), "reason": None}
    case = dispatch_case(conn, case, **words, actor="5", now=later(0.2))
    return receive_case(conn, case, own={"sanitation"}, actor=UNIT, now=later(0.3))


def submitted(conn: Connection, *assisting: str, at: float = 1) -> LockedCase:
    return submit(conn, handled(conn, *assisting), at=at)


def submit(conn: Connection, case: LockedCase, *, at: float = 1, **said: Any) -> LockedCase:
    words = {"outcome": "fixed", "photos_after": [new_photo(conn)], "note": None, "own": {"sanitation"}} | said
    return submit_case(conn, case, **words, actor=UNIT, now=later(at))


def check(conn: Connection, case: LockedCase, *, at: float = 2, **said: Any) -> LockedCase:
    return verify_result(conn, case, **{"passed": True, "reason": None} | said, actor="3", now=later(at))


def closed(conn: Connection, *, at: float = 2) -> LockedCase:
    return check(conn, submitted(conn), at=at)


def tasks(conn: Connection, case: LockedCase) -> list[tuple[str, str, str]]:
    return [(task.unit, task.part, task.state) for task in list_tasks(conn, case.key)]


def asked(conn: Connection, case: LockedCase, act: Any, phase: str, at: float, **said: Any) -> LockedCase:
    actor = said.pop("actor", UNIT if phase == "ask" else OPERATOR)
    done: LockedCase = act(conn, case, phase=phase, reason="Rain", own=None, actor=actor, now=later(at), **said)
    return done


def test_a_case_goes_its_whole_way_and_each_moment_is_kept(conn: Connection) -> None:
    case = closed(conn)
    assert (case.state, case.step, case.outcome) == ("closed", "done", "fixed")
    moments = (case.filed_at, case.dispatched_at, case.taken_at, case.submitted_at, case.closed_at)
    assert moments == tuple(later(hour) for hour in (0.1, 0.2, 0.3, 1, 2))
    assert tasks(conn, case) == [("sanitation", "lead", "done")]


def test_each_act_is_told_with_the_level_that_has_the_case_and_no_word(conn: Connection) -> None:
    case = check(conn, submitted(conn), passed=False, reason="A bag is left")
    link = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)[-1]
    assert (link.kind, link.actor, link.at, link.payload["tier"]) == ("case.result_verified", "3", later(2), 4)
    assert "bag" not in str(link.payload)


def test_a_result_needs_a_picture_and_what_is_not_fixed_says_why(conn: Connection) -> None:
    case = handled(conn)
    for said in ({"photos_after": []}, {"photos_after": ["b" * 64]}, {"outcome": "not_possible"}):
        with pytest.raises(Invalid):
            submit(conn, case, **said)
    assert submit(conn, case, outcome="not_possible", note="Private ground").outcome == "not_possible"


def test_the_place_before_and_another_result_do_not_show_this_result(conn: Connection) -> None:
    case, other = handled(conn), handled(conn)
    add_rows(conn, f"INSERT INTO photo VALUES ('{'b' * 64}', 'image/jpeg', 1, 1, '\\x00', '8', now())")
    add_rows(
        conn,
        "INSERT INTO report_photo (district, report_id, sha256) "
        f"SELECT district, report_id, '{'b' * 64}' FROM case_file WHERE case_no = '{case.case_no}'",
    )
    with pytest.raises(Invalid, match="came with the report") as refused:
        submit(conn, case, photos_after=["b" * 64])
    assert refused.value.field == "photos_after"
    case = submit(conn, case, photos_after=[PHOTO])
    with pytest.raises(Invalid, match="another case already"):
        submit(conn, other, photos_after=[PHOTO])
    with pytest.raises(AssertionError, match="another case already"):
        file_case(conn, source="grid", self_solved=SelfSolved("Swept", (PHOTO,), WHOLE_CITY))
    back = check(conn, case, passed=False, reason="A bag is left")
    with pytest.raises(Invalid, match="earlier result of this case"):  # what was sent back looks otherwise now
        submit(conn, back, at=3, photos_after=[PHOTO])
    assert submit(conn, back, at=3).state == "submitted"


def test_what_was_solved_on_the_spot_is_shown_by_a_picture_of_its_own(conn: Connection) -> None:
    solved = SelfSolved("Swept", (PHOTO,), WHOLE_CITY)
    lon, lat = inside(W)
    one, two = (
        ReportDraft(
            id=uuid4(), lon=lon, lat=lat, accuracy_m=1.0, captured_at=NOW, text="A bag.", sender="3", source="grid",
            category="litter", self_solved=solved,
        )
        for _ in range(2)
    )  # fmt: skip
    serials = iter(range(9000, 9010))

    def file(*drafts: ReportDraft) -> list[Filed]:
        return file_reports(conn, drafts=drafts, now=NOW, serials=lambda _p, _d, n: [next(serials) for _ in range(n)])

    first, second = file(one, two)
    assert first.case is not None and second.refusal is not None and "photos_after" in second.refusal.sentence
    [again] = file(one)  # sent once more: the picture is its own case's
    assert again.case is not None and again.case.case_no == first.case.case_no
    with pytest.raises(AssertionError, match="came with the report"):
        file_case(conn, source="grid", photos=(PHOTO,), self_solved=solved)


def test_every_act_of_the_table_has_a_word_in_the_log(conn: Connection) -> None:
    acts = {act for _, act, _ in read_transitions(conn).moves}
    assert acts - set(PAST) == {"report"}  # told by the intake


def test_only_the_lead_unit_receives_and_submits(conn: Connection) -> None:
    case = handled(conn, "roads")
    with pytest.raises(Forbidden, match="sanitation leads"):
        submit(conn, case, own={"roads"})


def test_rework_keeps_the_unit_and_asks_it_again(conn: Connection) -> None:
    with pytest.raises(Invalid):
        check(conn, submitted(conn), passed=False)
    case = check(conn, submitted(conn), passed=False, reason="Still there")
    assert (case.state, case.lead, case.reworks, case.outcome) == ("handling", "sanitation", 1, None)
    assert tasks(conn, case) == [("sanitation", "lead", "done"), ("sanitation", "lead", "open")]


def test_no_case_is_closed_while_a_mandatory_task_is_open(conn: Connection) -> None:
    case = submitted(conn, "roads")
    with pytest.raises(Conflict, match="roads has not finished"):
        check(conn, case)
    with pytest.raises(IntegrityError, match="case_file_closed_without_tasks"), conn.begin_nested():
        move_case(conn, case, act="verify_result", to_state="closed", changes={}, actor="3", now=later(2), payload={})
    case = finish_task(conn, case, unit=None, note=None, own={"roads"}, actor="7", now=later(1.5))
    assert check(conn, case).state == "closed"


def test_a_unit_revokes_its_own_assignments_before_not_mine(conn: Connection) -> None:
    case = file_case(conn, source="grid")
    case = accept_case(conn, case, standard=None, actor="5", now=later(0.1))
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=later(0.2))
    words: dict[str, Any] = {"unit": "roads", "note": None, "own": None, "actor": UNIT}
    case = assign_task(conn, case, **words, due_at=None, is_mandatory=False, now=later(0.3))
    assert "roads" in case.holders and tasks(conn, case)[1] == ("roads", "assist", "open")
    back: dict[str, Any] = {"unit": None, "reason": "No", "basis": "List", "own": None, "actor": UNIT}
    with pytest.raises(Conflict, match="revoke_task"):
        return_case(conn, case, **back, now=later(0.4))
    case = revoke_task(conn, case, **words, now=later(0.5))
    case = return_case(conn, case, **back, now=later(0.6))
    assert case.state == "returned"
    assert tasks(conn, case) == [("sanitation", "lead", "cancelled"), ("roads", "assist", "cancelled")]


def test_a_case_goes_up_level_by_level_and_each_level_keeps_its_time(conn: Connection) -> None:
    case = file_case(conn)
    for hour in (1, 3, 6):
        case = escalate_case(conn, case, reason="Too big", standard=None, actor="12", now=later(hour))
    with pytest.raises(Conflict, match="none above"):
        escalate_case(conn, case, reason="Too big", standard=None, actor="2", now=later(7))
    case = order_down(conn, case, reason="Yours", actor="2", now=later(10))
    spans = list_held(conn, case.key, tier=case.tier, since=case.tier_since)
    assert [(one.tier, one.until and (one.until - one.since).total_seconds() / 3600) for one in spans] == [
        (4, 1), (3, 2), (2, 3), (1, 4), (2, None),
    ]  # fmt: skip


def test_the_own_level_may_close_only_what_it_solved(conn: Connection) -> None:
    case = handle_own(conn, file_case(conn), actor="12", now=later(1))
    with pytest.raises(Invalid):
        solve_own(conn, case, how="Swept", photos_after=[], actor="12", now=later(2))
    case = solve_own(conn, case, how="Swept", photos_after=[PHOTO], actor="12", now=later(2))
    assert (case.state, case.lead, case.is_self_solved, case.filed_at) == ("closed", None, True, None)
    with pytest.raises(IntegrityError, match="case_file_closed_by_somebody"), conn.begin_nested():
        add_rows(conn, f"UPDATE case_file SET is_self_solved = false WHERE case_no = '{case.case_no}'")


def test_a_citizens_case_is_not_evaluated_before_its_call_back(conn: Connection) -> None:
    case = handle_own(conn, file_case(conn), actor="12", now=later(1))
    case = solve_own(conn, case, how="Swept", photos_after=[PHOTO], actor="12", now=later(2))
    words: dict[str, Any] = {"act": "evaluate", "to_state": "evaluated", "changes": {}, "payload": {}, "actor": "2"}
    with pytest.raises(Conflict, match="called back"):
        move_case(conn, case, **words, now=later(3))
    assert move_case(conn, closed(conn), **words, now=later(3)).state == "evaluated"


def test_an_extension_adds_the_original_limit_and_there_are_two(conn: Connection) -> None:
    case = handled(conn)
    first = case.due_at
    assert first is not None
    for number in (1, 2):
        case = asked(conn, case, extend_case, "ask", number)
        with pytest.raises(Conflict, match="waits for a decision"):
            asked(conn, case, extend_case, "ask", number)
        with pytest.raises(Forbidden, match="who asked"):
            asked(conn, case, extend_case, "approve", number, actor=UNIT)
        case = asked(conn, case, extend_case, "approve", number)
        assert (case.due_at, case.extensions) == (first + number * timedelta(days=1), number)
    with pytest.raises(Conflict, match="2 times"):
        asked(conn, case, extend_case, "ask", 4)


def test_a_refused_extension_does_not_count_and_a_late_one_is_not_asked(conn: Connection) -> None:
    case = asked(conn, asked(conn, handled(conn), extend_case, "ask", 1), extend_case, "refuse", 2)
    assert case.extensions == 0 and case.due_reason == "matter"
    with pytest.raises(Conflict, match="before it passes"):
        asked(conn, case, extend_case, "ask", 100)


def test_a_suspended_case_stands_still_and_resumes_by_itself_when_it_was_due(conn: Connection) -> None:
    case = handled(conn)
    due_at = case.due_at
    assert due_at is not None
    case = asked(conn, case, suspend_case, "ask", 1, until=later(101))
    case = asked(conn, case, suspend_case, "approve", 2, until=None)
    assert (case.state, case.paused_since) == ("suspended", later(2))
    assert resume_due(conn, now=later(100), limit=10) == 0
    assert resume_due(conn, now=later(500), limit=10) == 1 and resume_due(conn, now=later(500), limit=10) == 0
    case = held(conn, case.case_no)
    assert (case.state, case.due_at) == ("handling", due_at + timedelta(hours=99))
    with pytest.raises(Conflict, match="twice"):
        asked(conn, case, suspend_case, "ask", 102, until=later(200))


def test_a_holiday_announced_while_a_case_is_suspended_takes_nothing_of_what_was_left(conn: Connection) -> None:
    case = handled(conn, "roads")
    calendar = read_calendar(conn, case.district)
    due_at, part_at = (calendar.add(later(0), Limit(days, "working_day")) for days in (2, 1))  # Monday 16:00 and on
    key = f"'{case.case_no}'"
    add_rows(conn, f"UPDATE case_file SET due_at = '{due_at}', limit_unit = 'working_day' WHERE case_no = {key}")
    add_rows(conn, f"UPDATE case_task SET due_at = '{part_at}' WHERE unit = 'roads' AND case_no = {key}")
    case = asked(conn, held(conn, case.case_no), suspend_case, "ask", 0, until=later(24 * 7))
    left = calendar.measure(later(1), due_at, "working_day")
    case = asked(conn, case, suspend_case, "approve", 1, until=None)
    set_day(conn, day=date(2026, 5, 5), kind="holiday", name="", actor=OPERATOR, now=later(2))
    assert resume_due(conn, now=later(24 * 7), limit=10) == 1
    case = held(conn, case.case_no)
    [part] = [task.due_at for task in list_tasks(conn, case.key) if task.unit == "roads"]
    assert case.due_at is not None and part is not None and case.clock_left is None
    edited, resumed = read_calendar(conn, case.district), later(24 * 7)
    assert edited.measure(resumed, case.due_at, "working_day") == left == Fraction(15, 8)
    assert edited.measure(resumed, part, "working_day") == Fraction(7, 8)


def test_a_case_resumed_by_hand_goes_where_it_was(conn: Connection) -> None:
    case = asked(conn, handled(conn), suspend_case, "ask", 1, until=later(9))
    case = asked(conn, case, suspend_case, "approve", 2, until=None)
    assert resume_case(conn, case, reason="Dry again", actor=OPERATOR, now=later(3)).state == "handling"


def test_an_appeal_takes_two_reviews_by_two_people_once(conn: Connection) -> None:
    with pytest.raises(Conflict, match="in time"):
        asked(conn, closed(conn), appeal_case, "ask", 3)
    case = asked(conn, closed(conn, at=100), appeal_case, "ask", 101)
    case = asked(conn, case, appeal_case, "approve", 102)
    with pytest.raises(Forbidden, match="somebody else"):
        asked(conn, case, appeal_case, "approve", 103)
    case = asked(conn, case, appeal_case, "approve", 104, actor=SUPERVISOR)
    with pytest.raises(Conflict, match="only one"):
        asked(conn, case, appeal_case, "ask", 105)


def test_a_reopened_case_goes_back_to_its_unit_and_its_clock_runs_anew(conn: Connection) -> None:
    case = reopen_case(conn, closed(conn), reason="Again", actor="2", now=later(50))
    assert (case.state, case.lead, case.reopens, case.outcome) == ("handling", "sanitation", 1, None)
    assert (case.due_at, case.due_reason, case.tier_since) == (later(74), "reopened 1", later(50))
    assert tasks(conn, case)[-1] == ("sanitation", "lead", "open")


def test_a_reopened_case_asks_its_assisting_units_for_their_tasks_anew(conn: Connection) -> None:
    case = handled(conn, "roads")
    given: dict[str, Any] = {"unit": "order", "note": None, "own": {"sanitation"}, "actor": UNIT, "due_at": None}
    case = assign_task(conn, case, **given, is_mandatory=False, now=later(0.4))
    case = finish_task(conn, case, unit=None, note=None, own={"roads"}, actor="7", now=later(0.5))
    case = reopen_case(conn, check(conn, submit(conn, case)), reason="Again", actor="2", now=later(50))
    again = [task for task in list_tasks(conn, case.key) if task.state == "open"]
    said = {(one.unit, one.part, one.is_mandatory, one.assigned_by, one.due_at) for one in again}
    assert said == {
        ("sanitation", "lead", True, None, case.due_at), ("roads", "assist", True, None, case.due_at),
        ("order", "assist", False, "sanitation", case.due_at),
    }  # fmt: skip
    check_standings(conn)


def test_void_ends_a_case_and_says_why(conn: Connection) -> None:
    case = void_case(conn, file_case(conn), reason="Nothing there", actor="5", now=later(1))
    assert (case.state, case.step, case.ended_at, case.tier_since) == ("void", "done", later(1), None)
    with pytest.raises(IllegalAct) as refused:
        void_case(conn, case, reason="Again", actor="5", now=later(2))
    assert refused.value.legal == []


def test_joined_cases_come_apart_as_they_were(conn: Connection) -> None:
    one, other = file_case(conn), file_case(conn)
    with pytest.raises(Conflict, match="itself"):
        merge_case(conn, one, into=one, reason="Same", actor="5", now=later(1))
    one = merge_case(conn, one, into=other, reason="Same", actor="5", now=later(1))
    assert (one.state, one.merged_into, one.ended_at) == ("merged", other.case_no, later(1))
    with pytest.raises(Conflict, match="is merged"):
        merge_case(conn, other, into=one, reason="Same", actor="5", now=later(2))
    one = split_case(conn, one, reason="Two bags", actor="5", now=later(3))
    assert (one.state, one.merged_into, one.ended_at, one.tier_since) == ("reported", None, None, later(3))


@pytest.mark.parametrize("was", ["pending", "handling", "returned"])
def test_a_joined_case_that_a_unit_had_comes_apart_with_its_unit_and_its_ruling(conn: Connection, was: str) -> None:
    one, other = accept_case(conn, file_case(conn), standard=None, actor="5", now=later(0.1)), file_case(conn)
    one = dispatch_case(conn, one, lead=None, assisting=("roads",), reason=None, actor="5", now=later(0.2))
    if was == "handling":
        one = receive_case(conn, one, own=None, actor=UNIT, now=later(0.3))
    if was == "returned":
        one = return_case(conn, one, unit=None, reason="Not ours", basis="Act 3", own=None, actor=UNIT, now=later(0.4))
    gone = merge_case(conn, one, into=other, reason="Same", actor="5", now=later(1))
    assert (gone.lead, gone.assisting, gone.holders) == (None, (), ())
    back = split_case(conn, gone, reason="Two bags", actor="5", now=later(2))
    assert (back.state, back.lead, back.assisting, back.holders, back.due_at) == (
        was, one.lead, one.assisting, one.holders, one.due_at,
    )  # fmt: skip
    waiting = [task.unit for task in list_tasks(conn, back.key) if task.state == "open"]
    assert sorted(waiting) == sorted([one.lead, *one.assisting] if one.lead else [])
    assert (back.ruling, back.precedent) == (one.ruling, one.precedent)


def test_a_joined_case_whose_unit_has_ended_waits_to_be_handed_over(conn: Connection) -> None:
    one, other = accept_case(conn, file_case(conn), standard=None, actor="5", now=later(0.1)), file_case(conn)
    one = dispatch_case(conn, one, lead=None, assisting=None, reason=None, actor="5", now=later(0.2))
    gone = merge_case(conn, one, into=other, reason="Same", actor="5", now=later(1))
    add_rows(
        conn, f"UPDATE department SET during = tstzrange(NULL, '{later(1.5).isoformat()}') WHERE code = '{one.lead}'"
    )
    back = split_case(conn, gone, reason="Two bags", actor="5", now=later(2))
    assert (back.state, back.lead, back.assisting) == ("returned", None, ())


def test_what_was_solved_on_the_spot_is_born_closed_and_the_centre_may_reopen_it(conn: Connection) -> None:
    add_rows(conn, "UPDATE matter SET archives_itself = true WHERE code = 'litter'")
    solved = SelfSolved("Swept it up", (PHOTO,), WHOLE_CITY)
    case = file_case(conn, source="grid", self_solved=solved)
    assert (case.state, case.closed_at, case.archived_at, case.is_self_solved) == ("closed", NOW, NOW, True)
    links = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    assert [link.kind for link in links] == ["case.reported", "case.own_handled", "case.own_solved"]
    case = reopen_case(conn, case, reason="It is back", actor="2", now=later(1))
    assert (case.state, case.is_self_solved, case.archived_at) == ("returned", False, None)


def test_no_return_and_no_reopening_wipes_a_deadline_that_was_missed(conn: Connection) -> None:
    filed = accept_case(conn, file_case(conn, source="grid"), standard=None, actor="5", now=later(0.1))
    late = dispatch_case(conn, filed, lead=None, assisting=None, reason=None, actor="5", now=later(0.2))
    case = return_case(conn, late, unit=None, reason="Not ours", basis="Act 3", own=None, actor=UNIT, now=later(400))
    case = dispatch_case(conn, case, lead="roads", assisting=None, reason="Theirs", actor="5", now=later(401))
    assert (case.missed_at, case.missed_by, case.due_at) == (late.due_at, "sanitation", later(425))
    first = closed(conn, at=100)
    case = reopen_case(conn, first, reason="Again", actor="2", now=later(101))
    case = check(conn, submit(conn, case, at=102), at=103)
    assert case.closed_at < case.due_at and case.missed_at == first.due_at
    shown = get_case(conn, reach=WHOLE_CITY, case_no=case.case_no)
    clock = Clock(shown.state, shown.due_at, shown.warn_at, shown.closed_at, missed_at=shown.missed_at)
    assert colour_of(clock, now=later(104)) == RED
    red = CaseFilter(state="closed", colour=(RED, later(104)))
    assert [one.case_no for one in list_cases(conn, reach=WHOLE_CITY, narrowed=red, limit=9)] == [case.case_no]
    counted = (
        "SELECT closing_on_time, handling_on_time FROM score_case(%s, %s, NULL, NULL, 'UTC', false)"
        " WHERE case_no = %s AND closing_on_time IS NOT NULL"
    )
    assert conn.exec_driver_sql(counted, (NOW, later(900), case.case_no)).all() == [(0, 0)]


def test_an_upheld_appeal_excuses_a_miss_that_stays_visible(conn: Connection) -> None:
    case = asked(conn, closed(conn, at=100), appeal_case, "ask", 101)
    for at, actor in ((102, OPERATOR), (103, SUPERVISOR)):
        case = asked(conn, case, appeal_case, "approve", at, actor=actor)
    case = check(conn, submit(conn, reopen_case(conn, case, reason="Again", actor="2", now=later(104)), at=105), at=106)
    assert case.missed_at is not None
    counted = (
        "SELECT closing_on_time FROM score_case(%s, %s, NULL, NULL, 'UTC', false) WHERE closing_on_time IS NOT NULL"
    )
    assert conn.exec_driver_sql(counted, (NOW, later(900))).all() == [(1,)]


def test_what_was_solved_on_the_spot_and_comes_back_runs_on_the_clock_of_its_matter(conn: Connection) -> None:
    add_rows(
        conn,
        "INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit)"
        " VALUES ('litter', 1, '', '', 3, 'working_day')",
    )
    solved = file_case(conn, source="grid", self_solved=SelfSolved("Swept it up", (PHOTO,), WHOLE_CITY))
    case = reopen_case(conn, solved, reason="It is back", actor="2", now=later(50))
    assert (case.limit_amount, case.limit_unit) == (3, "working_day")
    assert case.due_reason.startswith("reopened 1")
    assert case.due_at == read_calendar(conn, case.district).add(later(50), Limit(3, "working_day"))


def test_a_self_solved_filing_needs_the_place_a_picture_and_no_citizen(conn: Connection) -> None:
    for said in (
        {"source": "public", "self_solved": SelfSolved("Swept", (PHOTO,), WHOLE_CITY)},
        {"source": "grid", "self_solved": SelfSolved("Swept", (PHOTO,), Reach((NORTH,)))},
        {"source": "grid", "self_solved": SelfSolved("Swept", ("b" * 64,), WHOLE_CITY)},
    ):
        with pytest.raises(AssertionError):
            file_case(conn, **said)


def test_nothing_that_was_filed_self_solved_is_disputed(conn: Connection) -> None:
    add_rows(conn, "INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('noise', 'Noise', '1 h', '1 day')")
    case = file_case(conn, "noise", source="grid", self_solved=SelfSolved("Talked", (PHOTO,), WHOLE_CITY))
    assert case.state == "closed"


def test_a_self_solved_filing_is_an_outcome_of_its_own_for_its_unit(conn: Connection) -> None:
    file_case(conn, source="grid", self_solved=SelfSolved("Swept", (PHOTO,), WHOLE_CITY))
    rows = conn.exec_driver_sql("SELECT reports, self_solved, all_clears FROM unit_activity").all()
    assert [tuple(row) for row in rows] == [(0, 1, 0)]
