"""What citizens are told: by every act, set-wise at intake, by a sweep; once, and nothing that lies between units."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase, find_open_dispute, open_dispute
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.disputes.rulings import RulingDraft, rule
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.drafts import ReportDraft
from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.call_backs import Said as HeardBack
from spatial.cases.intake import Filed, file_reports
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import merge_case, reopen_case, split_case, void_case
from spatial.cases.lifecycle.flexible import extend_case, resume_due, suspend_case
from spatial.cases.lifecycle.handling import receive_case, submit_case
from spatial.cases.port.delivering import SQL
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.outbox import add_target, count_messages
from spatial.cases.port.sentences import ORDER, say
from spatial.cases.port.status import Status, get_status
from spatial.cases.port.supporting import Support, support_case
from spatial.store.db import run
from spatial.store.reach import WHOLE_CITY
from tests.acting import NOW, add_rows, held, later, new_photo
from tests.db.test_acts import _GAP
from tests.worlds import SOUTH, B, W, inside

PHOTO = "a" * 64
_numbers = iter(range(70_000, 99_000))


@pytest.fixture(autouse=True)
def photo(conn: Connection) -> None:
    """What shows that something was done."""
    add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")


def _draft(category: str = "pothole", *, at: str = W, east: int = 0, **said: Any) -> ReportDraft:
    lon, lat = inside(at)
    fields = {"source": "public", "sender": "public", "reporter": {"email": f"{uuid4().hex}@home.example"}} | said
    return ReportDraft(
        id=uuid4(), lon=lon + east * 1e-5, lat=lat, accuracy_m=1.0, captured_at=NOW, text="Here.", category=category,
        **fields,
    )  # fmt: skip


def _file(conn: Connection, *drafts: ReportDraft, now: datetime = NOW) -> list[Filed]:
    return file_reports(conn, drafts=drafts, now=now, serials=lambda _p, _d, n: [next(_numbers) for _ in range(n)])


def _case(conn: Connection, filed: Filed) -> LockedCase:
    assert filed.case is not None, filed.refusal
    return held(conn, filed.case.case_no)


def _status(conn: Connection, filed: Filed) -> Status:
    return get_status(conn, token=filed.token or "", now=NOW)


def _kinds(conn: Connection, filed: Filed) -> list[str]:
    return [one.kind for one in _status(conn, filed).answers]


def _mails(conn: Connection) -> int:
    return int(conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE channel = 'email'").scalar_one())


def _dispatched(conn: Connection, filed: Filed) -> LockedCase:
    case = accept_case(conn, _case(conn, filed), standard=None, actor="5", now=later(0.1))
    return dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=later(0.2))


def _handled(conn: Connection, filed: Filed) -> LockedCase:
    return receive_case(conn, _dispatched(conn, filed), own=None, actor="7", now=later(0.3))


def _asked(conn: Connection, case: LockedCase, act: Any, phase: str, at: float, **said: Any) -> LockedCase:
    actor = "8" if phase == "ask" else "2"
    done: LockedCase = act(conn, case, phase=phase, reason="Rain, 13811112222", own=None, actor=actor, now=later(at),
                           **said)  # fmt: skip
    return done


def _rule(conn: Connection, case: LockedCase, *, at: datetime) -> None:
    dispute = find_open_dispute(conn, case)
    assert dispute is not None
    draft = RulingDraft(dispute, "written_instruction", ("Mayor",), "order", (), "It is the order's.",
                        ScopeDraft(Area("cells", cells=(SOUTH,))))  # fmt: skip
    rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=at)


def test_a_case_tells_its_whole_way_with_unit_date_and_outcome(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = _handled(conn, filed)
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    case = submit_case(conn, case, **words, actor="7", now=later(1))
    verify_result(conn, case, passed=False, reason="A rest is left.", actor="3", now=later(1.5))
    words |= {"photos_after": [new_photo(conn)]}
    case = submit_case(conn, held(conn, case.case_no), **words, actor="7", now=later(2))
    case = verify_result(conn, case, passed=True, reason=None, actor="3", now=later(3))
    reopen_case(conn, case, reason="Broken again", actor="2", now=later(4))
    assert _kinds(conn, filed) == [
        "received", "accepted", "handed_over", "in_work", "done", "reworked", "done", "closed", "reopened",
    ]  # fmt: skip
    by = {one.kind: one for one in _status(conn, filed).answers}
    due = datetime.fromisoformat(by["handed_over"].facts["due_at"])
    assert by["handed_over"].facts["unit"] == "Roads" and due > later(0.2)
    assert by["closed"].facts == {"outcome": "fixed"} and by["reopened"].facts["due_at"] > by["closed"].at.isoformat()
    assert all(one.words == "" for one in by.values())  # why it was sent back is between the units
    assert _mails(conn) == 9


def test_what_was_not_fixed_is_told_with_the_unit_s_reason_masked(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = submit_case(
        conn, _handled(conn, filed), outcome="not_possible", photos_after=[PHOTO], own=None, actor="7", now=later(1),
        note="Waits for the new pipes of 2027, ask 13811112222",
    )  # fmt: skip
    verify_result(conn, case, passed=True, reason=None, actor="3", now=later(2))
    done, closed = _status(conn, filed).answers[-2:]
    assert (done.kind, closed.kind) == ("done", "closed")
    assert done.words == closed.words == "Waits for the new pipes of 2027, ask ***"


def test_more_time_and_a_pause_are_told_when_they_are_granted_with_the_reason_masked(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = _asked(conn, _handled(conn, filed), extend_case, "ask", 1)
    case = _asked(conn, case, extend_case, "refuse", 1.1)
    before = case.due_at
    assert _kinds(conn, filed)[-1] == "in_work"
    case = _asked(conn, _asked(conn, case, extend_case, "ask", 1.2), extend_case, "approve", 1.3)
    told = _status(conn, filed).answers[-1]
    assert (told.kind, told.words) == ("delayed", "Rain, ***")
    assert before is not None and datetime.fromisoformat(told.facts["due_at"]) == case.due_at > before
    until = later(240)
    _asked(conn, _asked(conn, case, suspend_case, "ask", 2, until=until), suspend_case, "approve", 3, until=None)
    told = _status(conn, filed).answers[-1]
    assert (told.kind, told.words) == ("paused", "Rain, ***")
    assert datetime.fromisoformat(told.facts["until"]) == until
    assert resume_due(conn, now=later(241), limit=10) == 1  # as the sweep does
    assert _kinds(conn, filed)[-3:] == ["delayed", "paused", "resumed"]


def test_a_refusal_tells_why_and_a_merge_where(conn: Connection) -> None:
    one, two, three = _file(conn, _draft(), _draft(east=1), _draft(east=2))
    void_case(conn, _case(conn, three), reason="Nothing is there.", actor="5", now=later(1))
    assert [(a.kind, a.words) for a in _status(conn, three).answers][-1] == ("refused", "Nothing is there.")
    merge_case(conn, _case(conn, two), into=_case(conn, one), reason="the same", actor="5", now=later(1))
    into = _case(conn, one).case_no
    assert _status(conn, two).answers[-1].facts == {"into": into}
    assert _kinds(conn, one) == ["received"]  # nothing has changed for him
    _dispatched(conn, one)
    split_case(conn, _case(conn, two), reason="another", actor="5", now=later(2))
    assert _kinds(conn, two)[-1] == "parted" and "handed_over" not in _kinds(conn, two)


def test_what_lies_between_units_is_not_told(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = _dispatched(conn, filed)
    told = _kinds(conn, filed)
    return_case(conn, case, unit=None, reason="not ours", basis="none", actor="7", own=None, now=later(1))
    assert _kinds(conn, filed) == told


def test_a_dispute_opened_at_intake_is_told_to_each_in_one_statement(conn: Connection) -> None:
    add_rows(conn, _GAP)
    said: list[str] = []
    event.listen(conn, "before_cursor_execute", lambda *given: said.append(given[2]))
    filed = _file(conn, *(_draft("noise", east=100 * n) for n in range(5)))
    assert [_kinds(conn, one) for one in filed] == [["received", "disputed"]] * 5
    assert len([one for one in said if "INSERT INTO outbox" in one]) == 2  # reported, disputed; not ten
    assert _mails(conn) == 5  # one each: it was one transaction


def test_a_hand_over_by_a_precedent_at_intake_is_told_with_the_unit(conn: Connection) -> None:
    add_rows(conn, _GAP)
    [first] = _file(conn, _draft("noise"))
    _rule(conn, _case(conn, first), at=later(1))
    assert _kinds(conn, first) == ["received", "disputed", "ruled", "handed_over"]
    filed = _file(conn, _draft("noise", at=B), _draft("noise", at=B, east=3, reporter=None), now=later(2))
    assert [_case(conn, one).state for one in filed] == ["pending", "pending"]
    assert [_kinds(conn, one) for one in filed] == [["received", "accepted", "handed_over"]] * 2
    assert _status(conn, filed[0]).answers[-1].facts["unit"] == "Public order"
    assert _mails(conn) == 2 + 1 and count_messages(conn).waiting == 3  # without an address there is the page


def test_an_officers_case_tells_nobody_until_a_citizens_is_joined_to_it(conn: Connection) -> None:
    [officer] = _file(conn, _draft(source="grid", sender="3", reporter=None))
    case = _dispatched(conn, officer)
    assert conn.exec_driver_sql("SELECT count(*) FROM case_answer").scalar_one() == 0
    [citizen] = _file(conn, _draft(east=1), now=later(0.5))
    merge_case(conn, _case(conn, citizen), into=held(conn, case.case_no), reason="same", actor="5", now=later(1))
    receive_case(conn, held(conn, case.case_no), own=None, actor="7", now=later(2))
    assert _kinds(conn, citizen) == ["received", "joined", "in_work"]


def test_what_was_said_stays_as_it_was_said(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    _dispatched(conn, filed)
    add_rows(conn, "UPDATE department SET name = 'Works' WHERE code = 'roads'")
    assert _status(conn, filed).answers[-1].facts["unit"] == "Roads"


def test_an_act_that_is_undone_tells_nobody(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    with conn.begin_nested() as undone:
        open_dispute(conn, _case(conn, filed), entry="clerk", note="whose?", actor="5", now=later(1))
        undone.rollback()
    assert _kinds(conn, filed) == ["received"] and _mails(conn) == 1


def test_the_same_kind_again_later_is_told_again(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = _dispatched(conn, filed)
    case = return_case(conn, case, unit=None, reason="not ours", basis="none", actor="7", own=None, now=later(1))
    words: dict[str, Any] = {"lead": "order", "assisting": None, "reason": "it is theirs"}
    dispatch_case(conn, held(conn, case.case_no), **words, actor="5", now=later(2))
    told = [one for one in _status(conn, filed).answers if one.kind == "handed_over"]
    assert [one.facts["unit"] for one in told] == ["Roads", "Public order"]
    assert say(told[1].kind, told[1].facts, zone=later(0).tzinfo)[1].startswith("您的反映已交由")  # type: ignore[arg-type]
    assert told[1].at - told[0].at == timedelta(hours=1.8)


def _join(conn: Connection, filed: Filed, *, at: datetime, **reporter: str) -> str:
    """Somebody joins a case beside it; the token of his link."""
    assert filed.case is not None
    lon, lat = filed.case.lon, filed.case.lat
    said = {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 1.0}
    support = Support(uuid4(), "public", Complaint(lon, lat, 1.0, at, None), said, "", dict(reporter) or None)
    done = support_case(conn, case_no=filed.case.case_no, support=support, nodes_of={}, now=at)
    assert done.token is not None
    return done.token


def _told(conn: Connection, token: str | None) -> list[str]:
    return [one.kind for one in get_status(conn, token=token or "", now=NOW).answers]


def test_who_joins_a_case_is_told_so_by_himself_and_then_all_that_becomes_of_it(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = _handled(conn, filed)
    token = _join(conn, filed, at=later(0.5), email="wang@home.example")
    answers = get_status(conn, token=token, now=NOW).answers
    assert [(one.kind, one.facts) for one in answers] == [("received", {}), ("joined", {"into": case.case_no})]
    assert _kinds(conn, filed) == ["received", "accepted", "handed_over", "in_work"]  # nobody else hears of him
    before = _mails(conn)
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    case = submit_case(conn, held(conn, case.case_no), **words, actor="7", now=later(1))
    case = verify_result(conn, case, passed=True, reason=None, actor="3", now=later(2))
    angry = HeardBack("dissatisfied", "not_fixed")
    record_call_back(conn, case, said=angry, spoken_by="clerk", actor="2", now=later(3))
    assert _told(conn, token) == ["received", "joined", "done", "closed", "reopened"]
    assert _kinds(conn, filed)[4:] == ["done", "closed", "called_back", "reopened"]
    assert _mails(conn) == before + 3 * 2  # each of them: done, closed, and what came of the call-back


def test_a_supporters_mail_thanks_him_for_no_call_back_of_anothers(conn: Connection) -> None:
    [filed] = _file(conn, _draft())
    case = _handled(conn, filed)
    _join(conn, filed, at=later(0.5), email="wang@home.example")
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    case = submit_case(conn, held(conn, case.case_no), **words, actor="7", now=later(1))
    case = verify_result(conn, case, passed=True, reason=None, actor="3", now=later(2))
    angry = HeardBack("dissatisfied", "not_fixed")
    record_call_back(conn, case, said=angry, spoken_by="clerk", actor="2", now=later(3))
    params = {"now": later(9), "leased_until": later(10), "channels": ["email"], "limit": 99}
    rows = run(conn, SQL["claim"], params).all()
    told = run(conn, SQL["answers_told"], {"ids": [row.id for row in rows], "order": list(ORDER)}).all()
    last = {row.id for row in rows if row.written_at == later(3)}
    kinds = [[one.kind for one in told if one.id == message] for message in sorted(last)]
    assert sorted(kinds) == [["called_back", "reopened"], ["reopened"]]


def test_a_repeat_is_answered_and_one_mailbox_is_told_once(conn: Connection) -> None:
    own = {"email": "Li@home.example", "phone": "13811112222"}
    [first] = _file(conn, _draft(reporter=own))
    [again] = _file(conn, _draft(reporter=own | {"email": "li@home.example"}), now=later(0.05))
    assert not again.created and _kinds(conn, again) == ["received", "joined"]
    assert _mails(conn) == 2  # both reports are answered
    _dispatched(conn, first)
    assert _kinds(conn, again)[2:] == ["accepted", "handed_over"] == _kinds(conn, first)[1:]
    assert _mails(conn) == 2 + 2


def test_a_repeat_in_the_batch_of_its_first_is_told_no_more_than_once(conn: Connection) -> None:
    add_target(conn, code="hotline", url="https://1.1.1.1/hook", actor="1", now=NOW)
    own = {"sender": "5", "source": "hotline", "reporter": {"phone": "13811112222", "webhook": "hotline"}}
    first, again = _file(conn, _draft(**own), _draft(**own))
    assert not again.created and _kinds(conn, first) == ["received"] and _kinds(conn, again) == ["received", "joined"]
    calls = conn.exec_driver_sql("SELECT kind FROM outbox WHERE channel = 'webhook' ORDER BY asker, kind").scalars()
    assert list(calls) == ["received", "joined", "received"]


def test_a_merged_case_hears_of_the_other_from_then_on_and_after_a_split_of_its_own_again(conn: Connection) -> None:
    one, two = _file(conn, _draft(east=1), now=NOW) + _file(conn, _draft(east=2), now=later(0.01))
    two_case = _dispatched(conn, two)
    token = _join(conn, one, at=later(0.3))
    merge_case(conn, _case(conn, one), into=held(conn, two_case.case_no), reason="the same", actor="5", now=later(1))
    receive_case(conn, held(conn, two_case.case_no), own=None, actor="7", now=later(2))
    # What the other was told before is his alone: neither his receipt nor his hand-over is told twice.
    assert _kinds(conn, one) == ["received", "joined", "in_work"] and _told(conn, token) == [
        "received", "joined", "joined", "in_work",
    ]  # fmt: skip
    split_case(conn, _case(conn, one), reason="another", actor="5", now=later(3))
    before = _mails(conn)
    own = accept_case(conn, _case(conn, one), standard=None, actor="5", now=later(4))
    dispatch_case(conn, own, lead=None, assisting=None, reason=None, actor="5", now=later(4.1))
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [PHOTO], "note": None, "own": None}
    submit_case(conn, held(conn, two_case.case_no), **words, actor="7", now=later(5))
    assert _kinds(conn, one) == ["received", "joined", "parted", "accepted", "handed_over"]
    assert _told(conn, token)[2:] == ["joined", "parted", "accepted", "handed_over"]
    assert _kinds(conn, two)[-1] == "done" and _mails(conn) == before + 3
