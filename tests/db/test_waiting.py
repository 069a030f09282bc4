"""What waits for whom: every case of a work list can be acted on, and whoever is waited for finds it there."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from api.acting.answering_orders import Answering
from api.acting.lifecycle import list_acts
from api.work_lists import waited_of
from spatial.cases.case_files import CaseFilter
from spatial.cases.conferences.conferring import ActionDraft, assign, end_conference, finish_action
from spatial.cases.conferences.opening import OpeningDraft, open_conference
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.interim import note_cost, order_interim
from spatial.cases.lifecycle.checking import ask_check, verify_report
from spatial.cases.lifecycle.flexible import extend_case
from spatial.cases.lifecycle.handling import submit_case
from spatial.cases.lifecycle.levels import escalate_case, hand_over, handle_own, order_down
from spatial.cases.supervision.orders import OrderFilter, list_orders
from spatial.cases.supervision.replying import reply_to
from spatial.cases.supervision.supervising import supervise_case
from spatial.cases.waiting import list_waiting
from spatial.people.accounts import Account
from spatial.store.reach import WHOLE_CITY
from tests.acting import add_rows, file_case, held, later, new_photo
from tests.db.test_lifecycle_guards import (
    CLERK,
    OFFICER,
    OPERATOR,
    SWEEPER,
    check,
    given_back,
    handed,
    person,
    received,
)
from tests.db.test_whistles import arrive, raised
from tests.worlds import DISTRICT, SOUTH, WILLOW, G, V

PEOPLE = ("operator", "officer", "planner", "clerk", "clerk2", "handler", "sweeper", "panel", "supervisor", "leader")
SUPERVISOR = "11"
# Whose words are a ruling's and a supervisor's, an order's, a whistle's and a conference's, and no act of a case.
NO_ACTS = {"rule", "settle_call_back", "answer_order", "report_in", "finish_action"}
# What somebody may do in these states, and nobody waits for.
MAY = {
    "ask_check", "assign_task", "ask_help", "contact_citizen", "dispute", "escalate", "evaluate", "extend", "hand_over",
    "handle_own", "merge", "note_cost", "order_down", "order_interim", "recall", "refer", "reopen", "return",
    "revoke_task", "sort", "supervise", "suspend", "verify_report", "void", "appeal", "resume", "split",
}  # fmt: skip


def waits(conn: Connection, login: str, **narrowed: object) -> dict[str, list[str]]:
    """By case number what somebody is waited for."""
    asked = CaseFilter(**narrowed)  # type: ignore[arg-type]
    found = list_waiting(
        conn, waited=waited_of(person(conn, login)), narrowed=asked, acts=None, now=later(3), limit=200
    )
    return {case.case_no: acts for case, acts in found}


def submitted(conn: Connection, **said: str) -> LockedCase:
    begun = received(conn, handed(conn, **said))
    return submit_case(
        conn, begun, outcome="fixed", photos_after=[new_photo(conn)], note=None, own=None, actor=SWEEPER, now=later(1)
    )


def closed(conn: Connection, **said: str) -> LockedCase:
    return check(conn, submitted(conn, **said), actor=OFFICER)


def asked_for_time(conn: Connection) -> LockedCase:
    case = received(conn, handed(conn))
    return extend_case(conn, case, phase="ask", reason="Rain", own=None, actor=SWEEPER, now=later(0.5))


def a_town_of_cases(conn: Connection) -> dict[str, str]:
    """Cases in most states, by a word for each; their numbers."""
    up = escalate_case(conn, file_case(conn), reason="Up", standard=None, actor=OPERATOR, now=later(0.1))
    top = escalate_case(conn, up, reason="Up", standard=None, actor=OPERATOR, now=later(0.2))
    asked = ask_check(conn, file_case(conn), note="Is it so?", actor=CLERK, now=later(0.1))
    looked = ask_check(conn, file_case(conn), note="Is it so?", actor=CLERK, now=later(0.1))
    cases = {
        "reported": file_case(conn),
        "unsorted": file_case(conn, None),
        "north": file_case(conn, at=G),
        "at the street": top,
        "filed": accept_case(conn, file_case(conn, at=V), standard=None, actor=CLERK, now=later(0.1)),
        "asked": asked,
        "not so": verify_report(conn, looked, is_true=False, note="Nothing", actor=OFFICER, now=later(0.2)),
        "own": handle_own(conn, file_case(conn), actor=OFFICER, now=later(0.1)),
        "own of the street": handle_own(conn, _up(conn, 2), actor=CLERK, now=later(0.5)),
        "pending": handed(conn),
        "assisted": received(conn, handed(conn, "sanitation", "roads")),
        "the street's": handed(conn, f"@{SOUTH}", by=OPERATOR),
        "handling": received(conn, handed(conn)),
        "more time": asked_for_time(conn),
        "submitted": submitted(conn),
        "returned": given_back(conn, handed(conn)),
        "disputed": dispute_case(
            conn, accept_case(conn, file_case(conn), standard=None, actor=CLERK, now=later(0.1)),
            note="Whose?", actor=CLERK, now=later(0.2),
        ),
        "ordered down": order_down(conn, _up(conn, 1), reason="Yours", actor=CLERK, now=later(0.4)),
        "asked about": _ordered(conn, handed(conn, "roads"), 1),
        "asked of the street": _ordered(conn, handed(conn, "roads"), 2),
        "asked of the district": _ordered(conn, handed(conn, "roads"), 3),
        "acted first": _acted_first(conn),
        "whistled": _whistled(conn),
        "closed": closed(conn),
        "the grid's": closed(conn, source="grid"),
    }  # fmt: skip
    return {word: case.case_no for word, case in cases.items()}


def _ordered(conn: Connection, case: LockedCase, level: int) -> LockedCase:
    return supervise_case(conn, case, level=level, note="What becomes of it?", actor=SUPERVISOR, now=later(1))


def _acted_first(conn: Connection) -> LockedCase:
    case = dispute_case(conn, accept_case(conn, file_case(conn), standard=None, actor=OPERATOR, now=later(0.1)),
                        note="Whose?", actor=OPERATOR, now=later(0.2))  # fmt: skip
    return order_interim(conn, case, unit=f"@{SOUTH}", note="Fence it off", actor=OPERATOR, now=later(0.3))


def _whistled(conn: Connection) -> LockedCase:
    case = handed(conn, "roads")
    raised(conn, units=("roads", f"@{WILLOW}"), case_no=case.case_no)
    return case


def _up(conn: Connection, levels: int) -> LockedCase:
    case = file_case(conn)
    for _ in range(levels):
        case = escalate_case(conn, case, reason="Up", standard=None, actor=OPERATOR, now=later(0.2))
    return case


def test_everybody_is_waited_for_by_his_own_cases(conn: Connection) -> None:
    words = {number: word for word, number in a_town_of_cases(conn).items()}
    told = {
        login: {words[number]: acts for number, acts in waits(conn, login).items()}
        for login in ("officer", "leader", "clerk", "clerk2", "handler", "sweeper", "supervisor", "panel", "planner")
    }
    assert told["officer"] == {
        "asked": ["verify_report"], "own": ["solve_own"], "submitted": ["verify_result"], "whistled": ["report_in"],
        "ordered down": ["handle_own"],
    }  # fmt: skip
    assert told["officer"].pop("whistled") == ["report_in"]  # which is the officer's alone
    assert told["leader"] == told["officer"] | {
        "reported": ["accept"], "unsorted": ["sort"], "ordered down": ["accept", "handle_own"],
    }  # fmt: skip
    assert told["clerk"] == {
        "reported": ["accept"], "unsorted": ["sort"], "at the street": ["accept"], "filed": ["dispatch"],
        "not so": ["void"], "own": ["solve_own"], "own of the street": ["solve_own"], "submitted": ["verify_result"],
        "returned": ["dispatch"], "the street's": ["receive"], "closed": ["call_back"], "ordered down": ["accept"],
        "asked of the street": ["answer_order"], "acted first": ["note_cost"],
    }  # fmt: skip
    assert told["clerk2"] == {"north": ["accept"]}
    assert told["handler"] == {
        "assisted": ["finish_task"], "asked about": ["receive", "answer_order"], "whistled": ["receive", "report_in"],
        "asked of the street": ["receive"], "asked of the district": ["receive"],
    }  # fmt: skip
    assert told["sweeper"] == {
        "pending": ["receive"], "assisted": ["submit"], "handling": ["submit"], "more time": ["submit"],
    }  # fmt: skip
    assert told["supervisor"] == {"more time": ["extend"]}
    assert told["panel"] == {"disputed": ["rule"], "acted first": ["rule"]} and told["planner"] == {}


def test_whoever_is_waited_for_may_and_whoever_must_is_waited_for(conn: Connection) -> None:
    numbers = a_town_of_cases(conn)
    for login in PEOPLE:
        somebody, listed = person(conn, login), waits(conn, login)
        for word, number in numbers.items():
            case = held(conn, number)
            tags = (*case.current_path, *case.parties)
            legal = set(list_acts(conn, case, somebody, now=later(3))) if somebody.reach.covers(tags) else set()
            waited = set(listed.get(number, [])) - NO_ACTS
            assert waited <= legal, (login, word)
            assert ("answer_order" in listed.get(number, [])) == _must_answer(conn, somebody, number), (login, word)
            idle = {"call_back"} if word == "the grid's" else set()  # nobody there waits to be asked
            if case.tier == 4 and word != "not so":
                assert legal - waited <= MAY | idle, (login, word)


def _must_answer(conn: Connection, somebody: Account, number: str) -> bool:
    """Whether an order on a case waits for somebody's answer, by the rule that his answer is held to."""
    orders = list_orders(conn, reach=WHOLE_CITY, narrowed=OrderFilter(case_no=number), now=later(3), limit=9)
    open_ones = [one for one in orders if one.kind == "order" and one.ended_at is None and one.replied_at is None]
    answering, reach = Answering(conn, somebody, later(3)), somebody.reach_for("answer_order")
    return any(reach.covers(one.tags) and answering.may(one) for one in open_ones)


