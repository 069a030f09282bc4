"""What an event of a case tells its citizens, and how it is said in both languages."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from spatial.cases.disputes.acting import PAST
from spatial.cases.port.answers import _RULES, answer_to
from spatial.cases.port.sentences import OUTCOMES, SAID, letter, say
from spatial.cases.port.telling import KINDS
from spatial.store.events import EventDraft

ZONE = ZoneInfo("Asia/Shanghai")


def _event(kind: str, subject: str = "case", **payload: Any) -> EventDraft:
    return EventDraft("330199", subject, "1", kind, datetime(2026, 5, 4, tzinfo=UTC), "5", (), payload)


@pytest.mark.parametrize(("event", "kind"), [
    (_event("case.reported"), "received"), (_event("case.filed"), "accepted"),
    (_event("case.dispatched", lead="roads"), "handed_over"), (_event("case.received", unit="roads"), "in_work"),
    (_event("case.extended", phase="ask"), None), (_event("case.extended", phase="refuse"), None),
    (_event("case.extended", phase="approve"), "delayed"), (_event("case.suspended", phase="ask"), None),
    (_event("case.suspended", phase="approve"), "paused"), (_event("case.resumed"), "resumed"),
    (_event("case.submitted", outcome="fixed"), "done"), (_event("case.voided"), "refused"),
    (_event("case.result_verified", state="closed", outcome="fixed"), "closed"),
    (_event("case.result_verified", state="handling"), "reworked"),
    (_event("case.merged", into="2"), "joined"), (_event("case.split"), "parted"),
    (_event("case.called_back", verdict="not_reached"), "not_reached"),
    (_event("case.called_back", verdict="satisfied"), "called_back"), (_event("case.reopened"), "reopened"),
    (_event("case.returned"), None), (_event("case.moved"), None), (_event("case.chased"), None),
    (_event("case.supervised"), None), (_event("case.supported"), None),
    (_event("case.filed", subject="whistle"), None),
])  # fmt: skip
def test_an_event_tells_citizens_what_concerns_them_and_nothing_else(event: EventDraft, kind: str | None) -> None:
    answer = answer_to(event)
    assert (answer.kind if answer else None) == kind


def test_every_rule_is_about_an_event_that_is_written_and_every_answer_has_its_words() -> None:
    written = {f"case.{past}" for past in PAST.values()} | {"case.reported"}
    assert set(_RULES) <= written
    told = {answer_to(_event(kind, phase="approve", state="closed")) for kind in _RULES}
    assert {answer.kind for answer in told if answer} <= KINDS == set(SAID)


@pytest.mark.parametrize(("kind", "facts", "english", "chinese"), [
    ("handed_over", {"unit": "Roads", "unit_zh": "市政", "due_at": "2026-05-06T01:00:00+00:00"},
     "Your report has been handed to Roads, which handles it. It is due by 2026-05-06 09:00.",
     "您的反映已交由市政承办。办理期限：2026-05-06 09:00。"),
    ("handed_over", {}, SAID["handed_over"][0], SAID["handed_over"][1]),
    ("closed", {"outcome": "not_fixed"}, "Your case has been closed. Result: not fixed.",
     "您的事项已办结。办理结果：未解决。"),
    ("joined", {"into": "42"}, "It was joined with another report of the same thing. It is handled under 42.",
     "已与反映同一问题的事项合并办理。合并后的编号为42。"),
    ("paused", {"until": "2026-10-01T00:00:00+08:00"},
     "It cannot be done for now and has been put on hold. It goes on by 2026-10-01 00:00 at the latest.",
     "目前不具备办理条件，已挂账。最迟于2026-10-01 00:00恢复办理。"),
])  # fmt: skip
def test_an_answer_is_said_with_its_facts(kind: str, facts: dict[str, str], english: str, chinese: str) -> None:
    assert say(kind, facts, zone=ZONE) == (english, chinese)


def test_a_unit_with_braces_in_its_name_is_said_as_it_is() -> None:
    assert "{unit_zh}" in say("handed_over", {"unit": "{unit_zh}"}, zone=ZONE)[0]


def test_every_outcome_is_said_in_both_languages() -> None:
    for outcome in OUTCOMES:
        english, chinese = say("done", {"outcome": outcome}, zone=ZONE)
        assert english.endswith(".") and chinese.endswith("。")


def test_a_letter_holds_all_that_is_told_at_once_with_the_reasons_and_is_named_by_the_last() -> None:
    told = [(SAID["received"], ""), (SAID["refused"], "Nothing was there.")]
    subject, body = letter(told, city="Town", case_no="42", link="https://town.example/status/x")
    assert subject == "42: 您的反映未予受理。 Your report was not taken up."
    assert [
        body.index(part) for part in ("已收到", "未予受理", "Reason: Nothing was there.", "Number: 42", "/status/x")
    ]
    assert body.index("已收到") < body.index("未予受理") < body.index("Nothing was there.")
