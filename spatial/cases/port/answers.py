"""Which events of a case its citizens are told of, and what: the one place that decides it.

Pure: an event comes in, an answer or none goes out. An act, a set of cases routed at intake and a sweep all speak by
events, so whatever writes an event answers the citizen by the same rule. What is left out is between the units:
orders, returns, conferences, moves of the grid.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spatial.store.events import EventDraft


@dataclass(frozen=True)
class Answer:
    """What is told. `unit` refers to the unit that has the case; `note_of` is the act whose words are the reason.

    `tells_due`: with the date that the case is due by as it stands. `request` is what was granted.
    """

    kind: str
    unit: str | None = None
    tells_due: bool = False
    into: str | None = None
    outcome: str | None = None
    note_of: str | None = None
    request: int | None = None


Rule = Callable[[Mapping[str, Any]], Answer | None]


def answer_to(event: EventDraft) -> Answer | None:
    """What an event tells the citizens of its case, None where it tells them nothing."""
    rule = _RULES.get(event.kind) if event.subject == "case" else None
    return None if rule is None else rule(event.payload)


def _always(kind: str) -> Rule:
    return lambda told: Answer(kind)


def _granted(answer: Callable[[Mapping[str, Any]], Answer]) -> Rule:
    """Asking and refusing are between the units; only what is granted is told."""
    return lambda told: answer(told) if told.get("phase") == "approve" else None


def _with_unit(kind: str, name: str, *, tells_due: bool = True) -> Rule:
    return lambda told: Answer(kind, unit=told.get(name), tells_due=tells_due)


def _verified(told: Mapping[str, Any]) -> Answer:
    return _with_outcome("closed", told) if told["state"] == "closed" else Answer("reworked")


def _with_outcome(kind: str, told: Mapping[str, Any]) -> Answer:
    """Of anything but fixed the unit has said why, and who waited for it is told that too."""
    outcome = told.get("outcome")
    return Answer(kind, outcome=outcome, note_of=None if outcome == "fixed" else "submit")


def _called_back(told: Mapping[str, Any]) -> Answer:
    return Answer("not_reached" if told.get("verdict") == "not_reached" else "called_back")


def _settled(told: Mapping[str, Any]) -> Answer | None:
    """What is reopened tells itself."""
    return Answer("settled", note_of="settle_call_back") if told.get("outcome") == "stays_closed" else None


_RULES: Mapping[str, Rule] = {
    "case.reported": _always("received"),
    "case.filed": _always("accepted"),
    "case.handed_over": _always("accepted"),  # by the own level, which could not solve it alone
    "case.voided": lambda told: Answer("refused", note_of="void"),
    "case.merged": lambda told: Answer("joined", into=told.get("into")),
    "case.split": _always("parted"),
    "case.referred": _always("referred"),
    "case.recalled": _always("recalled"),
    "case.own_handled": _always("own_level"),
    "case.own_solved": lambda told: Answer("closed", outcome=told.get("outcome")),
    "case.disputed": _always("disputed"),
    "case.ruled": _always("ruled"),
    "case.escalated": _always("escalated"),
    "case.dispatched": _with_unit("handed_over", "lead"),
    "case.received": _with_unit("in_work", "unit", tells_due=False),
    "case.extended": _granted(lambda told: Answer("delayed", tells_due=True, note_of="extend")),
    "case.suspended": _granted(lambda told: Answer("paused", note_of="suspend", request=told.get("request"))),
    "case.resumed": lambda told: Answer("resumed", tells_due=True),
    "case.submitted": lambda told: _with_outcome("done", told),
    "case.result_verified": _verified,
    "case.called_back": _called_back,
    "case.call_back_settled": _settled,
    "case.reopened": _with_unit("reopened", "lead"),
}
