"""The one port out: written with the act, delivered after it, once, whatever dies in between."""

import base64
import email
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import lock_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import Filed, file_reports
from spatial.cases.lifecycle.ending import merge_case, void_case
from spatial.cases.lifecycle.handling import receive_case
from spatial.cases.numbers import SerialBlocks
from spatial.cases.port import tell_citizen
from spatial.cases.port.askers import digest_of
from spatial.cases.port.delivering import Delivered, Ways, deliver, revive, revive_all, wait_s
from spatial.cases.port.outbox import add_target, count_messages, end_target, list_messages
from spatial.cases.port.status import get_status
from spatial.cases.port.transports import Mailer, Undelivered, check_url, is_public, sign
from spatial.errors import Invalid, NotFound
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY
from tests.acting import held
from tests.living import Life, close, with_photo
from tests.receivers import Hook, Mailbox, mail_server, webhook
from tests.repeating import file_all, join, report_at, supporting
from tests.worlds import W, inside

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Hook]:
    with webhook() as server:
        yield server


def _file(store: Store, sender: str = "public", **reporter: Any) -> Filed:
    lon, lat = inside(W)
    draft = ReportDraft(
        id=uuid4(), lon=lon, lat=lat, accuracy_m=1.0, captured_at=NOW,
        source="public" if sender == "public" else "visit",
        text="A bag at the gate.", sender=sender, category="litter", reporter=reporter or None,
    )  # fmt: skip
    with store.app.begin() as conn:
        [filed] = file_reports(conn, drafts=[draft], now=NOW, serials=SerialBlocks(store.app))
    assert filed.case is not None, filed.refusal
    return filed


def _key(filed: Filed) -> dict[str, str]:
    assert filed.case is not None
    return {"district": filed.case.district, "case_no": filed.case.case_no}


def _mailing(box: Mailbox, **said: Any) -> Ways:
    mailer = Mailer("127.0.0.1", box.port, "City <city@town.example>", security="none")
    return Ways(mailer, private_allowed=True, public_url="https://town.example/", **said)


def _deliver(store: Store, ways: Ways, at: datetime = NOW) -> Delivered:
    return deliver(store.app, clock=lambda: at, ways=ways)


def _read(data: str) -> Any:
    return email.message_from_string(data, policy=default)


def test_a_reporter_who_gave_an_address_is_mailed_with_a_link_of_his_own(fresh_db: Store, box: Mailbox) -> None:
    filed = _file(fresh_db, email="li@home.example")
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=1)
    [(to, data)] = box.mails
    mail = _read(data)
    assert to == "li@home.example" and mail["to"] == to and mail["auto-submitted"] == "auto-generated"
    body = mail.get_content()
    assert filed.case is not None and filed.case.case_no in body and "您的反映已收到。" in body
    token = body.partition("https://town.example/status/")[2].split()[0]
    with fresh_db.app.begin() as conn:
        assert get_status(conn, token=token, now=NOW).case_no == filed.case.case_no
        kept = conn.exec_driver_sql("SELECT token_digest FROM status_link").scalars().all()
    assert digest_of(token) in [bytes(one) for one in kept] and token != filed.token
    assert _deliver(fresh_db, _mailing(box)).is_nothing  # once


def test_a_mail_says_what_its_link_is_for(fresh_db: Store, box: Mailbox) -> None:
    filed = _file(fresh_db, email="li@home.example")
    with fresh_db.app.begin() as conn:
        join(conn, filed, supporting(filed, reporter={"email": "wang@home.example"}))
    _deliver(fresh_db, _mailing(box))
    with fresh_db.app.begin() as conn:
        with_photo(conn)
        case = accept_case(conn, held(conn, _key(filed)["case_no"]), standard=None, actor="5", now=NOW)
        case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=NOW)
        case = receive_case(conn, case, own=None, actor="7", now=NOW)
        close(conn, case, Life("litter", NOW), NOW + timedelta(hours=3))
    _deliver(fresh_db, _mailing(box), NOW + timedelta(hours=4))
    told = [(to.partition("@")[0], _read(data).get_content()) for to, data in box.mails]
    asks = ("请在此评价办理结果", "确认邮箱以实名计数")
    assert [[to, *(words for words in asks if words in body)] for to, body in told[:2]] == [["li"], ["wang", asks[1]]]
    assert all(asks[0] in body for to, body in told[-2:] if to == "li") and told[-1][0] == "wang"
    assert not any(asks[0] in body for to, body in told if to == "wang")