def test_nobody_is_waited_for_by_what_was_answered_or_done(conn: Connection) -> None:
    asked = _ordered(conn, handed(conn, "roads"), 3)
    first, called = _acted_first(conn), handed(conn, "roads")
    whistle = raised(conn, units=(f"@{WILLOW}",), case_no=called.case_no)
    down = order_down(conn, _up(conn, 1), reason="Yours", actor=CLERK, now=later(0.4))
    assert "answer_order" in waits(conn, "operator")[asked.case_no]  # nobody is posted for the district's body
    add_rows(
        conn,
        "INSERT INTO posting (account, role, cell, during, granted_by, granted_at) "
        f"SELECT account, 'grid_leader', '{DISTRICT}', during, 'x', now() FROM posting WHERE account = {OFFICER}",
    )
    assert "answer_order" not in waits(conn, "operator").get(asked.case_no, [])
    assert "answer_order" in waits(conn, "officer")[asked.case_no]
    [order] = list_orders(conn, reach=WHOLE_CITY, narrowed=OrderFilter(case_no=asked.case_no), now=later(2), limit=9)
    reply_to(conn, order, reach=WHOLE_CITY, text="Tomorrow", actor=OFFICER, now=later(2))
    note_cost(conn, first, cost=Decimal(40), note="Fence", actor=CLERK, now=later(2))
    assert waits(conn, "officer")[called.case_no] == ["report_in"]
    assert arrive(conn, whistle, later(0.2), unit=f"@{WILLOW}").counts
    hand_over(conn, handle_own(conn, down, actor=OFFICER, now=later(1)), reason="Too big", standard=None, actor=OFFICER,
              now=later(2))  # fmt: skip
    left = {act for login in ("officer", "operator", "clerk") for acts in waits(conn, login).values() for act in acts}
    assert not left & {"answer_order", "note_cost", "handle_own", "report_in"}


