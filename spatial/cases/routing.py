"""What happens to a case in the second in which it is opened, with no human step.

A matter that nobody is named for becomes a dispute, while territory acts first. A case that a precedent settles is
filed and handed over to the precedent's unit, shows its number, and cannot come back as "not mine". Everything
else waits for a clerk.

Knows cases that this very transaction has opened. Refuses to decide: the decision comes with the case.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile
from spatial.cases.clocks.opening_due import OpeningClocks
from spatial.cases.disputes.acting import holders_among, open_disputes, read_transitions
from spatial.cases.disputes.transitions import check_move
from spatial.cases.lifecycle.tasks import open_tasks
from spatial.cases.recording import record
from spatial.cases.responsibility.decision import Decision
from spatial.cases.rules import Category
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "routing.sql")
ACTOR = "system"
Opened = tuple[CaseFile, Decision]


@dataclass(frozen=True)
class Routed:
    """What became of an opened case: the fields that are no longer as they were written."""

    changes: dict[str, Any]


def route_opened(
    conn: Connection, opened: Sequence[Opened], *, clocks: OpeningClocks, categories: Mapping[str, Category]
) -> dict[str, Routed]:
    """Dispute what nobody is named for, hand over what a precedent settles; answers what changed, by case number."""
    routed = _dispute(conn, [case for case, decision in opened if decision.is_gap and case.path])
    settled = [pair for pair in opened if is_settled_by_precedent(pair[1])]
    dues = [
        clocks.handed_over(district=case.district, category=categories.get(case.category or ""), start=case.received_at)
        for case, _ in settled
    ]
    return routed | _hand_over(conn, settled, dues)


def is_settled_by_precedent(decision: Decision) -> bool:
    """Whether a precedent names the lead, and no other way that the position may be names another."""
    return decision.precedent is not None and decision.lead is not None and not decision.alternatives


def first_step(owner: dict[str, Any], *, is_history: bool) -> str:
    """The step that a case had when its report was answered, from the first decision about its owner."""
    if is_history:
        return "reported"
    settled = owner.get("decided_by") == "precedent" and owner["lead"] and not owner["alternatives"]
    is_gap = owner.get("decided_by") == "territory" and owner.get("matter")
    return "handed_over" if settled or is_gap else "reported"


def _dispute(conn: Connection, cases: list[CaseFile]) -> dict[str, Routed]:
    if not cases:
        return {}
    keys = [(case.district, case.case_no) for case in cases]
    open_disputes(conn, keys, entry="no_rule", actor=ACTOR, now=cases[0].received_at)
    return {case.case_no: Routed({"state": "disputed", "step": "handed_over", "step_due_at": None}) for case in cases}


def _hand_over(conn: Connection, opened: list[Opened], dues: list[dict[str, Any]]) -> dict[str, Routed]:
    if not opened:
        return {}
    moves = read_transitions(conn)
    filed = check_move(moves, state="reported", act="accept", to="filed")
    pending = check_move(moves, state="filed", act="dispatch", to="pending")
    rows = [_row(case, decision, pending) for case, decision in opened]
    timed = [row | due for row, due in zip(rows, dues, strict=True)]
    run(conn, SQL["hand_over"], {"rows": json.dumps(timed, ensure_ascii=False, default=datetime.isoformat)})
    for row in timed:
        key = {"district": row["district"], "case_no": row["case_no"]}
        helping, at = row["assisting"], row["dispatched_at"]
        open_tasks(conn, key, lead=row["lead"], assisting=helping, due_at=row["due_at"], now=at)
    rulings = {row.case_no: row.ruling for row in run(conn, SQL["rulings_of"], {"rows": json.dumps(rows)})}
    record(conn, [
        event
        for (case, decision), row in zip(opened, rows, strict=True)
        for event in _events(case, decision, row, filed, pending, rulings[case.case_no])
    ])  # fmt: skip
    return {
        row["case_no"]: Routed(_changes(row, rulings[row["case_no"]]) | _answered(due))
        for row, due in zip(rows, dues, strict=True)
    }


def _row(case: CaseFile, decision: Decision, step: str) -> dict[str, Any]:
    assert decision.lead is not None
    assisting = [unit.ref for unit in decision.assisting]
    return {
        "district": case.district,
        "case_no": case.case_no,
        "step": step,
        "state": "pending",
        "lead": decision.lead.ref,
        "assisting": assisting,
        "holders": holders_among(decision.lead.ref, assisting),
        "precedent": decision.precedent,
    }


def _changes(row: dict[str, Any], ruling: int) -> dict[str, Any]:
    kept = {name: row[name] for name in ("step", "state", "lead", "precedent")}
    return kept | {"assisting": tuple(row["assisting"]), "ruling": ruling}


def _answered(due: dict[str, Any]) -> dict[str, Any]:
    return due | {"limit_amount": Decimal(due["limit_amount"])}


def _events(
    case: CaseFile, decision: Decision, row: dict[str, Any], filed: str, pending: str, ruling: int
) -> list[EventDraft]:
    path = (*case.path, *(f"{unit}@{place}" for unit in row["holders"] for place in ("", *case.path)))
    by = {"precedent": decision.precedent, "ruling": ruling}
    accepted = {"act": "accept", "from": "reported", "to": "filed", "state": "filed", "step": filed} | by
    handed = {"act": "dispatch", "from": "filed", "to": "pending", "state": "pending", "step": pending} | by
    handed |= {"lead": row["lead"], "assisting": row["assisting"]}
    return [
        _event(case, "case.filed", case.received_at, case.path, accepted),
        _event(case, "case.dispatched", case.received_at, path, handed),
    ]


def _event(case: CaseFile, kind: str, at: datetime, path: tuple[str, ...], payload: dict[str, Any]) -> EventDraft:
    return EventDraft(case.district, "case", case.case_no, kind, at, ACTOR, path, payload)
