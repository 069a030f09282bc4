"""Acts on a case: what each changes, what it writes beside, and what it refuses."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import (
    LockedCase,
    find_open_dispute,
    lock_case,
    move_case,
    open_disputes,
    read_transitions,
)
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.interim import note_cost, order_interim
from spatial.cases.disputes.permitted import PERMISSIONS, list_legal
from spatial.cases.disputes.referring import contact_case, recall_case, refer_case
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.disputes.returning import return_case
from spatial.errors import Conflict, Forbidden, IllegalAct, Invalid, LockedByRuling, NotFound
from spatial.store.events import list_events
from spatial.store.reach import Reach
from tests.acting import NOW, add_rows, file_case, held, later
from tests.worlds import NORTH, SOUTH, WILLOW, B, W

_STANDARDS = """INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit)
    VALUES
    ('pothole', 1, 'deeper than 5 cm', 'filled', 4, 'working_hour'),
    ('pothole', 2, 'shallower', 'filled', 5, 'working_day'),
    ('stall', 1, 'blocks the walk', 'gone', 2, 'urgent_hour')"""
_PROVIDERS = """INSERT INTO provider (code, name, kind, contact) VALUES
    ('fixit', 'Fixit', 'market', '1'), ('kin', 'Kin', 'social', '2')"""
# A matter that nobody is named for, one that two are, and what a ruling leaves.
_GAP = """INSERT INTO matter (code, name, step_limit, due_limit) VALUES
    ('noise', 'Noise', interval '1 hour', interval '1 day')"""
_CONFLICT = """INSERT INTO responsibility (matter, place_kind, place_level, lead, basis, during, adopted_at,
    recorded_at, recorded_by)
    VALUES ('litter', 'level', 1, 'order', 'another list', '(,)', '-infinity', now(), 'system')"""


def accept(conn: Connection, case: LockedCase, standard: int | None = None) -> LockedCase:
    return accept_case(conn, case, standard=standard, actor="7", now=later(1))


def dispatch(conn: Connection, case: LockedCase, **named: Any) -> LockedCase:
    words = {"lead": None, "assisting": None, "reason": None} | named
    return dispatch_case(conn, case, actor="7", now=later(2), **words)


def hand_back(conn: Connection, case: LockedCase, **said: Any) -> LockedCase:
    words: dict[str, Any] = {"unit": None, "reason": "Not our bag.", "basis": "Duty list 3", "own": None} | said
    return return_case(conn, case, actor="9", now=later(3), **words)


def sort(conn: Connection, case: LockedCase, category: str, **said: Any) -> LockedCase:
    words: dict[str, Any] = {"attributes": None, "standard": None} | said
    return sort_case(conn, case, category=category, actor="7", now=later(1), **words)


def dispute(conn: Connection, case: LockedCase) -> LockedCase:
    return dispute_case(conn, case, note="Who knows?", actor="7", now=later(2))


def pending(conn: Connection, category: str = "litter", **named: Any) -> LockedCase:
    return dispatch(conn, accept(conn, file_case(conn, category)), **named)


def kinds(conn: Connection, case: LockedCase) -> list[str]:
    links = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    return [link.kind.removeprefix("case.") for link in links]


def last(conn: Connection, case: LockedCase) -> Any:
    return list_events(conn, district=case.district, subject="case", subject_id=case.case_no)[-1]


def asked(conn: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.exec_driver_sql(sql, execution_options={"no_parameters": True})]


def test_a_case_goes_from_reported_to_the_decided_unit(conn: Connection) -> None:
    case = pending(conn)
    assert (case.state, case.step, case.lead, case.holders) == ("pending", "handed_over", "sanitation", ("sanitation",))
    assert f"sanitation@{SOUTH}" in case.parties and "sanitation@" in last(conn, case).path
    assert kinds(conn, case) == ["reported", "filed", "dispatched"]
    told = last(conn, case).payload
    assert (told["from"], told["to"], told["act"]) == ("filed", "pending", "dispatch")
    assert told["other_than_decided"] is False


def test_a_case_outside_the_reach_is_not_there(conn: Connection) -> None:
    case = file_case(conn)
    with pytest.raises(NotFound):
        lock_case(conn, reach=Reach((NORTH,)), case_no=case.case_no)
    with pytest.raises(NotFound):
        lock_case(conn, reach=Reach(("sanitation@",)), case_no=case.case_no)
    dispatch(conn, accept(conn, case))
    assert lock_case(conn, reach=Reach((f"sanitation@{WILLOW}",)), case_no=case.case_no).lead == "sanitation"


def test_an_illegal_act_changes_nothing_and_tells_the_legal_ones(conn: Connection) -> None:
    case = file_case(conn)
    with pytest.raises(IllegalAct) as refused:
        dispatch(conn, case)
    assert refused.value.legal == [
        "accept", "ask_check", "dispute", "escalate", "handle_own", "merge", "order_down", "refer", "sort", "supervise",
        "verify_report", "void",
    ]  # fmt: skip
    assert held(conn, case.case_no) == case and kinds(conn, case) == ["reported"]


def test_a_move_takes_no_column_that_acts_do_not_own(conn: Connection) -> None:
    case = file_case(conn)
    with pytest.raises(ValueError, match="unit"):
        move_case(conn, case, act="accept", to_state="filed", changes={"unit": B}, actor="7", now=NOW, payload={})


def test_a_case_without_a_matter_is_sorted_before_it_is_accepted(conn: Connection) -> None:
    case = file_case(conn, None)
    for act in (accept, dispute):
        with pytest.raises(Conflict, match="sort it first"):
            act(conn, case)
    assert accept(conn, sort(conn, case, "litter")).state == "filed"


def test_the_standard_of_a_matter_is_chosen_or_chooses_itself(conn: Connection) -> None:
    add_rows(conn, _STANDARDS)
    deep, shallow, blocks = [row[0] for row in asked(conn, "SELECT id FROM handling_standard ORDER BY id")]
    pothole = file_case(conn, "pothole")
    with pytest.raises(Invalid, match="deeper than 5 cm"):
        accept(conn, pothole)
    with pytest.raises(Invalid, match="none of the matter pothole"):
        accept(conn, pothole, blocks)
    assert accept(conn, pothole, shallow).standard == shallow != deep
    assert accept(conn, file_case(conn, "stall")).standard == blocks
    assert accept(conn, file_case(conn, "litter")).standard is None
    with pytest.raises(Invalid, match="it has none"):
        accept(conn, file_case(conn, "litter"), deep)


def test_another_matter_has_another_owner_and_keeps_the_decision_before(conn: Connection) -> None:
    case = file_case(conn, "litter")
    moved = sort(conn, case, "pothole", attributes={"road": "trunk"})
    assert moved.owner["lead"]["ref"] == "roads" and moved.category == "pothole"
    assert moved.attributes == {"road": "trunk"} and moved.platform == "service"
    [(cause, before, ordinal)] = asked(conn, "SELECT cause, owner, ordinal FROM case_decision")
    assert (cause, before["lead"]["ref"], ordinal) == ("sort", "sanitation", 1)
    again = sort(conn, moved, "stall")
    assert again.attributes == {"road": "trunk"} and again.platform == "enforcement"
    assert asked(conn, "SELECT max(ordinal) FROM case_decision") == [(2,)]
    limits = f"SELECT due_at - received_at FROM case_file WHERE case_no = '{case.case_no}'"
    assert asked(conn, limits) == [(timedelta(days=2),)]


def test_a_matter_that_is_none_is_refused(conn: Connection) -> None:
    with pytest.raises(Invalid) as refused:
        sort(conn, file_case(conn), "nothing")
    assert refused.value.field == "category"


def test_an_override_of_what_sorting_said_is_logged(conn: Connection) -> None:
    case = file_case(conn, None)
    said = '{"category": "litter", "confidence": 0.6, "by": "keywords", "took": false}'
    add_rows(conn, f"UPDATE case_file SET sorted = '{said}' WHERE case_no = '{case.case_no}'")
    agreed = sort(conn, held(conn, case.case_no), "litter")
    assert asked(conn, "SELECT count(*) FROM sorting_override") == [(0,)]
    sort(conn, agreed, "pothole")
    logged = asked(conn, "SELECT suggested, confidence, by, chosen, actor FROM sorting_override")
    assert [(row[0], round(row[1], 3), *row[2:]) for row in logged] == [("litter", 0.6, "keywords", "pothole", "7")]


def test_a_matter_that_nobody_answers_for_becomes_a_dispute_by_sorting(conn: Connection) -> None:
    add_rows(conn, _GAP)
    case = sort(conn, file_case(conn, None), "noise")
    assert case.state == "disputed" and find_open_dispute(conn, case) is not None
    assert asked(conn, "SELECT entry FROM dispute") == [("no_rule",)]
    assert kinds(conn, case) == ["reported", "sorted", "disputed"]


def test_a_new_matter_that_settles_alone_withdraws_the_dispute(conn: Connection) -> None:
    case = dispute(conn, accept(conn, file_case(conn)))
    add_rows(conn, _CONFLICT)
    still = sort(conn, case, "litter")
    assert still.state == "disputed" and still.owner["certainty"] == "ambiguous"
    settled = sort(conn, still, "pothole")
    assert settled.state == "filed" and find_open_dispute(conn, settled) is None
    assert asked(conn, "SELECT state FROM dispute") == [("withdrawn",)]
    assert dispatch(conn, settled).lead == "roads"


def test_withdrawing_a_dispute_writes_its_last_alarms_and_closes_its_brief(conn: Connection) -> None:
    case = dispute(conn, accept(conn, file_case(conn)))
    add_rows(
        conn,
        """INSERT INTO brief (number, period_from, period_until, issued_at)
        VALUES ('B-1', '2026-05-01', '2026-05-08', '2026-05-08'); UPDATE dispute SET brief = (SELECT id FROM brief)""",
    )
    sort_case(conn, case, category="pothole", attributes=None, standard=None, actor="7", now=later(24 * 32))
    assert asked(conn, "SELECT count(*) FROM dispute_alarm") == [(3,)]
    assert asked(conn, "SELECT closed_at FROM brief") == [(later(24 * 32),)]


def test_a_matter_chosen_for_a_filed_case_needs_its_standard(conn: Connection) -> None:
    add_rows(conn, _STANDARDS)
    case = accept(conn, file_case(conn))
    with pytest.raises(Invalid) as refused:
        sort(conn, case, "pothole")
    assert refused.value.field == "standard"
    assert sort(conn, case, "stall").standard is not None


def test_another_lead_than_the_decided_one_needs_a_reason_and_is_marked(conn: Connection) -> None:
    case = accept(conn, file_case(conn))
    with pytest.raises(Invalid) as refused:
        dispatch(conn, case, lead="order")
    assert refused.value.field == "reason"
    moved = dispatch(conn, case, lead="order", assisting=["sanitation", f"@{SOUTH}"], reason="They asked for it.")
    assert moved.holders == ("order", "sanitation") and moved.assisting == ("sanitation", f"@{SOUTH}")
    told = last(conn, moved).payload
    assert told["other_than_decided"] and told["decided"] == "sanitation" and "asked" not in str(told)
    assert asked(conn, "SELECT act, note FROM case_note") == [("dispatch", "They asked for it.")]


def test_an_open_decision_needs_a_lead_and_no_reason(conn: Connection) -> None:
    add_rows(conn, _CONFLICT)
    case = accept(conn, file_case(conn))
    with pytest.raises(Invalid, match="order or sanitation|sanitation or order"):
        dispatch(conn, case)
    assert not last(conn, dispatch(conn, case, lead="order")).payload["other_than_decided"]


def test_a_border_between_two_units_leaves_the_department_certain(conn: Connection) -> None:
    case = accept(conn, file_case(conn, position=(120.003, 30.0012)))
    assert (case.certainty, case.owner["certainty"]) == ("ambiguous", "certain") and len(case.candidates) == 2
    assert not case.owner["alternatives"] and dispatch(conn, case).lead == "sanitation"


def test_at_a_made_up_position_the_only_lead_must_be_named_and_the_refusal_says_why(conn: Connection) -> None:
    case = accept(conn, file_case(conn, position=(120.003, 30.0015)))  # the middle of a community
    assert case.owner["certainty"] == "ambiguous" and not case.owner["alternatives"]
    with pytest.raises(Invalid, match="it may be sanitation; the position is the middle of an upper cell"):
        dispatch(conn, case)
    sorted_anew = sort(conn, case, "pothole")
    assert sorted_anew.owner["certainty"] == "ambiguous" and sorted_anew.owner["doubt"]
    assert not last(conn, dispatch(conn, sorted_anew, lead="roads")).payload["other_than_decided"]


def test_a_decision_of_the_older_form_is_open_only_where_its_lead_is(conn: Connection) -> None:
    case = accept(conn, file_case(conn))
    older = {name: value for name, value in case.owner.items() if name != "doubt"} | {"certainty": "ambiguous"}
    assert dispatch(conn, replace(case, owner=older)).lead == "sanitation"
    doubted = older | {"reasons": [{"rule": "fallback", "says": "a form begins here", "says_zh": ""}]}
    with pytest.raises(Invalid, match="a form begins here"):
        dispatch(conn, replace(case, owner=doubted))


def test_units_that_are_unknown_ended_or_elsewhere_are_refused(conn: Connection) -> None:
    add_rows(conn, "INSERT INTO department (code, name, during) VALUES ('old', 'Old', '(,2026-01-01)')")
    case = accept(conn, file_case(conn))
    for unit in ("nobody", "old", f"@{NORTH}", "@nowhere", "@"):
        with pytest.raises(Invalid) as refused:
            dispatch(conn, case, lead=unit, reason="why not")
        assert refused.value.field == "lead", unit
        with pytest.raises(Invalid) as refused:
            dispatch(conn, case, assisting=[unit])
        assert refused.value.field == "assisting", unit
    with pytest.raises(Invalid, match="does not assist in it as well"):
        dispatch(conn, case, assisting=["sanitation"])


def test_a_level_names_the_body_of_the_place(conn: Connection) -> None:
    case = dispatch(conn, accept(conn, file_case(conn)), lead="@street", reason="The street asked for it.")
    assert case.lead == f"@{SOUTH}" and case.holders == () and case.state == "pending"


def test_whoever_returns_a_case_loses_it_and_its_screens_hear_of_it(conn: Connection) -> None:
    case = hand_back(conn, pending(conn), own={"sanitation"})
    assert (case.state, case.lead, case.holders, case.returns) == ("returned", None, (), 1)
    assert "sanitation@" in last(conn, case).path
    rows = asked(conn, "SELECT ordinal, unit, reason, basis, actor FROM case_return")
    assert rows == [(1, "sanitation", "Not our bag.", "Duty list 3", "9")]
    assert "bag" not in str(last(conn, case).payload)
    with pytest.raises(NotFound):
        lock_case(conn, reach=Reach(("sanitation@",)), case_no=case.case_no)


def test_a_handler_returns_for_his_own_department_and_only_as_lead(conn: Connection) -> None:
    case = pending(conn, assisting=["roads"])
    with pytest.raises(Conflict, match="roads assists in it"):
        hand_back(conn, case, own={"roads"})
    with pytest.raises(Forbidden):
        hand_back(conn, case, unit="sanitation", own={"roads"})
    with pytest.raises(Conflict, match="does not hold it"):
        hand_back(conn, case, unit="order")


def test_one_return_too_many_is_a_dispute(conn: Connection) -> None:
    first = hand_back(conn, pending(conn))
    again = hand_back(conn, dispatch(conn, first, lead="order", reason="Perhaps they."))
    assert again.state == "disputed" and again.returns == 2 and again.holders == ()
    assert asked(conn, "SELECT entry, state FROM dispute") == [("returns", "open")]
    assert kinds(conn, again)[-2:] == ["returned", "disputed"]
    assert asked(conn, "SELECT unit FROM case_return ORDER BY ordinal") == [("sanitation",), ("order",)]


def test_how_many_returns_are_too_many_is_a_setting(conn: Connection) -> None:
    add_rows(conn, "UPDATE setting SET value = '1' WHERE key = 'returns_to_dispute'")
    assert hand_back(conn, pending(conn)).state == "disputed"


def test_a_demand_of_the_market_goes_to_its_provider_with_a_limit(conn: Connection) -> None:
    add_rows(conn, _PROVIDERS)
    case = file_case(conn)
    for nature, provider in (("social", "fixit"), ("market", "nobody")):
        with pytest.raises(Invalid) as refused:
            refer_case(conn, case, nature=nature, provider=provider, actor="7", now=later(1))
        assert refused.value.field == "provider"
    moved = refer_case(conn, case, nature="market", provider="fixit", actor="7", now=later(1))
    assert (moved.state, moved.provider, moved.contact_due_at) == ("referred", "fixit", later(1.25))
    assert asked(conn, "SELECT count(*) FROM government_case") == [(0,)]
    called = contact_case(conn, moved, actor="7", now=later(2))
    assert called.contacted_at == later(2) and last(conn, called).payload["in_time"] is False
    with pytest.raises(Conflict, match="already"):
        contact_case(conn, called, actor="7", now=later(3))
    back = recall_case(conn, called, note="It is ours.", standard=None, actor="7", now=later(4))
    assert (back.state, back.nature, back.provider, back.contact_due_at) == ("filed", "government", None, None)
    assert asked(conn, "SELECT act, note FROM case_note") == [("recall", "It is ours.")]
    assert asked(conn, "SELECT count(*) FROM government_case") == [(1,)]


def test_referring_a_dispute_withdraws_it(conn: Connection) -> None:
    add_rows(conn, _PROVIDERS)
    case = dispute(conn, file_case(conn))
    assert refer_case(conn, case, nature="social", provider="kin", actor="7", now=later(3)).state == "referred"
    assert asked(conn, "SELECT state, settled_at FROM dispute") == [("withdrawn", later(3))]


def test_a_body_acts_first_without_becoming_the_lead(conn: Connection) -> None:
    add_rows(conn, _GAP)
    case = file_case(conn, "noise")
    assert case.state == "disputed"
    ordered = order_interim(conn, case, unit=None, note="Sweep it.", actor="9", now=later(1))
    assert ordered.lead is None and ordered.state == "disputed"
    [(unit, cost)] = asked(conn, "SELECT unit, cost FROM interim_order")
    assert unit == f"@{WILLOW}" and cost is None
    for named in ("roads", f"@{NORTH}"):
        with pytest.raises(Invalid) as refused:
            order_interim(conn, case, unit=named, note="Do it.", actor="9", now=later(1))
        assert refused.value.field == "unit"
    noted = note_cost(conn, ordered, cost=Decimal("12.50"), note="Two hours.", actor="7", now=later(2))
    assert asked(conn, "SELECT cost, cost_note FROM interim_order") == [(Decimal("12.50"), "Two hours.")]
    with pytest.raises(Conflict, match="no interim order"):
        note_cost(conn, noted, cost=Decimal(1), note="", actor="7", now=later(2))


def test_cases_just_filed_become_disputes_together(conn: Connection) -> None:
    one, other, filed = file_case(conn), file_case(conn, at=B), accept(conn, file_case(conn))
    keys = [(case.district, case.case_no) for case in (one, other, filed)]
    numbers = open_disputes(conn, keys, entry="no_rule", actor="system", now=NOW)
    assert set(numbers) == set(keys[:2])
    for case in (one, other):
        assert held(conn, case.case_no).state == "disputed" and kinds(conn, case) == ["reported", "disputed"]
        assert last(conn, case).payload["dispute"] == numbers[case.district, case.case_no]


def test_what_a_ruling_gave_to_a_unit_cannot_be_returned(conn: Connection) -> None:
    case = pending(conn)
    _rule_on(conn, other := dispute(conn, file_case(conn)))
    locked = f"UPDATE case_file SET ruling = 1, precedent = 'P-1' WHERE case_no = '{case.case_no}'"
    add_rows(conn, locked.replace("ruling = 1", "ruling = (SELECT id FROM ruling)"))
    with pytest.raises(LockedByRuling, match="P-1") as refused:
        hand_back(conn, held(conn, case.case_no))
    assert refused.value.extra["precedent"] == "P-1"
    brought = dispute(conn, held(conn, case.case_no))
    assert brought.state == "disputed" and brought.ruling is None and brought.precedent is None
    assert find_open_dispute(conn, other) is None


def test_a_case_that_was_ruled_on_itself_is_not_disputed_again(conn: Connection) -> None:
    case = dispute(conn, file_case(conn))
    _rule_on(conn, case)
    add_rows(
        conn,
        "UPDATE case_file SET state = 'pending', lead = 'roads', holders = '{roads}', open_tasks = 1, "
        f"step_due_at = due_at, ruling = (SELECT id FROM ruling) WHERE case_no = '{case.case_no}';"
        "INSERT INTO case_task (district, case_no, ordinal, unit, part, opened_at) "
        f"SELECT district, case_no, 1, 'roads', 'lead', now() FROM case_file WHERE case_no = '{case.case_no}'",
    )
    with pytest.raises(LockedByRuling, match="P-1"):
        dispute(conn, held(conn, case.case_no))


def _rule_on(conn: Connection, case: LockedCase) -> None:
    """Settle a dispute with a ruling and a precedent, and leave its case out of the court's hands."""
    number = find_open_dispute(conn, case)
    add_rows(
        conn,
        f"""UPDATE dispute SET state = 'ruled', settled_at = '{later(3).isoformat()}' WHERE id = {number};
        INSERT INTO ruling (dispute, form, members, lead, grounds, ruled_at, ruled_by, effective_from)
        VALUES ({number}, 'written_instruction', '{{Chair}}', 'roads', 'Duty list', now(), '9', now());
        INSERT INTO precedent (number, ruling, matter, area_kind, cells, origin, lead, in_force_from, recorded_at,
            words)
        SELECT 'P-1', id, 'litter', 'cells', '{{{W}}}', 'SRID=4326;POINT(120 30)', 'roads', now(), now(), ''
        FROM ruling;
        UPDATE case_file SET state = 'ruled', ruling = (SELECT id FROM ruling) WHERE case_no = '{case.case_no}'""",
    )


def test_a_viewer_is_told_the_acts_that_he_may_do_now(conn: Connection) -> None:
    table = read_transitions(conn)
    case = file_case(conn, None)
    clerk = {"sort", "accept", "dispatch", "dispute", "refer"}
    assert list_legal(case, clerk, transitions=table) == ["ask_check", "refer", "sort"]
    assert list_legal(case, {"sort", "accept"}, transitions=table) == ["ask_check", "sort"]
    assert list_legal(pending(conn), {"return"}, transitions=table, own={"sanitation"}) == ["return"]
    assert list_legal(pending(conn), {"return"}, transitions=table, own={"roads"}) == []


def test_every_act_of_the_table_has_a_permission_but_the_ruling(conn: Connection) -> None:
    acts = {act for _, act, _ in read_transitions(conn).moves}
    elsewhere = {"rule", "report", "supervise", "call_back", "evaluate", "confer", "decide", "ask_help"}
    assert acts - elsewhere == set(PERMISSIONS) - elsewhere
