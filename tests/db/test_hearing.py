"""Whom a case's citizen is heard by, how often he is tried, and what comes of it where he stays dissatisfied."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.evaluation.answering import can_be_said, record_call_back
from spatial.cases.evaluation.by_link import answer_by_link, find_promise, is_asked
from spatial.cases.evaluation.call_backs import Said, list_call_backs, list_waiting, mark_unreasonable
from spatial.cases.evaluation.evaluations import evaluate_case, give_score, list_evaluations, list_missing, list_notes
from spatial.cases.evaluation.settling import reopen_said, settle_case
from spatial.cases.lifecycle.ending import merge_case
from spatial.cases.lifecycle.handling import receive_case
from spatial.cases.port.askers import get_asked, give_links
from spatial.cases.port.delivering import SQL as DELIVERING
from spatial.cases.port.status import get_status
from spatial.errors import Conflict, Forbidden, IllegalAct, Invalid
from spatial.store.db import run
from spatial.store.events import list_events, verify_chain
from spatial.store.reach import WHOLE_CITY
from tests.acting import add_rows, held
from tests.living import CLERK, HANDLER, OFFICER, OPERATOR, SUPERVISOR, Life, close, live, utc
from tests.worlds import T

MONDAY = utc("2026-10-12T09:00")
NOBODY = Said("not_reached")
HAPPY = Said("satisfied", "fixed", score=5)
ANGRY = Said("dissatisfied", "not_fixed", "It is still there.", 1)


def _at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def _closed(conn: Connection, source: str = "public") -> LockedCase:
    return live(conn, Life("litter", MONDAY, source=source, closed_h=3.0))


def _call(conn: Connection, case: LockedCase, said: Said, hours: float, **who: Any) -> LockedCase:
    by: dict[str, Any] = {"spoken_by": "clerk", "actor": OPERATOR} | who
    return record_call_back(conn, held(conn, case.case_no), said=said, now=_at(hours), **by)


def _link(conn: Connection, case: LockedCase) -> str:
    [report] = conn.exec_driver_sql("SELECT report_id FROM case_asker WHERE case_no = %s", (case.case_no,)).one()
    return give_links(conn, [report], now=MONDAY)[report]


def _score(conn: Connection, case: LockedCase, *subjects: str) -> LockedCase:
    for subject in subjects:
        case = give_score(conn, case, subject=subject, score=4, words="", actor=OFFICER, now=_at(200))
    return case


def _missed(conn: Connection) -> tuple[LockedCase, str]:
    """A case whose citizen was tried three times, on three days."""
    case = _closed(conn)
    for hours in (5, 29, 53):
        last = _call(conn, case, NOBODY, hours)
    return last, _link(conn, case)


def _twice(conn: Connection) -> tuple[LockedCase, str]:
    """A case whose citizen was dissatisfied, and again when it had been handled anew."""
    case = _closed(conn)
    again = _call(conn, case, ANGRY, 5)
    close(conn, again, Life("litter", MONDAY), _at(8))
    return _call(conn, case, ANGRY, 9, spoken_by="citizen", actor="public"), _link(conn, case)


def _kinds(conn: Connection, case: LockedCase) -> list[str]:
    events = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    verify_chain(events)
    return [event.kind for event in events]


# Who may not speak for him.


@pytest.mark.parametrize(
    ("actor", "own", "why"),
    [(OPERATOR, frozenset(["sanitation"]), "speak for sanitation"), (HANDLER, None, "yourself"),
     (OFFICER, frozenset(), "closed this case yourself")],
)  # fmt: skip
def test_who_had_a_part_in_a_case_does_not_hear_its_citizen(
    conn: Connection, actor: str, own: frozenset[str] | None, why: str
) -> None:
    case = _closed(conn)
    assert not can_be_said(conn, case, "call_back", own=own, actor=actor)
    with pytest.raises(Forbidden, match=why):
        _call(conn, case, HAPPY, 5, actor=actor, own=own)
    assert list_call_backs(conn, case.key) == [] and list_evaluations(conn, case.key) == []
    assert can_be_said(conn, case, "call_back", own=frozenset(["roads"]), actor=CLERK)
    assert _call(conn, case, HAPPY, 5, actor=CLERK, own=frozenset(["roads"])).state == "called_back"


def test_a_unit_that_assisted_has_its_part_too(conn: Connection) -> None:
    case = replace(_closed(conn), assisting=("roads",))
    assert not can_be_said(conn, case, "call_back", own=frozenset(["roads"]), actor=CLERK)
    assert can_be_said(conn, case, "call_back", own=frozenset(["order"]), actor=CLERK)


# How often he is tried.


def test_tries_that_reach_nobody_are_spaced_over_working_hours(conn: Connection) -> None:
    case = _closed(conn)
    _call(conn, case, NOBODY, 5)  # Monday 14:00
    for hours in (5.001, 8.9):
        with pytest.raises(Conflict, match="try at another hour, from 2026-10-12 18:00 on"):
            _call(conn, case, NOBODY, hours)
    assert len(list_call_backs(conn, case.key)) == 1
    assert _call(conn, case, NOBODY, 29).state == "closed"
    assert _call(conn, case, HAPPY, 29.5).state == "called_back", "who calls himself is heard at any time"


def test_how_far_apart_tries_lie_is_a_setting(conn: Connection) -> None:
    value = '{"amount": 1, "unit": "urgent_hour"}'
    add_rows(conn, f"UPDATE setting SET value = '{value}' WHERE key = 'call_back_spacing'")
    case = _closed(conn)
    _call(conn, case, NOBODY, 5)
    assert _call(conn, case, NOBODY, 6).state == "closed"


def test_who_was_not_reached_in_any_try_is_no_more_called(conn: Connection) -> None:
    case, _ = _missed(conn)
    assert case.state == "called_back" and case.call_back == 3
    with pytest.raises(Conflict, match="as often as is asked"):
        _call(conn, case, NOBODY, 77)


def test_his_own_first_word_still_counts_when_all_others_have_scored(conn: Connection) -> None:
    case, token = _missed(conn)
    case = _score(conn, case, "department", "report")
    assert case.state == "evaluated" and is_asked(conn, get_asked(conn, token=token))
    after = answer_by_link(conn, token=token, said=HAPPY, now=_at(300))
    assert (after.state, after.call_back) == ("evaluated", 4)
    assert [one.subject for one in list_evaluations(conn, case.key)] == ["department", "report", "result"]
    assert _kinds(conn, case)[-3:] == ["case.evaluated", "case.called_back", "case.evaluated"]
    assert not is_asked(conn, get_asked(conn, token=token))
    with pytest.raises(Conflict, match="has said"):
        answer_by_link(conn, token=token, said=ANGRY, now=_at(301))


def test_his_late_word_reopens_an_evaluated_case(conn: Connection) -> None:
    case, token = _missed(conn)
    _score(conn, case, "department", "report")
    after = answer_by_link(conn, token=token, said=ANGRY, now=_at(300))
    assert (after.state, after.reopens, after.call_back, after.archived_at) == ("handling", 1, None, None)


def test_an_evaluated_case_that_nobody_missed_takes_no_word(conn: Connection) -> None:
    case = _score(conn, _closed(conn, source="grid"), "department", "report")
    assert case.state == "evaluated"
    assert not can_be_said(conn, case, "call_back", own=frozenset(), actor=OPERATOR)
    with pytest.raises(Conflict, match="no citizen was missed"):
        _call(conn, case, HAPPY, 300)


# What comes before the supervisor.


def test_what_waits_for_the_supervisor_is_not_evaluated_meanwhile(conn: Connection) -> None:
    case, _ = _twice(conn)
    assert list_missing(conn, case) == ["supervisor", "department", "report"]
    case = _score(conn, case, "department", "report")
    assert case.state == "called_back"
    with pytest.raises(Conflict, match="supervisor"):
        evaluate_case(conn, case, actor=OPERATOR, now=_at(201))
    with pytest.raises(IntegrityError, match="evaluated_when_settled"), conn.begin_nested():
        add_rows(conn, f"UPDATE case_file SET state = 'evaluated', step = 'evaluated' WHERE case_no = '{case.case_no}'")


def test_it_stays_closed_with_a_reason_that_the_citizen_reads(conn: Connection) -> None:
    case, token = _twice(conn)
    case = _score(conn, case, "department", "report")
    said = "It is swept every day, and we saw it clean."
    after = settle_case(conn, case, outcome="stays_closed", reason=said, actor=SUPERVISOR, now=_at(210))
    assert after.state == "evaluated" and list_waiting(conn, reach=WHOLE_CITY, limit=9) == []
    last = list_call_backs(conn, case.key)[-1]
    assert (last.settled_as, last.settled_by, last.settled_at) == ("stays_closed", SUPERVISOR, _at(210))
    assert _kinds(conn, case)[-2:] == ["case.call_back_settled", "case.evaluated"]
    told = [(one.kind, one.words) for one in get_status(conn, token=token, now=_at(211)).answers]
    assert told[-1] == ("settled", said)
    assert said in [note.note for note in list_notes(conn, case.key)]
    with pytest.raises(IllegalAct):
        settle_case(conn, after, outcome="stays_closed", reason=said, actor=SUPERVISOR, now=_at(212))


def test_the_supervisor_has_it_reopened_and_the_citizen_is_told(conn: Connection) -> None:
    case, token = _twice(conn)
    after = settle_case(conn, case, outcome="reopen", reason="They are right.", actor=SUPERVISOR, now=_at(12))
    assert (after.state, after.reopens) == ("handling", 2)
    assert list_call_backs(conn, case.key)[-1].settled_as == "reopen"
    assert _kinds(conn, case)[-2:] == ["case.call_back_settled", "case.reopened"]
    told = [one.kind for one in get_status(conn, token=token, now=_at(13)).answers]
    assert told[-1] == "reopened" and "settled" not in told


def test_reopening_by_the_act_settles_what_waited(conn: Connection) -> None:
    case, _ = _twice(conn)
    after = reopen_said(conn, case, reason="They are right.", actor=SUPERVISOR, now=_at(12))
    assert after.state == "handling" and list_waiting(conn, reach=WHOLE_CITY, limit=9) == []
    assert list_call_backs(conn, case.key)[-1].settled_as == "reopen"


def test_nothing_is_settled_where_nothing_waits(conn: Connection) -> None:
    case = _call(conn, _closed(conn), HAPPY, 5)
    assert not can_be_said(conn, case, "settle_call_back", own=frozenset(), actor=SUPERVISOR)
    with pytest.raises(Conflict, match="nothing of this case waits"):
        settle_case(conn, case, outcome="stays_closed", reason="So", actor=SUPERVISOR, now=_at(6))
    waiting, _ = _twice(conn)
    assert can_be_said(conn, waiting, "settle_call_back", own=frozenset(), actor=SUPERVISOR)
    assert not can_be_said(conn, waiting, "settle_call_back", own=frozenset(), actor=OFFICER), "he closed it"
    with pytest.raises(Invalid, match="reopen or stays_closed"):
        settle_case(conn, waiting, outcome="forget", reason="So", actor=SUPERVISOR, now=_at(12))


def test_the_form_promises_what_will_be(conn: Connection) -> None:
    case = _closed(conn)
    token = _link(conn, case)
    assert find_promise(conn, get_asked(conn, token=token)) == "reopened"
    close(conn, _call(conn, case, ANGRY, 5), Life("litter", MONDAY), _at(8))
    assert find_promise(conn, get_asked(conn, token=token)) == "supervisor"


def test_a_mark_is_told_in_the_chain(conn: Connection) -> None:
    case = _call(conn, _closed(conn), HAPPY, 5)
    mark_unreasonable(
        conn, case, ordinal=1, is_unreasonable=True, reason="He wants the lane", actor=SUPERVISOR, now=_at(6)
    )
    events = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    assert (events[-1].kind, events[-1].actor) == ("case.call_back_marked", SUPERVISOR)
    assert events[-1].payload["is_unreasonable"] is True and "lane" not in str(events[-1].payload)


# A case that citizens joined.


def _joined(conn: Connection) -> tuple[LockedCase, str]:
    """An officer's case that a citizen's was merged into, closed; and the citizen's link."""
    officers = live(conn, Life("litter", MONDAY, is_opened=False))
    citizens = live(conn, Life("litter", MONDAY, source="public", filed_h=None))
    token = _link(conn, citizens)
    merge_case(conn, citizens, into=officers, reason="The same bag", actor=CLERK, now=_at(1))
    case = receive_case(conn, held(conn, officers.case_no), own=None, actor=HANDLER, now=_at(1.5))
    return close(conn, case, Life("litter", MONDAY, outcome="not_fixed"), _at(3)), token


