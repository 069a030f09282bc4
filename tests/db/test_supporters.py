"""Who is counted as a supporter: who is certain, each once; those of whom nothing is stand apart, to a limit."""

import email
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.evaluation.by_link import answer_by_link, is_asked
from spatial.cases.evaluation.call_backs import Said
from spatial.cases.intake import Filed
from spatial.cases.lifecycle.ending import merge_case, split_case
from spatial.cases.lifecycle.handling import receive_case
from spatial.cases.port.askers import get_asked
from spatial.cases.port.counting import Counted, can_confirm, confirm_address
from spatial.cases.port.delivering import Ways, deliver
from spatial.cases.port.transports import Mailer
from spatial.errors import Conflict, Forbidden, TooMany
from spatial.store.opening import Store
from tests.acting import add_rows, held
from tests.living import Life, close, with_photo
from tests.receivers import Mailbox, mail_server
from tests.repeating import LI, NOW, counts_of, file_all, join, number_of, report_at, supporting


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


def _phone(n: int) -> dict[str, str]:
    return {"phone": f"1390000{n:04}"}


def _merge(conn: Connection, one: Filed, into: Filed) -> None:
    target = held(conn, number_of(into))
    merge_case(conn, held(conn, number_of(one)), into=target, reason="the same", actor="5", now=NOW)


def _split(conn: Connection, one: Filed) -> None:
    split_case(conn, held(conn, number_of(one)), reason="two", actor="5", now=NOW)