def test_what_waits_together_is_sent_in_the_order_in_which_it_was_written(fresh_db: Store, box: Mailbox) -> None:
    filed = [_file(fresh_db, email=f"{n}@home.example", phone=f"1380000{n:04}") for n in range(12)]
    with fresh_db.app.begin() as conn:
        for one in filed[:6]:
            case = held(conn, _key(one)["case_no"])
            accept_case(conn, case, standard=None, actor="5", now=NOW)
        conn.exec_driver_sql("ANALYZE outbox")
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=18)
    assert [to.partition("@")[0] for to, _ in box.mails] == [str(n) for n in (*range(12), *range(6))]


def test_what_one_transaction_tells_is_one_mail_and_each_by_itself_to_a_webhook(
    fresh_db: Store, box: Mailbox, hook: Hook
) -> None:
    by_mail, (by_hook, _) = _file(fresh_db, email="li@home.example"), _told_by_hook(fresh_db, hook)
    _deliver(fresh_db, _mailing(box))
    for filed in (by_mail, by_hook):
        with fresh_db.app.begin() as conn:
            case = held(conn, _key(filed)["case_no"])
            case = accept_case(conn, case, standard=None, actor="5", now=NOW)
            dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=NOW)
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=3)
    assert len(box.mails) == 2 and len(hook.calls) == 3
    mail = _read(box.mails[1][1])
    body = mail.get_content()
    assert body.index("您的反映已受理。") < body.index("您的反映已交由") and "Sanitation" in str(mail["subject"])
    told = [json.loads(call[1]) for call in hook.calls]
    assert {one["type"] for one in told} == {"case.received", "case.accepted", "case.handed_over"}
    [handed] = [one["data"] for one in told if one["type"] == "case.handed_over"]
    assert handed["facts"]["unit"] in handed["says"] and handed["facts"]["due_at"] and handed["words"] == ""


def test_dead_messages_are_tried_again_together_but_not_those_for_a_webhook_that_has_ended(
    fresh_db: Store, box: Mailbox, hook: Hook
) -> None:
    _file(fresh_db, email="li@home.example"), _told_by_hook(fresh_db, hook)
    box.replies, hook.answers = ["550 no such user"], [410]
    assert _deliver(fresh_db, _mailing(box)) == Delivered(dead=2)
    with fresh_db.app.begin() as conn:
        end_target(conn, code="hotline", now=NOW)
        assert revive_all(conn, now=NOW) == 1
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=1) and len(box.mails) == 1


def test_an_act_that_is_undone_tells_nobody(fresh_db: Store, box: Mailbox) -> None:
    filed = _file(fresh_db, email="li@home.example")
    _deliver(fresh_db, _mailing(box))
    with pytest.raises(RuntimeError), fresh_db.app.begin() as conn:
        assert tell_citizen(conn, _key(filed), kind="closed", now=NOW) == 1
        raise RuntimeError
    assert _deliver(fresh_db, _mailing(box)).is_nothing and len(box.mails) == 1


def test_the_same_answer_at_the_same_moment_is_told_once_and_no_other_kind_is_known(fresh_db: Store) -> None:
    filed = _file(fresh_db, email="li@home.example")
    with fresh_db.app.begin() as conn:
        assert [tell_citizen(conn, _key(filed), kind="closed", now=NOW) for _ in range(2)] == [1, 0]
        assert tell_citizen(conn, _key(filed), kind="closed", now=NOW + timedelta(days=1)) == 1
        with pytest.raises(ValueError, match="gossip"):
            tell_citizen(conn, _key(filed), kind="gossip", now=NOW)


def test_without_an_address_the_page_is_told_and_nothing_waits(fresh_db: Store) -> None:
    filed = _file(fresh_db)
    with fresh_db.app.begin() as conn:
        assert tell_citizen(conn, _key(filed), kind="closed", now=NOW, words="Call 13811112222") == 0
        status = get_status(conn, token=filed.token or "", now=NOW)
        assert [(one.kind, one.words) for one in status.answers] == [("received", ""), ("closed", "Call ***")]
        assert count_messages(conn).waiting == 0


