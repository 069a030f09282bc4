"""Joint conferences: three triggers, one open a case, minutes, actions, and a decision that moves the case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from spatial.cases.conferences.boards import Board, list_boards, put_board, set_trigger
from spatial.cases.conferences.conference_list import ConferenceFilter, get_conference, list_conferences, list_due
from spatial.cases.conferences.conferring import (
    ActionDraft,
    assign,
    end_conference,
    finish_action,
    join,
    minute,
)
from spatial.cases.conferences.deciding import Decided, DecisionDraft, decide
from spatial.cases.conferences.opening import (
    OpeningDraft,
    ask_help,
    end_overtaken_conferences,
    open_conference,
    open_due_conferences,
)
from spatial.cases.conferences.overdue import chase_late_actions, list_late_actions
from spatial.cases.conferences.seating import Member
from spatial.cases.conferences.triggers import Facts, standing
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase, find_open_dispute
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.disputes.rulings import rule
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.library.searching import LibraryFilter, search
from spatial.cases.library.shelving import SQL as SHELVING
from spatial.cases.lifecycle.ending import void_case
from spatial.cases.supervision.board import read_board
from spatial.errors import Conflict, Forbidden, IllegalAct, Invalid, LockedByRuling, NotFound
from spatial.store.db import run
from spatial.store.events import list_events, verify_chain
from spatial.store.opening import Store
from spatial.store.reach import NOTHING, WHOLE_CITY, Reach
from tests.acting import NOW, file_case, held, later
from tests.disputing import a_ruling, both_at_once, scalars
from tests.worlds import NORTH, SOUTH

HERE = ScopeDraft(Area("radius", radius_m=50))


def handed(conn: Connection, lead: str = "sanitation") -> LockedCase:
    case = accept_case(conn, file_case(conn), standard=None, actor="5", now=later(0.1))
    return dispatch_case(conn, case, lead=lead, assisting=None, reason="So it is", actor="5", now=later(0.2))


def refused(conn: Connection, *units: str) -> LockedCase:
    case = accept_case(conn, file_case(conn), standard=None, actor="5", now=later(0.1))
    for i, unit in enumerate(units):
        case = dispatch_case(conn, case, lead=unit, assisting=None, reason="Try", actor="5", now=later(1 + i))
        case = return_case(
            conn, case, unit=unit, reason="Not ours", basis="List", own=None, actor="7", now=later(1.5 + i)
        )
    return case


def opened(conn: Connection, case: LockedCase, **said: Any) -> int:
    fields: dict[str, Any] = {"trigger": "manual", "reason": "三个单位都管一点"}
    draft = OpeningDraft(case.case_no, **fields | said)
    return open_conference(conn, draft=draft, reach=WHOLE_CITY, actor="2", now=later(5))


def ready(conn: Connection, case: LockedCase, **said: Any) -> int:
    """A conference that may be decided."""
    number = opened(conn, case, members=(Member("order", "Petra"), Member("roads", "Hanna")), **said)
    minute(conn, number, text="市政与执法现场会商。", held_at=later(6), reach=WHOLE_CITY, actor="2", now=later(7))
    return number


def decided(conn: Connection, number: int, ruling_reach: Reach = WHOLE_CITY, **said: Any) -> Decided:
    fields: dict[str, Any] = {"lead": "order", "assisting": ("roads",), "grounds": "门前三包"}
    return decide(
        conn, number, draft=DecisionDraft(**fields | said), reach=WHOLE_CITY, ruling_reach=ruling_reach, actor="2",
        now=later(8),
    )  # fmt: skip


def read(conn: Connection, number: int) -> Any:
    return get_conference(conn, number, reach=WHOLE_CITY, text_reach=WHOLE_CITY, now=later(9))


def test_the_nine_boards_are_rows_that_a_district_edits(conn: Connection) -> None:
    names = [board.name_zh for board in list_boards(conn)]
    assert names == ["党风廉政", "宣传动员", "组织人才", "区域经济发展", "现代服务业发展", "民生保障", "社会管理",
                     "城建城管", "绩效考核"]  # fmt: skip
    added = put_board(conn, Board("water", 10, "Water", "五水共治", ("service",), False, True))
    assert list_boards(conn)[-1] == added
    with pytest.raises(Conflict, match="default"):
        put_board(conn, Board("water", 10, "Water", "五水共治", (), True, True))
    with pytest.raises(Invalid, match="platform"):
        put_board(conn, Board("water", 10, "Water", "五水共治", ("air",), False, True))


def test_by_hand_a_conference_opens_with_a_reason_and_the_board_of_the_cases_platform(conn: Connection) -> None:
    case = handed(conn)
    with pytest.raises(Invalid, match="reason"):
        opened(conn, case, reason=" ")
    number = opened(conn, case, members=(Member(person="Petra"),))
    found = read(conn, number)
    assert (found.board, found.trigger, found.state) == ("livelihood", "manual", "open")
    assert set(found.members) == {Member(person="Petra"), Member("sanitation")}
    kinds = scalars(conn, "SELECT kind FROM event WHERE subject_id = %s ORDER BY seq", case.case_no)
    assert kinds[-1] == "case.conferred"
    assert held(conn, case.case_no).state == "pending"


def test_two_refusing_units_open_one_and_one_unit_twice_does_not(conn: Connection) -> None:
    once = refused(conn, "roads")
    with pytest.raises(Invalid, match="two units"):
        opened(conn, once, trigger="refusals", reason="")
    twice = refused(conn, "roads", "order")
    assert twice.state == "disputed"
    found = read(conn, opened(conn, twice, trigger="refusals", reason=""))
    assert {member.unit for member in found.members} == {"roads", "order"}
    assert found.due_since == later(2.5) and found.dispute == find_open_dispute(conn, twice)


def test_one_unit_that_refuses_twice_makes_a_dispute_and_no_conference(conn: Connection) -> None:
    twice = refused(conn, "roads", "roads")
    assert twice.state == "disputed"
    assert list_due(conn, reach=WHOLE_CITY, now=later(9), limit=9) == []
    assert open_due_conferences(conn, now=later(9), limit=9) == 0
    with pytest.raises(Invalid, match="two units"):
        opened(conn, twice, trigger="refusals", reason="")


def test_refusals_are_counted_by_units_and_end_when_a_third_takes_it() -> None:
    facts = Facts(None, NOW, 2, later(1), None, None, None)
    assert standing(facts, now=later(2)) == {"refusals": later(1)}
    assert standing(Facts("order", NOW, 2, later(1), None, None, None), now=later(2)) == {}
    assert standing(Facts(None, NOW, 1, later(1), None, None, None), now=later(2)) == {}
    assert standing(Facts(None, NOW, 1, later(1), later(1), None, None), now=later(2)) == {}


def test_a_call_for_help_opens_one_only_behind_the_deadline_and_by_the_present_lead() -> None:
    due = later(10)
    asks = Facts("roads", due, 0, None, None, "roads", later(3))
    assert standing(asks, now=due) == {}
    assert standing(asks, now=due + timedelta(seconds=1)) == {"help": due}
    assert standing(Facts("order", due, 0, None, None, "roads", later(3)), now=later(99)) == {}
    late = Facts("roads", due, 0, None, None, "roads", later(12))
    assert standing(late, now=later(13)) == {"help": later(12)}


def test_the_lead_asks_once_and_nobody_else_does(conn: Connection) -> None:
    case = handed(conn)
    with pytest.raises(Forbidden, match="sanitation"):
        ask_help(conn, case, note="Too big", own={"roads"}, actor="7", now=later(3))
    case = ask_help(conn, case, note="Too big", own={"sanitation"}, actor="8", now=later(3))
    assert case.state == "pending"
    with pytest.raises(Conflict, match="before"):
        ask_help(conn, case, note="Still", own=None, actor="8", now=later(4))
    with pytest.raises(Invalid, match="deadline"):
        opened(conn, case, trigger="help", reason="")
    with pytest.raises(IllegalAct):
        ask_help(conn, file_case(conn), note="No", own=None, actor="8", now=later(4))


def test_the_sweep_opens_what_is_due_once_as_of_the_moment_it_was_due(conn: Connection) -> None:
    helped, stuck = handed(conn), refused(conn, "roads", "order")
    ask_help(conn, helped, note="Too big", own=None, actor="8", now=later(3))
    due_at = conn.exec_driver_sql("SELECT due_at FROM case_file WHERE case_no = %s", (helped.case_no,)).scalar_one()
    late = due_at + timedelta(days=2)
    assert [one.trigger for one in list_due(conn, reach=WHOLE_CITY, now=late, limit=9)] == ["refusals", "help"]
    assert open_due_conferences(conn, now=due_at - timedelta(seconds=1), limit=1000) == 1
    assert open_due_conferences(conn, now=late, limit=1000) == 1
    assert open_due_conferences(conn, now=late, limit=1000) == 0
    found = {one.case_no: one for one in listed(conn)}
    assert found[helped.case_no].due_since == due_at
    assert found[stuck.case_no].due_since == later(2.5)
    end_conference(conn, found[stuck.case_no].id, why="Settled by phone", reach=WHOLE_CITY, actor="2", now=late)
    assert open_due_conferences(conn, now=late, limit=1000) == 0, "the same refusals called twice"


def test_a_district_may_leave_opening_to_the_centre(conn: Connection) -> None:
    refused(conn, "roads", "order")
    set_trigger(conn, code="refusals", opens_itself=False)
    assert open_due_conferences(conn, now=later(9), limit=1000) == 0
    assert len(list_due(conn, reach=WHOLE_CITY, now=later(9), limit=9)) == 1
    with pytest.raises(Invalid):
        set_trigger(conn, code="manual", opens_itself=True)


def listed(conn: Connection, reach: Reach = WHOLE_CITY, **narrowed: Any) -> list[Any]:
    return list_conferences(
        conn, reach=reach, text_reach=WHOLE_CITY, narrowed=ConferenceFilter(**narrowed), now=later(9), limit=50
    )


def test_a_case_has_one_open_conference_at_most(conn: Connection) -> None:
    case = handed(conn)
    first = opened(conn, case)
    with pytest.raises(Conflict) as told:
        opened(conn, case)
    assert told.value.extra["conference"] == first
    with pytest.raises(IntegrityError), conn.begin_nested():
        conn.exec_driver_sql(
            "INSERT INTO conference (district, case_no, board, trigger, reason, due_since, opened_at, opened_by) "
            "SELECT district, case_no, board, trigger, reason, due_since, opened_at, opened_by FROM conference"
        )
    end_conference(conn, first, why="Solved by a call", reach=WHOLE_CITY, actor="2", now=later(6))
    assert opened(conn, case) != first


def test_of_two_who_open_at_once_one_does(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        case = handed(conn)

    def open_one(i: int) -> int:
        with fresh_db.app.begin() as conn:
            return opened(conn, case, reason=f"Reason {i}")

    answers = both_at_once(open_one)
    assert sorted(type(one).__name__ for one in answers) == ["Conflict", "int"]
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM event WHERE kind = 'case.conferred'") == [1]


def test_two_sweeps_at_once_open_each_conference_once(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        for _ in range(5):
            refused(conn, "roads", "order")

    def sweep(_: int) -> int:
        with fresh_db.app.begin() as conn:
            return open_due_conferences(conn, now=later(9), limit=1000)

    assert sum(both_at_once(sweep)) == 5
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM conference") == [5]


def test_a_decision_takes_the_case_from_its_holder_and_locks_it_with_the_decided_lead(conn: Connection) -> None:
    case = handed(conn)
    number = ready(conn, case)
    done = decided(conn, number)
    assert (done.state, done.lead, done.assisting, done.ruling) == ("pending", "order", ("roads",), None)
    after = held(conn, case.case_no)
    assert (after.lead, after.assisting, set(after.holders)) == ("order", ("roads",), {"order", "roads"})
    with pytest.raises(LockedByRuling, match="conference"):
        return_case(conn, after, unit=None, reason="Not ours", basis="List", own=None, actor="7", now=later(9))
    kinds = scalars(conn, "SELECT kind FROM event WHERE subject_id = %s ORDER BY seq", case.case_no)
    assert kinds[-4:] == ["case.conferred", "case.minuted", "case.decided", "case.dispatched"]
    found = read(conn, number)
    assert (found.state, found.lead, found.grounds, found.closed_at) == ("decided", "order", "门前三包", later(8))


def test_on_a_disputed_case_the_decision_is_a_ruling_and_leaves_a_precedent(conn: Connection) -> None:
    case = refused(conn, "roads", "order")
    number = ready(conn, case, trigger="refusals", reason="")
    with pytest.raises(Invalid) as told:
        decided(conn, number)
    assert told.value.field == "scope"
    done = decided(conn, number, scope=HERE)
    assert done.precedent is not None and done.ruling is not None
    after = held(conn, case.case_no)
    assert (after.state, after.lead, after.precedent, after.ruling) == ("pending", "order", done.precedent, done.ruling)
    assert read(conn, number).state == "decided"
    assert scalars(conn, "SELECT form FROM ruling") == ["joint_conference"]
    assert set(conn.exec_driver_sql("SELECT members FROM ruling").scalar_one()) >= {"Petra (order)", "Hanna (roads)"}


def test_a_scope_on_an_undisputed_case_leaves_a_precedent_too(conn: Connection) -> None:
    case = handed(conn)
    done = decided(conn, ready(conn, case), scope=HERE)
    assert done.precedent is not None
    assert held(conn, case.case_no).precedent == done.precedent
    assert scalars(conn, "SELECT state FROM dispute") == ["ruled"]


def test_who_may_not_rule_decides_no_precedent(conn: Connection) -> None:
    number = ready(conn, handed(conn))
    with pytest.raises(Forbidden, match="ruling"):
        decided(conn, number, ruling_reach=NOTHING, scope=HERE)
    assert decided(conn, number, ruling_reach=NOTHING).state == "pending"


def test_what_is_missing_is_told_before_anything_moves(conn: Connection) -> None:
    case = handed(conn)
    number = opened(conn, case)
    with pytest.raises(Invalid) as told:
        decided(conn, number)
    assert told.value.field == "members"
    join(conn, number, members=[Member("order"), Member("order")], reach=WHOLE_CITY, now=later(6))
    with pytest.raises(Invalid) as told:
        decided(conn, number)
    assert told.value.field == "minutes"
    with pytest.raises(Invalid, match="ahead"):
        minute(conn, number, text="x", held_at=later(9), reach=WHOLE_CITY, actor="2", now=later(7))
    minute(conn, number, text="x", held_at=later(6), reach=WHOLE_CITY, actor="2", now=later(7))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"lead": "nobody"}, "lead"), ({"grounds": " "}, "grounds"), ({"assisting": ("order",)}, "assisting"),
    ]  # fmt: skip
    for changes, field in wrong:
        with pytest.raises(Invalid) as told:
            decided(conn, number, **changes)
        assert told.value.field == field
    assert held(conn, case.case_no).lead == "sanitation"


def test_minutes_were_held_between_the_day_of_opening_and_now(conn: Connection) -> None:
    number = opened(conn, handed(conn))  # at 21:00 in the city
    sheet: dict[str, Any] = {"text": "x", "reach": WHOLE_CITY, "actor": "2", "now": later(30)}
    for wrong in (NOW.replace(year=1999), later(-16.01), later(30.01)):
        with pytest.raises(Invalid) as told:
            minute(conn, number, held_at=wrong, **sheet)
        assert told.value.field == "held_at"
    assert [minute(conn, number, held_at=right, **sheet) for right in (later(-16), later(30))] == [1, 2]
    when = NOW.replace(year=1999)
    with pytest.raises(Invalid, match="held_at lies before 2026-05-04"):
        minute(conn, number, held_at=when, **sheet)


def test_minutes_are_corrected_behind_the_decision_and_the_library_finds_the_newest(conn: Connection) -> None:
    number = ready(conn, handed(conn))
    said: dict[str, Any] = {"reach": WHOLE_CITY, "actor": "2", "held_at": None}
    minute(conn, number, text="另有一节：路灯。", now=later(7.5), **said | {"held_at": later(7.5)})
    decided(conn, number)
    for changes, field in (
        ({"corrects": 9}, "corrects"),
        ({"held_at": later(8.5)}, "held_at"),
        ({"text": " "}, "text"),
    ):
        with pytest.raises(Invalid) as told:
            minute(conn, number, now=later(9), **said | {"text": "x", "corrects": 1} | changes)
        assert told.value.field == field
    assert minute(conn, number, text="市政现场会商，城管未到。", corrects=1, now=later(9), **said) == 3
    assert minute(conn, number, text="另有一节：路灯不亮。", now=later(9), corrects=2, **said) == 4
    assert minute(conn, number, text="另有一节：路灯全不亮。", now=later(10), **said) == 5  # of the newest
    with pytest.raises(Invalid, match="those that stand: 3, 5"):
        minute(conn, number, text="x", corrects=1, now=later(10), **said)
    sheets = read(conn, number).minutes
    assert [(one.ordinal, one.corrects, one.corrected_by) for one in sheets] == [
        (1, None, 3), (2, None, 4), (3, 1, None), (4, 2, 5), (5, 4, None),
    ]  # fmt: skip
    assert sheets[0].text == "市政与执法现场会商。" and sheets[2].held_at == sheets[0].held_at

    def shelved() -> list[str]:
        found = search(conn, narrowed=LibraryFilter(kind="minutes"), reach=WHOLE_CITY, limit=9)
        return [one.ref for one in found]

    assert shelved() == [f"{number}-5", f"{number}-3"]
    run(conn, SHELVING["shelve_minutes"], {"from": None, "to": None, "ordinal": None})  # as a rebuild does
    assert shelved() == [f"{number}-5", f"{number}-3"]


def test_where_nothing_was_said_a_conference_that_is_over_takes_no_minutes(conn: Connection) -> None:
    number = opened(conn, handed(conn))
    end_conference(conn, number, why="Settled", reach=WHOLE_CITY, actor="2", now=later(6))
    with pytest.raises(Conflict, match="is over"):
        minute(conn, number, text="x", held_at=None, reach=WHOLE_CITY, actor="2", now=later(7))


def test_a_late_action_is_chased_once_and_stands_on_the_board_until_it_is_ended(conn: Connection) -> None:
    case = handed(conn)
    number = ready(conn, case)
    due = [ActionDraft(owner, "Fence it", later(at)) for owner, at in (("roads", 9), ("@street", 9.5), ("order", 40))]
    decided(conn, number, actions=tuple(due))
    over = opened(conn, handed(conn))
    assign(conn, over, drafts=[due[0]], reach=WHOLE_CITY, actor="2", now=later(6))
    end_conference(conn, over, why="Settled", reach=WHOLE_CITY, actor="2", now=later(7))
    assert chase_late_actions(conn, now=later(9), limit=9) == 0  # it is due now, and not late
    assert [chase_late_actions(conn, now=later(20), limit=1) for _ in range(3)] == [1, 1, 0]
    told = [
        one for one in list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
        if one.kind == "case.action_chased"
    ]  # fmt: skip
    assert [(one.payload["owner"], one.payload["due_at"]) for one in told] == [
        ("roads", later(9).isoformat()), (f"@{SOUTH}", later(9.5).isoformat()),
    ]  # fmt: skip
    assert "roads@" in told[0].path and SOUTH in told[1].path
    assert [one.chased_at for one in read(conn, number).actions] == [later(20), later(20), None]
    board = read_board(conn, reach=WHOLE_CITY, now=later(20), limit=9)
    assert [(one.owner, one.case_no, one.chased_at) for one in board.late_actions] == [
        ("roads", case.case_no, later(20)), (f"@{SOUTH}", case.case_no, later(20)),
    ]  # fmt: skip
    assert read_board(conn, reach=Reach((NORTH,)), now=later(20), limit=9).late_actions == ()
    end: dict[str, Any] = {"state": "done", "note": "", "own": {"roads"}, "reach": WHOLE_CITY, "actor": "7"}
    finish_action(conn, number, 1, now=later(21), **end)
    assert [one.owner for one in list_late_actions(conn, reach=WHOLE_CITY, now=later(22), limit=9)] == [f"@{SOUTH}"]
    assert chase_late_actions(conn, now=later(22), limit=9) == 0


def test_of_two_who_decide_at_once_one_does(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        number = ready(conn, handed(conn))

    def decide_it(i: int) -> Decided:
        with fresh_db.app.begin() as conn:
            return decided(conn, number, lead=("order", "sanitation")[i], assisting=())

    answers = both_at_once(decide_it)
    won = [one for one in answers if isinstance(one, Decided)]
    lost = [one for one in answers if isinstance(one, Conflict)]
    assert (len(won), len(lost)) == (1, 1), answers
    assert won[0].lead in lost[0].sentence


def test_actions_have_an_owner_who_ends_them_and_late_ones_are_found(conn: Connection) -> None:
    case = handed(conn)
    number = ready(conn, case)
    decided(conn, number, actions=(ActionDraft("roads", "Fence it", later(10)),))
    assign(
        conn, number, drafts=[ActionDraft("@street", "Watch it", later(8.5))], reach=WHOLE_CITY, actor="2", now=later(8)
    )
    first, second = read(conn, number).actions
    assert (first.owner, second.owner) == ("roads", f"@{SOUTH}")
    assert (first.is_late, second.is_late) == (False, True)
    assert [one.id for one in listed(conn, late_at=later(9))] == [number]
    end: dict[str, Any] = {"state": "done", "note": "Done", "reach": WHOLE_CITY, "actor": "7", "now": later(9.5)}
    with pytest.raises(Forbidden):
        finish_action(conn, number, 1, own={"order"}, **end)
    finish_action(conn, number, 1, own={"roads"}, **end)
    with pytest.raises(Conflict, match="done"):
        finish_action(conn, number, 1, own=None, **end)
    with pytest.raises(NotFound):
        finish_action(conn, number, 7, own=None, **end)
    assert [one.state for one in read(conn, number).actions] == ["done", "open"]
    with pytest.raises(Invalid, match="past"):
        assign(conn, number, drafts=[ActionDraft("roads", "x", NOW)], reach=WHOLE_CITY, actor="2", now=later(8))


def test_lists_are_filtered_and_kept_within_reach(conn: Connection) -> None:
    case = handed(conn)
    number = opened(conn, case, board="society")
    assert [one.id for one in listed(conn, Reach((SOUTH,)), board="society", state="open", cell=SOUTH)] == [number]
    assert listed(conn, Reach((NORTH,))) == []
    assert listed(conn, board="economy") == [] and listed(conn, trigger="help") == []
    with pytest.raises(NotFound, match="conference"):
        end_conference(conn, number, why="x", reach=Reach((NORTH,)), actor="2", now=later(6))
    [bare] = list_conferences(
        conn, reach=WHOLE_CITY, text_reach=NOTHING, narrowed=ConferenceFilter(), now=later(9), limit=5
    )
    assert bare.reason == ""


def test_a_conference_ends_by_itself_when_its_dispute_is_ruled_elsewhere(conn: Connection) -> None:
    case = refused(conn, "roads", "order")
    number = opened(conn, case, trigger="refusals", reason="")
    assert end_overtaken_conferences(conn, now=later(6), limit=9) == 0
    dispute = find_open_dispute(conn, case)
    assert dispute is not None
    rule(conn, draft=a_ruling(dispute), reach=WHOLE_CITY, actor="9", now=later(7))
    assert end_overtaken_conferences(conn, now=later(8), limit=9) == 1
    assert (read(conn, number).state, read(conn, number).end_reason) == ("ended", "overtaken")
    with pytest.raises(Conflict, match="over"):
        decided(conn, number)


def test_a_conference_ends_with_its_case_and_its_link_says_so(conn: Connection) -> None:
    case = accept_case(conn, file_case(conn), standard=None, actor="5", now=later(0.1))
    number = opened(conn, case)
    void_case(conn, held(conn, case.case_no), reason="Said twice", actor="5", now=later(6))
    found = read(conn, number)
    assert (found.state, found.end_reason, found.closed_at) == ("ended", "overtaken", later(6))
    chain = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    assert [event.kind for event in chain][-2:] == ["case.voided", "case.conference_ended"]
    assert chain[-1].payload["conference"] == number and set(case.current_path) <= set(chain[-1].path)
    assert verify_chain(chain) is None
    assert end_overtaken_conferences(conn, now=later(7), limit=9) == 0


def test_who_sits_at_the_table_reads_what_is_said_there_and_nobody_else(conn: Connection) -> None:
    case = handed(conn)
    number = ready(conn, case)

    def seen(*own: str) -> list[str]:
        found = list_conferences(
            conn, reach=NOTHING, text_reach=NOTHING, narrowed=ConferenceFilter(), now=later(8), limit=9, own=set(own)
        )
        return [one.reason for one in found]

    assert seen("order") == seen("sanitation") == ["三个单位都管一点"]
    assert seen("traffic") == seen() == []
    whole = get_conference(conn, number, reach=NOTHING, text_reach=NOTHING, now=later(8), own={"roads"})
    assert whole.minutes[0].text.startswith("市政")
    with pytest.raises(NotFound):
        get_conference(conn, number, reach=NOTHING, text_reach=NOTHING, now=later(8), own={"traffic"})


def test_a_member_is_a_unit_that_there_is_also_a_neighbouring_street(conn: Connection) -> None:
    number = opened(conn, handed(conn), members=(Member("@street"), Member(f"@{NORTH}", "Nora")))
    for unit in ("nobody", "@330199009", "@moon"):
        with pytest.raises(Invalid) as told:
            join(conn, number, members=[Member(unit)], reach=WHOLE_CITY, now=later(6))
        assert told.value.field == "members"
    found = get_conference(conn, number, reach=WHOLE_CITY, text_reach=WHOLE_CITY, now=later(8))
    assert set(found.members) == {Member(f"@{SOUTH}"), Member(f"@{NORTH}", "Nora"), Member("sanitation")}


def test_the_owner_ends_his_action_though_he_never_saw_the_case(conn: Connection) -> None:
    number = ready(conn, handed(conn))
    for owner in ("order", "roads"):
        draft = ActionDraft(owner, "Fence it", later(9))
        assign(conn, number, drafts=[draft], reach=WHOLE_CITY, actor="2", now=later(8))
    end: dict[str, Any] = {"state": "done", "note": "", "own": {"order"}, "reach": NOTHING, "actor": "7"}
    with pytest.raises(NotFound):
        finish_action(conn, number, 2, now=later(8), **end)
    finish_action(conn, number, 1, now=later(8), **end)
    found = get_conference(conn, number, reach=WHOLE_CITY, text_reach=WHOLE_CITY, now=later(8))
    assert [one.state for one in found.actions] == ["done", "open"]


def test_the_list_of_due_cases_goes_on_where_a_page_ended(conn: Connection) -> None:
    calling = [refused(conn, "roads", "order").case_no for _ in range(3)]
    first = list_due(conn, reach=WHOLE_CITY, now=later(9), limit=2)
    rest = list_due(conn, reach=WHOLE_CITY, now=later(9), limit=9, behind=(first[-1].since, first[-1].case_no))
    assert [one.case_no for one in (*first, *rest)] == sorted(calling)
