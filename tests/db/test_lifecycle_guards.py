"""Who may do the next step, what is refused with what is legal, and what no citizen's case skips."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, ProgrammingError

from api.acting.lifecycle import choices_of, list_acts
from api.routes.actions import _act
from api.schemas.acts import ACTS, ActBody
from spatial.cases.conferences.deciding import DecisionDraft, decide
from spatial.cases.conferences.opening import OpeningDraft, open_conference
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase, lock_case, move_case, peek_case, read_transitions
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.referring import recall_case, refer_case
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.call_backs import Said
from spatial.cases.evaluation.evaluations import evaluate_case, give_score
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import reopen_case
from spatial.cases.lifecycle.flexible import appeal_case, suspend_case
from spatial.cases.lifecycle.handling import finish_task, receive_case, submit_case
from spatial.cases.lifecycle.keeping import list_held
from spatial.cases.lifecycle.levels import escalate_case, handle_own, order_down, solve_own
from spatial.errors import Conflict, Forbidden, IllegalAct, Invalid
from spatial.people.accounts import Account, find_by_login
from spatial.store.events import list_events
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import NOW, add_rows, file_case, held, later, new_photo
from tests.db.test_ended_departments import NOW as RULED
from tests.db.test_ended_departments import ruled_case
from tests.worlds import DISTRICT, NORTH, SOUTH, WILLOW, W

PHOTO = "a" * 64
CLERK, HANDLER, SWEEPER, OFFICER, OPERATOR = "5", "7", "8", "3", "2"
ANGRY = Said("dissatisfied", "not_fixed")
_ADAPTER: TypeAdapter[Any] = TypeAdapter(ActBody)
# What the body of an act needs beside its name.
WORDS: dict[str, dict[str, Any]] = {
    "sort": {"category": "litter"}, "return": {"basis": "List"}, "refer": {"nature": "market", "provider": "fix"},
    "note_cost": {"cost": 1}, "solve_own": {"how": "Swept", "photos_after": [PHOTO]},
    "submit": {"photos_after": [PHOTO]}, "assign_task": {"unit": "roads"}, "revoke_task": {"unit": "roads"},
    "verify_result": {"passed": True}, "verify_report": {"is_true": True}, "extend": {"phase": "ask"},
    "suspend": {"phase": "ask"}, "appeal": {"phase": "ask"}, "merge": {"into": "1"},
    "call_back": {"verdict": "satisfied", "outcome": "fixed"},
    "settle_call_back": {"outcome": "reopen"},
}  # fmt: skip
BODIES = {
    act: {name: "Said so" for name, field in shape.model_fields.items() if field.is_required()}
    | {"act": act}
    | WORDS.get(act, {})
    for shape in ACTS
    for act in get_args(shape.model_fields["act"].annotation)
}


@pytest.fixture(autouse=True)
def photo(conn: Connection) -> None:
    add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")


def person(conn: Connection, login: str) -> Account:
    found = find_by_login(conn, login=login, at=NOW)
    assert found is not None
    return found


def handed(conn: Connection, lead: str = "sanitation", *assisting: str, by: str = CLERK, **said: Any) -> LockedCase:
    case = accept_case(conn, file_case(conn, **said), standard=None, actor=CLERK, now=later(0.1))
    words: dict[str, Any] = {"lead": lead, "assisting": list(assisting), "reason": "Theirs"}
    return dispatch_case(conn, case, **words, actor=by, now=later(0.2))


def received(conn: Connection, case: LockedCase, *, actor: str = SWEEPER) -> LockedCase:
    return receive_case(conn, case, own=None, actor=actor, now=later(0.3))


def submitted(conn: Connection, case: LockedCase, *, actor: str = SWEEPER) -> LockedCase:
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    return submit_case(conn, received(conn, case, actor=actor), **words, actor=actor, now=later(1))


def check(conn: Connection, case: LockedCase, *, actor: str, own: Any = None, passed: bool = True) -> LockedCase:
    return verify_result(conn, case, passed=passed, reason="So", actor=actor, own=own, now=later(2))


def given_back(conn: Connection, case: LockedCase) -> LockedCase:
    words: dict[str, Any] = {"unit": None, "reason": "No", "basis": "List", "own": None}
    return return_case(conn, case, **words, actor=SWEEPER, now=later(0.5))


def closed(conn: Connection, **said: Any) -> LockedCase:
    return check(conn, submitted(conn, handed(conn, **said)), actor=OFFICER)


def test_who_submitted_a_result_does_not_check_it_and_nobody_of_his_unit_does(conn: Connection) -> None:
    case = submitted(conn, handed(conn))
    for words in ({"actor": SWEEPER}, {"actor": OPERATOR, "own": {"sanitation"}}):
        with pytest.raises(Forbidden, match="somebody else checks"):
            check(conn, case, **words)
    assert check(conn, case, actor=OPERATOR, own={"roads"}).state == "closed"


def test_whoever_opened_a_case_or_finished_a_task_in_it_does_not_check_it(conn: Connection) -> None:
    case = received(conn, handed(conn, "sanitation", "roads"), actor=OPERATOR)
    case = finish_task(conn, case, unit=None, note=None, own={"roads"}, actor=HANDLER, now=later(0.4))
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    case = submit_case(conn, case, **words, actor=SWEEPER, now=later(1))
    for actor in (OPERATOR, HANDLER, SWEEPER):
        with pytest.raises(Forbidden, match="you handled this case"):
            check(conn, case, actor=actor)


def test_whose_unit_gave_a_case_back_may_check_what_another_did(conn: Connection) -> None:
    case = given_back(conn, handed(conn))
    case = dispatch_case(conn, case, lead="roads", assisting=None, reason="Theirs", actor=CLERK, now=later(0.6))
    assert check(conn, submitted(conn, case, actor=HANDLER), actor=SWEEPER).state == "closed"


def test_a_clerk_whose_street_handled_a_case_is_not_offered_its_check(conn: Connection) -> None:
    case = submitted(conn, handed(conn, f"@{SOUTH}"), actor=CLERK)
    clerk, officer = person(conn, "clerk"), person(conn, "officer")
    assert "verify_result" not in list_acts(conn, case, clerk, now=later(2))
    assert "verify_result" in list_acts(conn, case, officer, now=later(2))
    body = _ADAPTER.validate_python(BODIES["verify_result"])
    with pytest.raises(Forbidden, match=f"you speak for @{SOUTH}"):
        _act(conn, case, body, clerk, later(2))
    assert _act(conn, case, body, officer, later(2)).state == "closed"


def test_who_receives_a_return_sends_it_on_and_does_not_take_the_next_step(conn: Connection) -> None:
    case = given_back(conn, handed(conn, by=CLERK))
    legal = read_transitions(conn).legal("returned")
    assert {"sort", "dispatch"} <= set(legal)
    assert not {"receive", "submit", "finish_task", "verify_result"} & set(legal)
    words: dict[str, Any] = {"lead": f"@{SOUTH}", "assisting": None, "reason": "Theirs"}
    case = dispatch_case(conn, case, **words, actor=CLERK, now=later(0.6))
    with pytest.raises(Forbidden, match="the unit does"):
        received(conn, case, actor=CLERK)
    assert "receive" not in list_acts(conn, case, person(conn, "clerk"), now=later(1))
    assert received(conn, case, actor=OPERATOR).state == "handling"


def test_a_case_that_never_came_back_is_opened_by_whoever_speaks_for_its_unit(conn: Connection) -> None:
    assert received(conn, handed(conn, f"@{SOUTH}", by=CLERK), actor=CLERK).state == "handling"


def test_every_act_that_a_state_does_not_know_is_refused_with_the_legal_ones(conn: Connection) -> None:
    table, case = read_transitions(conn), file_case(conn)
    everybody = person(conn, "administrator")
    tried = 0
    for state in table.steps:
        legal = table.legal(state)
        for act, body in BODIES.items():
            if act in legal:
                continue
            with pytest.raises(IllegalAct) as refused:
                _act(conn, replace(case, state=state), _ADAPTER.validate_python(body), everybody, later(1))
            assert refused.value.legal == list(legal), (state, act)
            tried += 1
    assert tried > 400


def test_every_act_of_the_table_has_a_body_but_those_of_a_panel_or_a_table(conn: Connection) -> None:
    acts = {act for _, act, _ in read_transitions(conn).moves}
    assert acts - set(BODIES) == {"report", "rule", "confer", "decide"}


def test_a_conference_too_is_refused_with_the_legal_acts(conn: Connection) -> None:
    case = closed(conn, source="grid")
    draft = OpeningDraft(case.case_no, "manual", reason="Three of them")
    with pytest.raises(IllegalAct) as refused:
        open_conference(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=later(3))
    assert refused.value.legal == list(read_transitions(conn).legal("closed"))


def test_a_conference_decides_nothing_about_a_case_that_has_gone_on(conn: Connection) -> None:
    case = received(conn, handed(conn))
    draft = OpeningDraft(case.case_no, "manual", reason="Three of them")
    number = open_conference(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=later(0.5))
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    submit_case(conn, held(conn, case.case_no), **words, actor=SWEEPER, now=later(1))
    with pytest.raises(IllegalAct) as refused:
        decide(
            conn, number, draft=DecisionDraft("roads", (), "List"), reach=WHOLE_CITY, ruling_reach=WHOLE_CITY,
            actor="9", now=later(2),
        )  # fmt: skip
    assert refused.value.legal == list(read_transitions(conn).legal("submitted"))


def test_no_citizens_case_is_evaluated_without_its_call_back_whoever_says_so(conn: Connection) -> None:
    case = closed(conn, source="public")
    with pytest.raises(Conflict, match="call_back"):
        evaluate_case(conn, case, actor=OPERATOR, now=later(3))
    for subject in ("department", "report"):
        case = give_score(conn, case, subject=subject, score=5, words="", actor=OFFICER, now=later(4))
    assert case.state == "closed"
    words: dict[str, Any] = {"act": "evaluate", "to_state": "evaluated", "changes": {}, "payload": {}}
    with pytest.raises(Conflict, match="called back"):
        move_case(conn, case, **words, actor=OPERATOR, now=later(4))
    said = Said("satisfied", "fixed", score=5)
    case = record_call_back(conn, case, said=said, spoken_by="clerk", actor=CLERK, now=later(5))
    assert case.state == "evaluated" and case.archived_at == later(5)


def test_a_call_back_reopens_by_itself_so_often_as_is_set_and_a_clerk_does_with_a_reason(conn: Connection) -> None:
    add_rows(conn, "UPDATE setting SET value = '0' WHERE key = 'reopens_by_call_back'")
    case = record_call_back(
        conn, closed(conn, source="public"), said=ANGRY, spoken_by="clerk", actor=CLERK, now=later(3)
    )  # fmt: skip
    assert case.state == "called_back"
    case = reopen_case(conn, case, reason="They are right", actor=CLERK, now=later(4))
    assert (case.state, case.lead, case.reopens) == ("handling", "sanitation", 1)


def test_community_street_and_district_leave_three_level_records(conn: Connection) -> None:
    case = escalate_case(conn, file_case(conn), reason="To the community", standard=None, actor=OFFICER, now=NOW)
    case = handle_own(conn, case, actor="12", now=later(1))
    for hour in (3, 7):
        case = escalate_case(conn, case, reason="Too big", standard=None, actor=CLERK, now=later(hour))
    assert (case.state, case.tier) == ("filed", 1)
    records = list_held(conn, case.key, tier=case.tier, since=case.tier_since)[1:]
    names = [case.current_path[one.tier - 1] for one in records]
    assert names == [WILLOW, SOUTH, DISTRICT]
    hours = [((one.until or later(10)) - one.since).total_seconds() / 3600 for one in records]
    assert hours == [3, 4, 3] and records[-1].until is None
    links = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    assert [link.payload["to_tier"] for link in links if link.kind == "case.escalated"] == [3, 2, 1]


def test_one_case_is_seen_at_every_level_and_what_is_ordered_down_is_recorded(conn: Connection) -> None:
    case = file_case(conn)
    for hour in (1, 2, 3):
        case = escalate_case(conn, case, reason="Up", standard=None, actor=CLERK, now=later(hour))
    case = order_down(conn, case, reason="Down", actor=OPERATOR, now=later(4))
    for reach in (WHOLE_CITY, *(Reach((cell,)) for cell in (DISTRICT, SOUTH, WILLOW, W))):
        assert peek_case(conn, reach=reach, case_no=case.case_no) == case
    with pytest.raises(Exception, match="no case"):
        lock_case(conn, reach=Reach((NORTH,)), case_no=case.case_no)
    last = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)[-1]
    assert (last.kind, last.payload["from_tier"], last.payload["to_tier"], last.payload["held_s"]) == (
        "case.ordered_down", 1, 2, 3600.0,
    )  # fmt: skip


def test_what_was_escalated_by_mistake_comes_down_again_whoever_has_it(conn: Connection) -> None:
    up = escalate_case(conn, file_case(conn), reason="Up", standard=None, actor=CLERK, now=later(0.1))
    own = handle_own(conn, up, actor="12", now=later(0.2))
    pending = handed(conn)
    for case in (pending, received(conn, handed(conn))):
        up = escalate_case(conn, case, reason="Up", standard=None, actor=CLERK, now=later(1))
        assert "order_down" in list_acts(conn, up, person(conn, "operator"), now=later(1))
        down = order_down(conn, up, reason="Not theirs", actor=OPERATOR, now=later(2))
        assert (down.state, down.tier, down.lead, down.due_at) == (case.state, case.tier, case.lead, case.due_at)
    assert order_down(conn, own, reason="Yours", actor=OPERATOR, now=later(2)).state == "own_handling"


@pytest.mark.parametrize("act", ["void", "merge", "supervise"])
def test_what_the_own_level_handles_may_end_and_be_asked_about(conn: Connection, act: str) -> None:
    case, operator = handle_own(conn, file_case(conn), actor="12", now=later(0.1)), person(conn, "administrator")
    into = {"into": file_case(conn).case_no} if act == "merge" else {}
    body = _ADAPTER.validate_python(BODIES[act] | into)
    assert act in list_acts(conn, case, operator, now=later(0.2))
    after = _act(conn, case, body, operator, later(0.3))
    assert after.state == {"void": "void", "merge": "merged", "supervise": "own_handling"}[act]


def test_what_nobody_has_sorted_is_not_passed_up_by_the_level_that_has_begun(conn: Connection) -> None:
    case, operator = file_case(conn, None), person(conn, "operator")
    assert "escalate" in list_acts(conn, case, operator, now=later(0.1))
    case = handle_own(conn, case, actor="12", now=later(0.2))
    assert "escalate" not in list_acts(conn, case, operator, now=later(0.3))
    with pytest.raises(Conflict, match="sort it first"):
        escalate_case(conn, case, reason="Up", standard=None, actor=OPERATOR, now=later(0.3))


def test_the_first_reviewer_of_an_appeal_may_refuse_it_and_no_more(conn: Connection) -> None:
    case = replace(closed(conn), missed_at=later(1))
    words: dict[str, Any] = {"reason": "Rain", "own": None}
    case = appeal_case(conn, case, phase="ask", **words, actor=SWEEPER, now=later(3))
    operator, supervisor = person(conn, "operator"), person(conn, "supervisor")

    def phases(of: Account) -> Any:
        return choices_of(conn, case, "appeal", of, now=later(4))["phase"]

    assert phases(operator) == phases(supervisor) == ["approve", "refuse"]
    appeal_case(conn, case, phase="approve", **words, actor=operator.sender, now=later(4))
    assert phases(operator) == ["refuse"] and phases(supervisor) == ["approve", "refuse"]


def test_a_suspension_whose_end_has_passed_can_only_be_refused(conn: Connection) -> None:
    case, operator = received(conn, handed(conn)), person(conn, "operator")
    words: dict[str, Any] = {"phase": "ask", "reason": "Rain", "own": None, "until": later(5)}
    case = suspend_case(conn, case, **words, actor=SWEEPER, now=later(1))
    assert choices_of(conn, case, "suspend", operator, now=later(2)) == {"phase": ["approve", "refuse"]}
    assert choices_of(conn, case, "suspend", operator, now=later(6)) == {"phase": ["refuse"]}


def test_a_ruled_case_is_not_offered_to_be_dispatched_before_the_day_of_its_ruling(fresh_db: Store) -> None:
    day = RULED + timedelta(days=2)
    number = ruled_case(fresh_db, takes_effect=day)
    with fresh_db.app.begin() as conn:
        case, operator = held(conn, number), person(conn, "operator")
        assert "dispatch" not in list_acts(conn, case, operator, now=day - timedelta(hours=1))
        assert "dispatch" in list_acts(conn, case, operator, now=day + timedelta(hours=1))


def test_what_was_sent_back_is_shown_anew(conn: Connection) -> None:
    case = check(conn, submitted(conn, handed(conn)), actor=OFFICER, passed=False)
    words: dict[str, Any] = {"outcome": "fixed", "note": None, "own": None, "actor": SWEEPER, "now": later(3)}
    with pytest.raises(Invalid, match="showed an earlier result of this case"):
        submit_case(conn, case, photos_after=[PHOTO], **words)
    assert submit_case(conn, case, photos_after=[new_photo(conn)], **words).state == "submitted"


def test_the_hand_over_is_skipped_only_where_the_own_level_solved_it(conn: Connection) -> None:
    ways = {(origin, act) for origin, act, to in read_transitions(conn).moves if to == "closed" and origin != "closed"}
    assert ways == {("submitted", "verify_result"), ("own_handling", "solve_own")}
    case = handle_own(conn, file_case(conn), actor="12", now=later(1))
    case = solve_own(conn, case, how="Swept", photos_after=[PHOTO], actor="12", now=later(2))
    assert case.is_self_solved and case.dispatched_at is None


def test_the_steps_that_people_see_are_the_seven_and_each_state_has_one(conn: Connection) -> None:
    steps = read_transitions(conn).steps
    assert steps == {
        "captured": "found", "reported": "reported", "filed": "reported", "own_handling": "own_level",
        "pending": "handed_over", "returned": "handed_over", "disputed": "handed_over", "ruled": "handed_over",
        "handling": "handed_over", "suspended": "handed_over", "referred": steps["referred"], "submitted": "done",
        "closed": "done", "called_back": "called_back", "evaluated": "evaluated", "void": "done", "merged": "done",
    }  # fmt: skip
    reopened = {to for _, act, to in read_transitions(conn).moves if act == "reopen"}
    assert {steps[state] for state in reopened} == {"handed_over"}


@pytest.mark.parametrize(
    ("written", "named"),
    [("state = 'handling', lead = 'roads'", "handled_when_dispatched"),
     ("state = 'submitted', lead = 'roads', holders = '{roads}', dispatched_at = received_at",
      "submitted_with_outcome"),
     ("state = 'filed', filed_at = NULL", "filed_when"),
     ("state = 'ruled'", "ruled_by_a_ruling"),
     ("lead = 'roads'", "seen_by_its_lead"),
     ("holders = '{roads}'", "seen_by_its_units"),
     ("lead = '@nowhere'", "lead_cell"),
     ("lead = 'nobody', holders = '{nobody}'", "lead_department"),
     ("source = 'grid'", "source"),
     ("is_citizens = false", "source"),
     ("state = 'disputed', step = 'handed_over', step_due_at = NULL", "disputed_by_a_dispute"),
     ("state = 'pending', step = 'handed_over', lead = 'roads', holders = '{roads}'", "lead_has_its_task"),
     ("state = 'called_back', outcome = 'fixed', closed_at = received_at, tier_since = NULL, is_self_solved = true",
      "called_back_is_told"),
     ("state = 'evaluated', outcome = 'fixed', closed_at = received_at, tier_since = NULL, is_self_solved = true",
      "citizen_is_asked"),
     ("state = 'evaluated', step = 'evaluated', outcome = 'fixed', closed_at = received_at, tier_since = NULL, "
      "is_self_solved = true, call_back = 1", "called_back_by_a_call_back"),
     ("returns = -1", "counts"),
     ("lead = 'roads', assisting = '{order,roads}'", "lead_is_no_helper"),
     ("tier = 99", "tier_is_a_rank"),
     ("state = 'closed', outcome = 'fixed', closed_at = received_at, tier_since = NULL", "closed_by_somebody"),
     ("state = 'suspended', lead = 'roads', dispatched_at = received_at", "pause_is_suspension"),
     ("state = 'merged', ended_at = received_at, tier_since = NULL", "merged_into_another")],
)  # fmt: skip
def test_what_no_act_leads_to_cannot_be_stored(conn: Connection, written: str, named: str) -> None:
    case = file_case(conn)
    with pytest.raises(IntegrityError, match=f"case_file_{named}"), conn.begin_nested():
        conn.exec_driver_sql(f"UPDATE case_file SET {written} WHERE case_no = %s", (case.case_no,))
        conn.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_a_tier_held_stays_as_it_was(conn: Connection) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), conn.begin_nested():
        conn.exec_driver_sql("DELETE FROM case_tier")


def test_whatever_act_files_a_case_the_moment_is_kept(conn: Connection) -> None:
    add_rows(conn, "INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1')")
    disputed = dispute_case(conn, file_case(conn), note="Whose?", actor="5", now=later(1))
    words: dict[str, Any] = {"attributes": None, "standard": None, "actor": "5"}
    assert sort_case(conn, disputed, category="pothole", **words, now=later(2)).filed_at == later(2)
    referred = refer_case(conn, file_case(conn), nature="market", provider="fix", actor="5", now=later(1))
    assert recall_case(conn, referred, note="Ours", standard=None, actor="5", now=later(2)).filed_at == later(2)
    begun = handle_own(conn, file_case(conn), actor="12", now=later(1))
    assert escalate_case(conn, begun, reason="No", standard=None, actor="12", now=later(2)).filed_at == later(2)
    first = accept_case(conn, file_case(conn), standard=None, actor="5", now=later(1))
    again = refer_case(conn, first, nature="market", provider="fix", actor="5", now=later(2))
    assert recall_case(conn, again, note="Ours", standard=None, actor="5", now=later(3)).filed_at == later(1)