def test_what_a_conference_gave_to_do_waits_for_its_owner_until_it_is_ended(conn: Connection) -> None:
    case = handed(conn, "roads")
    draft = OpeningDraft(case.case_no, "manual", reason="Whose?")
    number = open_conference(conn, draft=draft, reach=WHOLE_CITY, actor=OPERATOR, now=later(1))
    todo = [ActionDraft(owner, "Fence it", later(9)) for owner in ("roads", "@street")]
    assign(conn, number, drafts=todo, reach=WHOLE_CITY, actor=OPERATOR, now=later(1))
    assert waits(conn, "handler")[case.case_no] == ["receive", "finish_action"]
    assert waits(conn, "clerk")[case.case_no] == ["finish_action"]
    assert case.case_no not in waits(conn, "sweeper") | waits(conn, "clerk2")
    end: dict[str, Any] = {"state": "done", "note": "", "own": None, "reach": WHOLE_CITY, "actor": OPERATOR}
    finish_action(conn, number, 1, now=later(2), **end)
    assert waits(conn, "handler")[case.case_no] == ["receive"] and case.case_no in waits(conn, "clerk")
    end_conference(conn, number, why="Settled", reach=WHOLE_CITY, actor=OPERATOR, now=later(2))
    assert case.case_no not in waits(conn, "clerk")