def test_a_hundred_numbers_written_down_are_no_supporters_and_stand_apart_to_a_limit(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    add_rows(conn, "UPDATE setting SET value = '5' WHERE key = 'unnamed_supporters_most'")
    said = [join(conn, case, supporting(case, reporter=_phone(n) if n % 2 else None)) for n in range(8)]
    assert counts_of(conn, case) == Counted(0, 5) == said[-1].counts
    assert [one.counted for one in said] == [True] * 5 + [False] * 3
    assert all(one.token for one in said)  # each is answered all the same
    file_all(conn, *(report_at(reporter=None) for _ in range(3)))
    assert counts_of(conn, case) == Counted(0, 5)


def test_an_account_counts_once_whatever_numbers_it_gives(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    own: dict[str, Any] = {"sender": "13", "by_citizen": True}
    said = [join(conn, case, supporting(case, reporter=who, **own)) for who in (_phone(1), _phone(2), None)]
    assert [one.counted for one in said] == [True, False, False] and counts_of(conn, case) == Counted(1, 0)
    assert all(one.token for one in said)  # it is certain that he is the same
    join(conn, case, supporting(case, sender="14", by_citizen=True))
    assert counts_of(conn, case) == Counted(2, 0)


def test_a_contact_that_a_clerk_took_down_is_certain(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    join(conn, case, supporting(case, reporter=_phone(1)))
    assert counts_of(conn, case) == Counted(0, 1)
    [call] = file_all(conn, report_at(sender="5", source="hotline", reporter=_phone(1)))
    [other] = file_all(conn, report_at(sender="5", source="hotline", reporter=None))
    for one in (call, other):
        _merge(conn, one, case)
    assert counts_of(conn, case) == Counted(1, 1)  # one and the same who said so twice, and one without a name


def test_merges_and_splits_through_several_cases_keep_both_counts(conn: Connection) -> None:
    one, two, three = file_all(
        conn, report_at(reporter=_phone(1), sender="5", source="hotline"),
        report_at(reporter=_phone(2), sender="5", source="hotline"), report_at(),
    )  # fmt: skip
    join(conn, one, supporting(one))
    _merge(conn, one, two)
    _merge(conn, two, three)
    assert [counts_of(conn, case) for case in (one, two, three)] == [Counted(0, 1), Counted(1, 1), Counted(2, 1)]
    _split(conn, one)
    assert [counts_of(conn, case) for case in (one, two, three)] == [Counted(0, 1), Counted(0, 0), Counted(1, 0)]
    _split(conn, two)
    assert counts_of(conn, three) == Counted(0, 0)


def test_a_support_and_a_split_at_one_moment_are_both_counted(fresh_db: Store) -> None:
    """The split counts the case that a support still holds: it must count behind it, not as it was before."""
    with fresh_db.app.begin() as conn:
        one, two = file_all(conn, report_at(), report_at(reporter=_phone(1), sender="5", source="hotline"))
        _merge(conn, two, one)
        assert counts_of(conn, one) == Counted(1, 0)
    parted = threading.Thread(target=lambda: _in_one(fresh_db, two))
    with fresh_db.app.begin() as conn:
        join(conn, one, supporting(one, sender="13", by_citizen=True))
        parted.start()
        _wait_for_a_lock(fresh_db)
    parted.join(20)
    with fresh_db.app.begin() as conn:
        assert counts_of(conn, one) == Counted(1, 0)  # the one who joined; the other has his own case again


def test_many_at_one_moment_are_each_counted_once(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        [case] = file_all(conn, report_at())

    def say(sender: str) -> None:
        with fresh_db.app.begin() as conn:
            join(conn, case, supporting(case, sender=sender, by_citizen=sender != "public"))

    senders = [threading.Thread(target=say, args=(who,)) for who in ["13", "14", "public", "public"] * 2]
    for one in senders:
        one.start()
    for one in senders:
        one.join(20)
    with fresh_db.app.begin() as conn:
        assert counts_of(conn, case) == Counted(2, 4)


def test_who_reads_the_mail_that_was_sent_to_his_address_is_certain(fresh_db: Store, box: Mailbox) -> None:
    with fresh_db.app.begin() as conn:
        [case] = file_all(conn, report_at())
        said = join(conn, case, supporting(case, reporter={"email": "wang@home.example"}))
    assert said.counts == Counted(0, 1)
    ways = Ways(Mailer("127.0.0.1", box.port, "city@town.example", security="none"), public_url="https://town.example")
    deliver(fresh_db.app, clock=lambda: NOW, ways=ways)
    [(to, mail)] = box.mails
    body = email.message_from_string(mail, policy=default).get_content()
    token = body.partition("/status/")[2].split()[0]
    with fresh_db.app.begin() as conn:
        assert to == "wang@home.example" and can_confirm(get_asked(conn, token=token))
        assert not can_confirm(get_asked(conn, token=said.token or ""))
        with pytest.raises(Forbidden, match="not sent by mail"):
            confirm_address(conn, token=said.token or "", now=NOW)
        assert confirm_address(conn, token=token, now=NOW) == Counted(1, 0)
        assert confirm_address(conn, token=token, now=NOW) == Counted(1, 0)
        assert not can_confirm(get_asked(conn, token=token))
    with fresh_db.app.begin() as conn:
        again = join(conn, case, supporting(case, reporter={"email": "WANG@home.example"}))
        assert (again.counts, again.counted) == (Counted(1, 0), False)
        kinds = conn.exec_driver_sql(
            "SELECT payload ->> 'confirmed' FROM event WHERE kind = 'case.supported'"
        ).scalars()
        assert list(kinds) == [None, "true"]


def test_whoever_writes_down_the_reporters_number_does_not_answer_for_him(conn: Connection) -> None:
    with_photo(conn)
    [case] = file_all(conn, report_at())
    assert join(conn, case, supporting(case, reporter=LI)).token is None
    [repeat] = file_all(conn, report_at(text="Still there."))
    assert number_of(repeat) == number_of(case) and repeat.token
    _bring_to_work(conn, case)
    close(conn, held(conn, number_of(case)), Life("litter", NOW), NOW + timedelta(hours=3))
    asked = get_asked(conn, token=repeat.token or "")
    assert not is_asked(conn, asked) and is_asked(conn, get_asked(conn, token=case.token or ""))
    with pytest.raises(Forbidden, match="read along"):
        answer_by_link(conn, token=repeat.token or "", said=Said("satisfied", "fixed", score=5), now=NOW)


def test_who_repeats_by_his_account_answers_by_either_link(conn: Connection) -> None:
    own: dict[str, Any] = {"sender": "13", "by_citizen": True}
    case, repeat = file_all(conn, report_at(**own), report_at(text="Still there.", **own))
    assert number_of(repeat) == number_of(case) and get_asked(conn, token=repeat.token or "").is_reporter
    with pytest.raises(Conflict, match="not closed"):
        answer_by_link(conn, token=repeat.token or "", said=Said("satisfied", "fixed", score=5), now=NOW)


def _bring_to_work(conn: Connection, case: Filed) -> None:
    one = accept_case(conn, held(conn, number_of(case)), standard=None, actor="5", now=NOW)
    one = dispatch_case(conn, one, lead=None, assisting=None, reason=None, actor="5", now=NOW)
    receive_case(conn, one, own=None, actor="7", now=NOW)


def _in_one(store: Store, case: Filed) -> None:
    with store.app.begin() as conn:
        _split(conn, case)


def _wait_for_a_lock(store: Store) -> None:
    """Until somebody waits for a row that another transaction of this database holds."""
    waiting = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE NOT granted AND datname = current_database()"""
    for _ in range(400):
        with store.owner.connect() as conn:
            if conn.exec_driver_sql(waiting).scalar_one():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waited")


def test_a_contact_sends_so_much_within_an_hour_and_then_waits(conn: Connection) -> None:
    """Whoever writes down another's address cannot have his mailbox filled."""
    add_rows(conn, "UPDATE setting SET value = '3' WHERE key = 'contact_most_an_hour'")
    told = [report_at(text=str(i)) for i in range(4)]
    filed = file_all(conn, *told, now=NOW)
    assert [one.refusal is None for one in filed] == [True, True, True, False]
    refused = filed[-1].refusal
    assert isinstance(refused, TooMany) and refused.extra == {"retry_after_s": 3600} and refused.code == "too_many"
    again = file_all(conn, told[0], report_at(text="x", reporter={"phone": "13900000000"}))
    assert [one.refusal for one in again] == [None, None]  # what is here is answered again, and others are not held up
    with pytest.raises(TooMany):
        join(conn, again[1], supporting(again[1], reporter=LI))
    assert file_all(conn, told[3], now=NOW + timedelta(hours=1))[0].refusal is None
    clerk = [report_at(text=str(i), source="hotline", sender="5") for i in range(4)]
    assert all(one.refusal is None for one in file_all(conn, *clerk))  # he writes down who calls


def test_a_case_takes_so_many_within_an_hour_of_whom_nothing_is_certain(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    for _ in range(2):
        join(conn, case, supporting(case), most=2)
    one = supporting(case)
    with pytest.raises(TooMany, match="2 others joined"), conn.begin_nested():
        join(conn, case, one, most=2)
    assert join(conn, case, supporting(case, sender="13", by_citizen=True), most=2).counted
    assert join(conn, case, one, now=NOW + timedelta(hours=1), most=2).counted
