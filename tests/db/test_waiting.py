"""What waits for whom: every case of a work list can be acted on, and whoever is waited for finds it there."""

from sqlalchemy import Connection

from api.acting.lifecycle import list_acts
from api.work_lists import waited_of
from spatial.cases.case_files import CaseFilter
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.lifecycle.checking import ask_check, verify_report
from spatial.cases.lifecycle.flexible import extend_case
from spatial.cases.lifecycle.handling import submit_case
from spatial.cases.lifecycle.levels import escalate_case, handle_own
from spatial.cases.waiting import list_waiting
from tests.acting import file_case, held, later, new_photo
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
from tests.worlds import SOUTH, G, V

PEOPLE = ("operator", "officer", "planner", "clerk", "clerk2", "handler", "sweeper", "panel", "supervisor", "leader")
# Whose words are a ruling's and a supervisor's, and no act of a case.
NO_ACTS = {"rule", "settle_call_back"}
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
        "closed": closed(conn),
        "the grid's": closed(conn, source="grid"),
    }  # fmt: skip
    return {word: case.case_no for word, case in cases.items()}


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
    assert told["officer"] == {"asked": ["verify_report"], "own": ["solve_own"], "submitted": ["verify_result"]}
    assert told["leader"] == told["officer"] | {"reported": ["accept"], "unsorted": ["sort"]}
    assert told["clerk"] == {
        "reported": ["accept"], "unsorted": ["sort"], "at the street": ["accept"], "filed": ["dispatch"],
        "not so": ["void"], "own": ["solve_own"], "own of the street": ["solve_own"], "submitted": ["verify_result"],
        "returned": ["dispatch"], "the street's": ["receive"], "closed": ["call_back"],
    }  # fmt: skip
    assert told["clerk2"] == {"north": ["accept"]}
    assert told["handler"] == {"assisted": ["finish_task"]}
    assert told["sweeper"] == {
        "pending": ["receive"], "assisted": ["submit"], "handling": ["submit"], "more time": ["submit"],
    }  # fmt: skip
    assert told["supervisor"] == {"more time": ["extend"]}
    assert told["panel"] == {"disputed": ["rule"]} and told["planner"] == {}


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
            idle = {"call_back"} if word == "the grid's" else set()  # nobody there waits to be asked
            if case.tier == 4 and word != "not so":
                assert legal - waited <= MAY | idle, (login, word)
