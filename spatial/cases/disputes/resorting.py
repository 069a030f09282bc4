"""Sorting by hand: what a case is about, and whose it is then.

Another matter may have another owner: the owner is decided anew, as of the moment that counts for the case, and
the decision before is kept. Refuses to know how an owner is decided (`spatial/cases/ownership.py`).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.opening_due import due_when_sorted
from spatial.cases.disputes.accepting import accept_case, choose_standard, list_standards
from spatial.cases.disputes.acting import (
    LockedCase,
    matter_of,
    move_case,
    open_dispute,
    read_transitions,
    withdraw_dispute,
)
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.transitions import check_act
from spatial.cases.drafts import check_matter
from spatial.cases.fallbacks import list_fallbacks
from spatial.cases.lifecycle.signing import find_doubt
from spatial.cases.ownership import resolve_owners
from spatial.cases.responsibility.decision import Decision, Question
from spatial.cases.rules import Category, Rules, read_rules
from spatial.cases.sorting.overrides import Override, log_override
from spatial.grid.locate import locate_points
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "resorting.sql")
_TAKEN_ON = ("filed", "returned")  # states whose standard was chosen, and must be chosen anew for another matter
_MAY_BE_DISPUTED = ("reported", "filed", "returned")
_SYSTEM = "system"


def sort_case(
    conn: Connection,
    case: LockedCase,
    *,
    category: str,
    attributes: Mapping[str, str] | None,
    standard: int | None,
    actor: str,
    now: datetime,
) -> LockedCase:
    """Say what a case is about, and have its owner decided anew; `attributes` None leaves them as they were.

    A dispute whose new matter has one lead is withdrawn, and the case is `filed`; a case whose new matter nobody
    answers for becomes a dispute; one that a precedent settles is handed over with no further step.

    Raises IllegalAct, and Invalid for an unknown matter or a missing standard.
    """
    check_act(read_transitions(conn), state=case.state, act="sort")
    rules = read_rules(conn)
    check_matter(category, rules, at=case.in_force_at, field="category")
    matter = rules.categories[category]
    said = dict(case.attributes if attributes is None else attributes)
    decision = decide_anew(conn, case, matter=matter, attributes=said, rules=rules, now=now)
    to_state = "filed" if case.state == "disputed" and _is_settled(decision) else case.state
    chosen = None
    if to_state in _TAKEN_ON:
        chosen = choose_standard(conn, matter=category, standard=standard, at=now)
    _keep_decision(conn, case, now)
    _log_override(conn, case, category, actor, now)
    changes = _sorted(conn, case, matter, said, decision, chosen, now) | {"standard": chosen}
    if case.state != "reported":  # the limit of filing runs from intake, each other one from when its state began
        changes.pop("step_due_at", None)
    moved = _move_sorted(conn, case, to_state, changes, decision, actor, now)
    return _route(conn, moved, decision, now)


def decide_anew(
    conn: Connection,
    case: LockedCase,
    *,
    matter: Category,
    attributes: Mapping[str, str],
    rules: Rules,
    now: datetime,
) -> Decision:
    """Whose a case would be under a matter: by the rules of the moment that counts for it, as they are known now."""
    [placement] = locate_points(
        conn,
        lons=[case.lon],
        lats=[case.lat],
        accuracies_m=[case.accuracy_m],
        moments=[case.in_force_at],
        rule=rules.certainty,
    )
    doubts = list_fallbacks(conn, lons=[case.lon], lats=[case.lat])
    question = Question(
        matter, case.lon, case.lat, case.accuracy_m, placement, attributes, at=case.in_force_at, known_at=now
    )
    return resolve_owners(conn, questions=[question], doubts=doubts, rules=rules)[0]


def _is_settled(decision: Decision) -> bool:
    return decision.lead is not None and not decision.alternatives


def _route(conn: Connection, case: LockedCase, decision: Decision, now: datetime) -> LockedCase:
    """What needs nobody once the matter is known, as when a report comes in with it."""
    if case.is_history:
        return case
    if find_doubt(conn, case) is not None:
        return case  # nothing goes by itself anywhere before the look at the place has shown something
    if decision.is_gap and case.path and case.state in _MAY_BE_DISPUTED:
        return open_dispute(conn, case, entry="no_rule", note="", actor=_SYSTEM, now=now)[0]
    if decision.lead is None or decision.precedent is None or not _is_settled(decision):
        return case
    if case.state == "reported":
        if len(list_standards(conn, matter=matter_of(case), at=now)) > 1:
            return case  # a clerk chooses among them
        case = accept_case(conn, case, standard=None, actor=_SYSTEM, now=now)
    helping = [unit.ref for unit in decision.assisting]
    lead = decision.lead.ref
    return dispatch_case(conn, case, lead=lead, assisting=helping, reason=None, actor=_SYSTEM, now=now)


def _sorted(
    conn: Connection,
    case: LockedCase,
    matter: Category,
    attributes: dict[str, str],
    decision: Decision,
    standard: int | None,
    now: datetime,
) -> dict[str, Any]:
    """The columns that follow the matter; history runs under no limits."""
    limits: dict[str, Any] = {}
    if not case.is_history:
        limits = due_when_sorted(
            conn, district=case.district, category=matter, standard=standard, start=case.received_at, at=now,
            path=case.current_path,
        )  # fmt: skip
    followed = {"category": matter.code, "platform": matter.platform, "attributes": attributes}
    return followed | limits | {"owner": decision.as_json()}


def _move_sorted(
    conn: Connection,
    case: LockedCase,
    to_state: str,
    changes: Mapping[str, Any],
    decision: Decision,
    actor: str,
    now: datetime,
) -> LockedCase:
    told: dict[str, Any] = {
        "category": changes["category"],
        "before": case.category,
        "lead": decision.lead.ref if decision.lead else None,
        "certainty": decision.certainty,
    }
    if case.state == "disputed" and to_state != "disputed":
        told["withdrawn"] = withdraw_dispute(conn, case, now=now)
    return move_case(conn, case, act="sort", to_state=to_state, changes=changes, actor=actor, now=now, payload=told)


def _keep_decision(conn: Connection, case: LockedCase, now: datetime) -> None:
    owner = json.dumps(case.owner, ensure_ascii=False)
    run(conn, SQL["insert_decision"], {**case.key, "now": now, "cause": "sort", "owner": owner})


def _log_override(conn: Connection, case: LockedCase, chosen: str, actor: str, now: datetime) -> None:
    if case.sorted is None or case.sorted.get("category") == chosen:
        return
    said = case.sorted
    override = Override(
        **case.key, at=now, actor=actor, chosen=chosen,
        suggested=said.get("category"), confidence=said.get("confidence"), by=said.get("by") or "nobody",
    )  # fmt: skip
    log_override(conn, override=override)