def test_a_server_that_is_away_is_tried_again_later_and_given_up_in_the_end(fresh_db: Store, box: Mailbox) -> None:
    _file(fresh_db, email="li@home.example")
    box.replies = ["451 later"] * 2
    ways = _mailing(box, attempts=3)
    assert _deliver(fresh_db, ways) == Delivered(put_off=1)
    assert _deliver(fresh_db, ways).is_nothing  # not at once
    assert _deliver(fresh_db, ways, NOW + timedelta(minutes=2)) == Delivered(put_off=1)
    box.replies = ["451 later"]
    assert _deliver(fresh_db, ways, NOW + timedelta(minutes=10)) == Delivered(dead=1)
    with fresh_db.app.begin() as conn:
        [dead] = list_messages(conn, state="dead", limit=10)
        assert dead.fault == "the mail server refused the address (451)" and dead.attempts == 3
        revive(conn, message=dead.id, now=NOW)
        with pytest.raises(NotFound):
            revive(conn, message=dead.id, now=NOW)
    assert _deliver(fresh_db, ways) == Delivered(sent=1)
    assert dead.message in _read(box.mails[0][1])["message-id"]


def test_an_address_that_is_refused_for_good_is_dead_at_once(fresh_db: Store, box: Mailbox) -> None:
    _file(fresh_db, email="nobody@home.example")
    box.replies = ["550 no such user"]
    assert _deliver(fresh_db, _mailing(box)) == Delivered(dead=1)


def test_a_host_in_other_letters_is_written_to_as_the_name_service_knows_it(fresh_db: Store, box: Mailbox) -> None:
    _file(fresh_db, email="li@例子。中国")
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=1)
    assert _read(box.mails[0][1])["to"] == "li@xn--fsqu00a.xn--fiqs8s"


def test_a_message_that_cannot_be_written_holds_up_no_other(
    fresh_db: Store, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("li", "wang", "sun"):
        _file(fresh_db, email=f"{name}@home.example")
    send = Mailer.send

    def trips(mailer: Mailer, *, to: str, **said: Any) -> None:
        if to.startswith("li@"):
            raise AttributeError("the parser tripped")
        send(mailer, to=to, **said)

    monkeypatch.setattr(Mailer, "send", trips)
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=2, put_off=1)
    assert sorted(to for to, _ in box.mails) == ["sun@home.example", "wang@home.example"]


def test_a_mail_to_what_is_no_address_is_dead_at_once(box: Mailbox) -> None:
    mailer = Mailer("127.0.0.1", box.port, "city@town.example", security="none")
    with pytest.raises(Undelivered, match="no mail can be written") as fault:
        mailer.send(to=".:@home.example", subject="s", body="b", message="m", now=NOW)
    assert fault.value.is_final and not box.mails


def test_an_address_that_was_erased_is_written_to_no_more(fresh_db: Store, box: Mailbox) -> None:
    _file(fresh_db, email="li@home.example")
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE report SET reporter = NULL")
    assert _deliver(fresh_db, _mailing(box)) == Delivered(dead=1) and not box.mails


def test_without_a_mail_server_mail_waits_for_one(fresh_db: Store, box: Mailbox) -> None:
    _file(fresh_db, email="li@home.example")
    assert _deliver(fresh_db, Ways()).is_nothing
    assert _deliver(fresh_db, _mailing(box)) == Delivered(sent=1)


def _told_by_hook(store: Store, hook: Hook) -> tuple[Filed, str]:
    with store.app.begin() as conn:
        secret = add_target(conn, code="hotline", url=hook.url, actor="system", now=NOW, private_allowed=True)
    return _file(store, "5", webhook="hotline", phone="13811112222"), secret


def test_a_webhook_is_told_signed_and_hears_nothing_of_the_citizen(fresh_db: Store, hook: Hook) -> None:
    filed, secret = _told_by_hook(fresh_db, hook)
    assert _deliver(fresh_db, Ways(private_allowed=True)) == Delivered(sent=1)
    [(headers, body)] = hook.calls
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["idempotency-key"] == headers["webhook-id"]
    told = json.loads(body)
    assert filed.case is not None and told["data"]["case_no"] == filed.case.case_no and told["type"] == "case.received"
    assert b"1381111" not in body and b"gate" not in body