def test_an_officers_case_that_a_citizen_joined_is_called_back(conn: Connection) -> None:
    case, _ = _joined(conn)
    assert not case.is_citizens and case.has_citizens
    assert list_missing(conn, case) == ["call_back", "result", "department", "report"]
    case = _score(conn, case, "department", "report")
    assert case.state == "closed"
    with pytest.raises(Conflict, match="call_back"):
        evaluate_case(conn, case, actor=OPERATOR, now=_at(201))
    with pytest.raises(Conflict, match="citizen's to score"):
        _score(conn, case, "result")
    with pytest.raises(IntegrityError, match="citizen_is_asked"), conn.begin_nested():
        add_rows(conn, f"UPDATE case_file SET state = 'evaluated', step = 'evaluated' WHERE case_no = '{case.case_no}'")


def test_the_link_of_a_merged_case_answers_for_the_one_that_it_went_into(conn: Connection) -> None:
    case, token = _joined(conn)
    assert is_asked(conn, get_asked(conn, token=token))
    after = answer_by_link(conn, token=token, said=ANGRY, now=_at(5))
    assert (after.case_no, after.state, after.reopens) == (case.case_no, "handling", 1)
    assert [one.spoken_by for one in list_call_backs(conn, case.key)] == ["citizen"]
    assert not is_asked(conn, get_asked(conn, token=token))


def test_his_mail_asks_him_by_the_link_until_somebody_has_answered(conn: Connection) -> None:
    case, token = _joined(conn)
    key = f"'{case.district}', '{case.case_no}', {get_asked(conn, token=token).id}"
    columns = "district, case_no, asker, channel, kind, written_at, next_at"
    add_rows(conn, f"INSERT INTO outbox ({columns}) VALUES ({key}, 'email', 'closed', now(), now())")

    def link_for() -> str:
        [message] = conn.exec_driver_sql("SELECT max(id) FROM outbox").one()
        return str(run(conn, DELIVERING["subjects"], {"ids": [message]}).one().link_for)

    assert link_for() == "rate"
    _call(conn, case, NOBODY, 5)
    assert link_for() == "rate", "nobody was reached, and he may still say it himself"
    answer_by_link(conn, token=token, said=HAPPY, now=_at(6))
    assert link_for() == "read"


def test_an_officers_case_that_no_citizen_joined_needs_no_call_back(conn: Connection) -> None:
    case = live(conn, Life("litter", MONDAY, at=T))
    assert not case.has_citizens
