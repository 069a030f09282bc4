"""A citizen says by his secret link what he thinks of the result: once, and nobody says otherwise for him."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.by_link import answer_by_link, is_asked
from spatial.cases.evaluation.call_backs import Said, list_call_backs
from spatial.cases.evaluation.evaluations import give_score, list_evaluations
from spatial.cases.port.askers import get_asked, give_links
from spatial.errors import Conflict, Forbidden, GridmapsError, Invalid, NotFound
from spatial.store.opening import Store
from tests.acting import held
from tests.living import CLERK, OPERATOR, Life, close, live, utc, with_photo
from tests.racing import PATIENCE_S, joined
from tests.worlds import T

MONDAY = utc("2026-10-12T09:00")
HAPPY = Said("satisfied", "fixed", score=5)
ANGRY = Said("dissatisfied", "not_fixed", "It is still there.", 1)
SOON = MONDAY + timedelta(hours=5)
Answer = Callable[[Connection], object]


def _closed(conn: Connection, **more: object) -> tuple[LockedCase, str]:
    with_photo(conn)
    case = live(conn, Life("litter", MONDAY, source="public", **({"closed_h": 3.0} | more)))  # type: ignore[arg-type]
    return case, _link(conn, case)


def _link(conn: Connection, case: LockedCase) -> str:
    [report] = conn.exec_driver_sql("SELECT report_id FROM case_asker WHERE case_no = %s", (case.case_no,)).one()
    return give_links(conn, [report], now=MONDAY)[report]


def test_a_citizen_answers_and_is_not_asked_again(conn: Connection) -> None:
    case, token = _closed(conn)
    asked = get_asked(conn, token=token)
    assert is_asked(conn, asked)
    after = answer_by_link(conn, token=token, said=HAPPY, now=SOON)
    assert after.state == "called_back" and not is_asked(conn, asked)
    [said] = list_call_backs(conn, case.key)
    assert (said.spoken_by, said.verdict, said.actor) == ("citizen", "satisfied", "public")
    assert [(one.subject, one.score) for one in list_evaluations(conn, case.key)] == [("result", 5)]


def test_who_is_not_satisfied_gets_his_case_back_with_a_clock_that_starts_anew(conn: Connection) -> None:
    case, token = _closed(conn)
    after = answer_by_link(conn, token=token, said=ANGRY, now=SOON)
    assert (after.state, after.reopens, after.lead) == ("handling", 1, case.lead)
    assert case.due_at is not None and after.due_at is not None
    assert after.due_at - case.due_at == SOON - (case.dispatched_at or SOON)  # the limit, from the answer on
    with pytest.raises(Conflict, match="not closed"):
        answer_by_link(conn, token=token, said=HAPPY, now=SOON)
    close(conn, after, Life("litter", MONDAY), SOON + timedelta(hours=3))
    assert answer_by_link(conn, token=token, said=HAPPY, now=SOON + timedelta(hours=4)).state == "called_back"
    scores = [(one.cycle, one.score) for one in list_evaluations(conn, case.key)]
    assert scores == [(0, 1), (1, 5)], "the first answer stays beside the second, which is about another closing"


@pytest.mark.parametrize("other_link", [False, True])
def test_no_second_answer_by_whatever_link(conn: Connection, other_link: bool) -> None:
    case, token = _closed(conn)
    answer_by_link(conn, token=token, said=HAPPY, now=SOON)
    with pytest.raises(Conflict, match="has said"):
        answer_by_link(conn, token=_link(conn, case) if other_link else token, said=ANGRY, now=SOON)
    assert [one.verdict for one in list_call_backs(conn, case.key)] == ["satisfied"]


def test_a_clerk_neither_answers_after_the_citizen_nor_scores_before_him(conn: Connection) -> None:
    case, token = _closed(conn)
    with pytest.raises(Conflict, match="citizen's to score"):
        give_score(conn, case, subject="result", score=5, words="", actor=CLERK, now=SOON)
    answered = answer_by_link(conn, token=token, said=Said("satisfied", "fixed", score=2), now=SOON)
    with pytest.raises(Conflict, match="has said"):
        record_call_back(conn, answered, said=HAPPY, spoken_by="clerk", actor=OPERATOR, now=SOON)
    with pytest.raises(Conflict, match="not given twice"):
        give_score(conn, answered, subject="result", score=5, words="", actor=CLERK, now=SOON)
    assert [one.score for one in list_evaluations(conn, case.key)] == [2]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE case_evaluation SET score = 5", "DELETE FROM case_evaluation", "DELETE FROM case_call_back",
     "UPDATE case_call_back SET verdict = 'satisfied', outcome = 'fixed'"],
)  # fmt: skip
def test_the_application_itself_cannot_change_what_was_said(conn: Connection, statement: str) -> None:
    _, token = _closed(conn)
    answer_by_link(conn, token=token, said=HAPPY, now=SOON)
    with pytest.raises(ProgrammingError, match="permission denied"), conn.begin_nested():
        conn.exec_driver_sql(statement)


def test_only_a_closed_case_its_reporter_and_a_whole_answer_count(conn: Connection) -> None:
    case, token = _closed(conn)
    with pytest.raises(NotFound):
        answer_by_link(conn, token="nothing", said=HAPPY, now=SOON)
    for said, field in ((Said("not_reached"), "verdict"), (Said("satisfied", score=5), "outcome")):
        with pytest.raises(Invalid) as refused:
            answer_by_link(conn, token=token, said=said, now=SOON)
        assert refused.value.field == field
    open_, link = _closed_not(conn)
    assert not is_asked(conn, get_asked(conn, token=link)) and open_.closed_at is None
    with pytest.raises(Conflict, match="not closed"):
        answer_by_link(conn, token=link, said=HAPPY, now=SOON)
    conn.exec_driver_sql("UPDATE case_asker SET part = 'supporter' WHERE case_no = %s", (case.case_no,))
    assert not is_asked(conn, get_asked(conn, token=token))
    with pytest.raises(Forbidden, match="read along"):
        answer_by_link(conn, token=token, said=HAPPY, now=SOON)


def _closed_not(conn: Connection) -> tuple[LockedCase, str]:
    case = live(conn, Life("litter", MONDAY, source="public", at=T))
    return case, _link(conn, case)


def test_two_answers_at_once_are_one(fresh_db: Store) -> None:
    """The link in two windows and the clerk on the telephone, all at the same moment: one is kept."""
    with fresh_db.app.begin() as conn:
        case, token = _closed(conn)
    ways: list[Answer] = [
        lambda conn: answer_by_link(conn, token=token, said=HAPPY, now=SOON),
        lambda conn: answer_by_link(conn, token=token, said=Said("satisfied", "not_fixed", score=1), now=SOON),
        lambda conn: record_call_back(
            conn, held(conn, case.case_no), said=Said("satisfied", "fixed", score=3), spoken_by="clerk",
            actor=OPERATOR, now=SOON,
        ),
    ]  # fmt: skip
    refused: list[GridmapsError] = []
    begun = threading.Barrier(len(ways) * 2)

    def say(way: Answer) -> None:
        begun.wait(PATIENCE_S)
        try:
            with fresh_db.app.begin() as conn:
                way(conn)
        except GridmapsError as told:
            refused.append(told)

    threads = [threading.Thread(target=say, args=(way,)) for way in ways * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        joined(thread)
    assert len(refused) == 5 and all(isinstance(told, Conflict) for told in refused)
    with fresh_db.app.begin() as conn:
        assert len(list_call_backs(conn, case.key)) == len(list_evaluations(conn, case.key)) == 1