def test_a_webhook_hears_how_the_case_stood_when_it_happened(fresh_db: Store, hook: Hook) -> None:
    """Delivered when it is over already, each message still tells of its own event."""
    filed, _ = _told_by_hook(fresh_db, hook)
    with fresh_db.app.begin() as conn:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=_key(filed)["case_no"])
        case = accept_case(conn, case, standard=None, actor="5", now=NOW + timedelta(minutes=1))
        void_case(conn, case, reason="Nothing there", actor="5", now=NOW + timedelta(minutes=2))
    assert _deliver(fresh_db, Ways(private_allowed=True), NOW + timedelta(hours=3)).sent == 3
    told = [json.loads(body) for _, body in hook.calls]
    stood = [(one["type"], one["data"]["state"], one["data"]["step"], one["data"]["category"]) for one in told]
    assert stood == [
        ("case.received", "reported", "reported", "litter"), ("case.accepted", "filed", "reported", "litter"),
        ("case.refused", "void", "done", "litter"),
    ]  # fmt: skip
    assert [one["timestamp"] for one in told] == [
        (NOW + timedelta(minutes=minute)).isoformat() for minute in (0, 1, 2)
    ]  # fmt: skip


def test_a_webhook_by_which_nobody_would_be_told_is_refused(conn: Connection) -> None:
    add_target(conn, code="ended", url="https://1.1.1.1/hook", actor="1", now=NOW)
    end_target(conn, code="ended", now=NOW)
    for sender, named in (("5", "unknown"), ("5", "ended"), ("5", 7), ("public", "unknown")):
        [refused] = file_all(conn, report_at(sender=sender, reporter={"webhook": named}))
        assert refused.refusal is not None and refused.refusal.field == "reporter.webhook", (sender, named)
        assert ("log in" if sender == "public" else "registered one") in refused.refusal.sentence
    [case] = file_all(conn, report_at(sender="5", reporter={"webhook": None}))
    with pytest.raises(Invalid, match="no webhook unknown is in force"):
        join(conn, case, supporting(case, sender="5", reporter={"webhook": "unknown"}))


def test_the_signature_is_that_of_the_published_example() -> None:
    # The example of the Standard Webhooks specification.
    found = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message="msg_p5jXN8AQM9LWM0D4loKWxJek", stamp="1614265330",
        body=b'{"test": 2432232314}',
    )  # fmt: skip
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_that_fails_is_told_again_under_the_same_id_and_is_not_followed_elsewhere(
    fresh_db: Store, hook: Hook
) -> None:
    _told_by_hook(fresh_db, hook)
    hook.answers = [503, 302]
    ways = Ways(private_allowed=True)
    moments = [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=15)]
    assert [_deliver(fresh_db, ways, at) for at in moments] == [Delivered(put_off=1)] * 2 + [Delivered(sent=1)]
    assert len({headers["webhook-id"] for headers, _ in hook.calls}) == 1 and len(hook.calls) == 3


def test_a_webhook_that_is_gone_or_has_ended_is_dead(fresh_db: Store, hook: Hook) -> None:
    filed, _ = _told_by_hook(fresh_db, hook)
    hook.answers = [410]
    assert _deliver(fresh_db, Ways(private_allowed=True)) == Delivered(dead=1)
    with fresh_db.app.begin() as conn:
        tell_citizen(conn, _key(filed), kind="closed", now=NOW)
        end_target(conn, code="hotline", now=NOW)
        assert count_messages(conn).dead == 2
        assert tell_citizen(conn, _key(filed), kind="reopened", now=NOW) == 0


def test_a_private_address_is_neither_registered_nor_called(fresh_db: Store, hook: Hook) -> None:
    for url in (hook.url, "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.1.1/x",
                "https://localhost/", "ftp://1.1.1.1/", "http://1.1.1.1/", "https://user:word@1.1.1.1/",
                "https://1.1.1.1:99999/", "https:///path", "https://2130706433/"):  # fmt: skip
        with pytest.raises(Invalid):
            check_url(url, private_allowed=False)
    _told_by_hook(fresh_db, hook)  # registered while private ones were allowed
    assert _deliver(fresh_db, Ways()) == Delivered(put_off=1) and not hook.calls


INNER = ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "fd00::1", "0.0.0.0", "100.64.0.1",
         "::ffff:192.168.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "224.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_addresses_of_inner_networks_are_not_public(address: str) -> None:
    assert not is_public(address)
    assert is_public("1.1.1.1") and is_public("2606:4700:4700::1111")


def test_waits_double_spread_and_end_at_six_hours() -> None:
    assert [wait_s(n, 0.5) for n in (1, 2, 3)] == [30.0, 60.0, 120.0]
    assert (wait_s(1, 0.0), wait_s(1, 1.0)) == (15.0, 45.0) and wait_s(60, 0.5) == 6 * 3600


def test_two_workers_at_once_send_each_message_once(fresh_db: Store, box: Mailbox) -> None:
    filed = _file(fresh_db, email="li@home.example")
    with fresh_db.app.begin() as conn:
        for n in range(99):
            tell_citizen(conn, _key(filed), kind="answered", now=NOW - timedelta(seconds=n))
    done: list[Delivered] = []
    workers = [threading.Thread(target=lambda: done.append(_deliver(fresh_db, _mailing(box)))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [_read(data)["message-id"] for _, data in box.mails]
    assert len(ids) == len(set(ids)) == 100 == sum(one.sent for one in done)


_WORKER = """
    import sys, time
    from datetime import UTC, datetime
    from spatial.cases.port import delivering
    from spatial.store.opening import connect
    def dies(*args, **said):
        print("claimed", flush=True)
        time.sleep(60)
    delivering._send = dies
    now = datetime.fromisoformat(sys.argv[2])
    delivering.deliver(connect(sys.argv[1]).app, clock=lambda: now, ways=delivering.Ways())
"""


def test_a_worker_killed_between_commit_and_delivery_loses_nothing(fresh_db: Store, hook: Hook) -> None:
    _told_by_hook(fresh_db, hook)
    program = [sys.executable, "-c", textwrap.dedent(_WORKER), fresh_db.url, NOW.isoformat()]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, cwd=os.getcwd(), env=os.environ | {"PYTHONPATH": "."}
    ) as worker:
        assert worker.stdout is not None and worker.stdout.readline().strip() == b"claimed"
        worker.send_signal(signal.SIGKILL)
    ways = Ways(private_allowed=True)
    assert _deliver(fresh_db, ways, NOW + timedelta(minutes=1)).is_nothing  # the dead worker's lease still runs
    assert _deliver(fresh_db, ways, NOW + timedelta(minutes=16)) == Delivered(sent=1)
    assert len(hook.calls) == 1


def test_nothing_is_open_in_the_database_while_a_message_is_sent(fresh_db: Store, hook: Hook, monkeypatch: Any) -> None:
    _told_by_hook(fresh_db, hook)
    seen: list[int] = []

    def looked(*_: Any) -> None:
        with fresh_db.owner.connect() as conn:
            count = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
            )
            seen.append(conn.exec_driver_sql(count).scalar_one())

    monkeypatch.setattr("spatial.cases.port.delivering._send", looked)
    assert _deliver(fresh_db, Ways(private_allowed=True)) == Delivered(sent=1) and seen == [0]


def test_who_asked_about_a_merged_case_is_told_of_the_other(conn: Connection) -> None:
    lon, lat = inside(W)
    drafts = [
        ReportDraft(id=uuid4(), lon=lon + n * 1e-5, lat=lat, accuracy_m=1.0, captured_at=NOW, source="public", text="x",
                    sender="public", category="litter", reporter={"email": f"a{n}@home.example"})
        for n in range(3)
    ]  # fmt: skip
    filed = file_reports(conn, drafts=drafts, now=NOW, serials=lambda *_: [701, 702, 703])
    numbers = [_key(one)["case_no"] for one in filed]
    for merged, into in ((numbers[2], numbers[1]), (numbers[1], numbers[0])):
        merge_case(conn, held(conn, merged), into=held(conn, into), reason="the same", actor="system", now=NOW)
    assert tell_citizen(conn, _key(filed[0]), kind="closed", now=NOW + timedelta(hours=1)) == 3
    status = get_status(conn, token=filed[2].token or "", now=NOW)
    assert (status.case_no, status.handled_under) == (numbers[2], numbers[0])
    assert "closed" in [one.kind for one in status.answers]
