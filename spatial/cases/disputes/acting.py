"""The one way in which a case changes its state: locked, checked against the table, written, and told.

Every act goes through `lock_case` and `move_case`, so that no state is stored that the table does not know and
none is entered without a link in the case's chain. Refuses to know what an act means (`accepting.py`,
`dispatching.py` and their neighbours do), to commit, and to wake readers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.clocks.missing import missed_by_move
from spatial.cases.clocks.steps import step_of_move
from spatial.cases.disputes.alarms import raise_due_alarms
from spatial.cases.disputes.briefs import close_settled_brief
from spatial.cases.disputes.transitions import Transitions, check_move
from spatial.cases.lifecycle.keeping import CLOSED, OVER, keep_tier, moments_of
from spatial.cases.lifecycle.tasks import drop_tasks, move_deadlines, open_tasks, withdraw_requests
from spatial.cases.port.counting import recount_supporters
from spatial.cases.recording import record
from spatial.cases.supervision.following import follow_move
from spatial.errors import Conflict, NotFound
from spatial.store.db import hold_grid_shared, run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "acting.sql")
PAST = {
    "sort": "sorted", "accept": "filed", "dispatch": "dispatched", "return": "returned", "dispute": "disputed",
    "rule": "ruled", "refer": "referred", "contact": "contacted", "recall": "recalled",
    "order_interim": "interim_ordered", "note_cost": "cost_noted", "void": "voided", "verify_report": "report_verified",
    "ask_check": "check_asked",
    "handle_own": "own_handled", "solve_own": "own_solved", "hand_over": "handed_over", "escalate": "escalated",
    "order_down": "ordered_down", "receive": "received", "submit": "submitted", "finish_task": "task_finished",
    "verify_result": "result_verified", "extend": "extended", "suspend": "suspended", "resume": "resumed",
    "supervise": "supervised", "merge": "merged", "split": "split", "call_back": "called_back", "reopen": "reopened",
    "contact_citizen": "citizen_contacted", "evaluate": "evaluated", "appeal": "appealed",
    "settle_call_back": "call_back_settled",
    "assign_task": "task_assigned", "revoke_task": "task_revoked",
    "ask_help": "help_asked", "confer": "conferred", "decide": "decided",
}  # fmt: skip
_CHANGEABLE = frozenset(
    {
        "category", "attributes", "standard", "platform", "nature", "provider", "contact_due_at", "contacted_at",
        "lead", "assisting", "holders", "returns", "ruling", "precedent", "owner", "step_due_at", "due_at", "tier",
        "tier_since", "filed_at", "dispatched_at", "taken_at", "submitted_at", "closed_at", "ended_at", "outcome",
        "is_self_solved", "reworks", "reopens", "extensions", "suspensions", "appeals", "limit_amount", "limit_unit",
        "due_reason", "paused_since", "clock_left", "merged_into", "supporters", "archived_at", "call_back",
    }
)  # fmt: skip
# A case that is with nobody: what it loses when it comes back, is disputed, or is no longer the government's.
WITH_NOBODY: dict[str, Any] = {"lead": None, "assisting": [], "holders": [], "ruling": None, "precedent": None}


@dataclass(frozen=True)
class LockedCase:
    """A case held by this transaction. Position in WGS 84 degrees; moments aware, UTC."""

    district: str
    case_no: str
    step: str
    state: str
    category: str | None
    attributes: dict[str, str]
    sorted: dict[str, Any] | None
    standard: int | None
    platform: str
    nature: str
    provider: str | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    lead: str | None
    assisting: tuple[str, ...]
    holders: tuple[str, ...]
    parties: tuple[str, ...]
    returns: int
    ruling: int | None
    precedent: str | None
    owner: dict[str, Any]
    certainty: str
    candidates: list[dict[str, Any]]
    unit: str | None
    path: tuple[str, ...]
    current_unit: str | None
    current_path: tuple[str, ...]
    revision: int
    lon: float
    lat: float
    accuracy_m: float
    received_at: datetime
    in_force_at: datetime
    is_history: bool
    source: str
    is_citizens: bool
    step_due_at: datetime | None
    due_at: datetime | None
    due_reason: str
    limit_amount: Decimal | None
    limit_unit: str | None
    paused_since: datetime | None
    clock_left: Mapping[str, str] | None
    tier: int | None
    tier_since: datetime | None
    filed_at: datetime | None
    dispatched_at: datetime | None
    taken_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    is_self_solved: bool
    reworks: int
    reopens: int
    extensions: int
    suspensions: int
    appeals: int
    merged_into: str | None
    supporters: int
    unnamed_supporters: int
    archived_at: datetime | None
    call_back: int | None
    missed_at: datetime | None
    missed_by: str | None
    missed_until: datetime | None

    @property
    def key(self) -> dict[str, str]:
        """What rows of this case are found by."""
        return {"district": self.district, "case_no": self.case_no}

    @property
    def has_citizens(self) -> bool:
        """Whether a citizen reported it or joined it later: then somebody is to be asked for the result."""
        return self.is_citizens or self.supporters + self.unnamed_supporters > 0


def read_transitions(conn: Connection) -> Transitions:
    """The table of moves as it stands."""
    steps = {row.state: row.step for row in run(conn, SQL["case_states"])}
    moves = frozenset((row.from_state, row.act, row.to_state) for row in run(conn, SQL["case_transitions"]))
    return Transitions(steps, moves)


def lock_case(conn: Connection, *, reach: Reach, case_no: str) -> LockedCase:
    """Hold a case until this transaction ends. Raises NotFound outside the reach: that it exists is not told.

    The grid is held first, as a publish does: the other way round an act and a redraw would wait for each other.
    """
    hold_grid_shared(conn)
    row = run(conn, SQL["lock_case"], {"case_no": case_no, "reach": reach.bound}).first()
    if row is None:
        raise NotFound(f"there is no case {case_no} within your reach")
    return _locked(row)


def peek_case(conn: Connection, *, reach: Reach, case_no: str) -> LockedCase:
    """A case as an act would find it, held by nobody: for telling what may be done. Raises NotFound."""
    row = run(conn, SQL["peek_case"], {"case_no": case_no, "reach": reach.bound}).first()
    if row is None:
        raise NotFound(f"there is no case {case_no} within your reach")
    return _locked(row)


def move_case(
    conn: Connection,
    case: LockedCase,
    *,
    act: str,
    to_state: str,
    changes: Mapping[str, Any],
    actor: str,
    now: datetime,
    payload: Mapping[str, Any],
    extra_path: Sequence[str] = (),
) -> LockedCase:
    """Move a locked case, change these of its columns, and tell it; returns the case as it stands then.

    Its citizens are told by the port, in this very transaction. How long it may stay in its new state follows from that
    state, unless `changes` say otherwise.

    `payload` holds codes and refs only, never words. Those who held the case before hear that they lost it.
    Raises IllegalAct where the table has no such move.
    """
    step = check_move(read_transitions(conn), state=case.state, act=act, to=to_state)
    unknown = set(changes) - _CHANGEABLE
    if unknown:
        raise ValueError(f"an act does not change {sorted(unknown)} of a case")
    if act == "evaluate" and case.state == "closed" and case.has_citizens:
        raise Conflict("this is a citizen's case: whoever asked is called back before it is evaluated")
    tier = keep_tier(conn, case, to=to_state, tier=changes.get("tier", case.tier), now=now)
    moments = moments_of(act, was=case.state, to=to_state, filed_at=case.filed_at, now=now)
    if "step_due_at" not in changes:
        moments |= step_of_move(conn, case, to_state=to_state, due_at=changes.get("due_at", case.due_at), now=now)
    wanted = {**moments, **changes, **tier, **missed_by_move(case, act=act, changes=changes, now=now)}
    moved = _write(conn, case, {**wanted, "state": to_state, "step": step}, actor, now)
    follow_move(conn, moved, before=case, now=now)
    told = {"act": act, "from": case.state, "to": to_state, "state": to_state, "step": step, "tier": moved.tier}
    told |= payload
    hearers = dict.fromkeys([*moved.current_path, *moved.parties, *case.parties, *extra_path])
    record(conn, [_event(case.key, act, told, actor=actor, now=now, path=tuple(hearers))])
    if other := {"merge": moved.merged_into, "split": case.merged_into}.get(act):
        recount_supporters(conn, case_no=other)
    return moved


def _write(conn: Connection, case: LockedCase, changes: dict[str, Any], actor: str, now: datetime) -> LockedCase:
    """Write the columns; tasks follow the units, before and behind, since the case counts those that are open."""
    lead, helping = changes.get("lead", case.lead), list(changes.get("assisting", case.assisting))
    is_with_units = lead is not None and changes["state"] not in OVER
    keep = [lead, *helping] if is_with_units else []
    # A mandatory task that is still open keeps its case from being closed: only its unit, or its giver, ends it.
    drop_tasks(conn, case.key, keep=keep, now=now, mandatory_too=changes["state"] not in CLOSED)
    was_over, is_over = case.state in OVER, changes["state"] in OVER
    if lead != case.lead or was_over != is_over:
        withdraw_requests(conn, case.key, appeals_too=was_over, actor=actor, now=now)
    written = json.dumps(changes, ensure_ascii=False, default=_plain)
    moved = _locked(run(conn, SQL["write_case"], {**case.key, "changes": written}).one())
    if is_with_units:
        new_lead = None if lead == case.lead else lead
        new = [unit for unit in helping if unit not in case.assisting]
        open_tasks(conn, case.key, lead=new_lead, assisting=new, due_at=moved.due_at, now=now)
    if moved.due_at != case.due_at:
        move_deadlines(conn, case.key, was=case.due_at, due_at=moved.due_at)
    return moved


def open_dispute(
    conn: Connection, case: LockedCase, *, entry: str, note: str, actor: str, now: datetime
) -> tuple[LockedCase, int]:
    """A locked case becomes a dispute, by entry `no_rule`, `returns` or `clerk`, and is with nobody until it is ruled.

    Returns the case and the dispute's number. Raises IllegalAct where its state knows no dispute.
    """
    check_move(read_transitions(conn), state=case.state, act="dispute", to="disputed")
    params = {**case.key, "now": now, "entry": entry, "note": note}
    dispute = int(run(conn, SQL["insert_dispute"], params).scalar_one())
    told = {"entry": entry, "dispute": dispute}
    moved = move_case(
        conn, case, act="dispute", to_state="disputed", changes=WITH_NOBODY, actor=actor, now=now, payload=told
    )
    return moved, dispute


def open_disputes(
    conn: Connection, keys: Sequence[tuple[str, str]], *, entry: str, actor: str, now: datetime
) -> dict[tuple[str, str], int]:
    """Cases filed in this very transaction become disputes, set-wise; returns the dispute's number by case key.

    Each is told behind its `case.reported`. A key whose case is not `reported` is left as it is, and not answered.
    """
    if not keys:
        return {}
    step = check_move(read_transitions(conn), state="reported", act="dispute", to="disputed")
    rows = run(conn, SQL["dispute_cases"], _columns(keys) | {"step": step}).all()
    entered = {(row.district, row.case_no): row for row in rows}
    params = _columns(list(entered)) | {"now": now, "entry": entry}
    numbers = {(row.district, row.case_no): int(row.id) for row in run(conn, SQL["insert_disputes"], params)}
    told = {"act": "dispute", "from": "reported", "to": "disputed", "state": "disputed", "step": step, "entry": entry}
    record(conn, [
        _event({"district": key[0], "case_no": key[1]}, "dispute", told | {"dispute": numbers[key]},
               actor=actor, now=now, path=(*row.current_path, *row.parties))
        for key, row in entered.items()
    ])  # fmt: skip
    return numbers


def note_words(conn: Connection, case: LockedCase, *, act: str, note: str, actor: str, now: datetime) -> None:
    """Keep the words of an act in a row of their own, beside the log that holds none."""
    run(conn, SQL["insert_note"], {**case.key, "act": act, "note": note, "actor": actor, "now": now})


def find_open_dispute(conn: Connection, case: LockedCase) -> int | None:
    """The number of the case's open dispute."""
    found: int | None = run(conn, SQL["open_dispute_of"], case.key).scalar_one_or_none()
    return found


def withdraw_dispute(conn: Connection, case: LockedCase, *, now: datetime) -> int | None:
    """End the case's open dispute without a ruling; its number, None where there was none.

    The days that it was over the age limit are written first: nobody looks at it afterwards. A brief whose last
    dispute it was is closed.
    """
    number = find_open_dispute(conn, case)
    if number is None:
        return None
    raise_due_alarms(conn, now=now, limit=None, dispute=number)
    brief = run(conn, SQL["withdraw_dispute"], {"dispute": number, "now": now}).scalar_one()
    close_settled_brief(conn, brief=brief, now=now)
    return number


def matter_of(case: LockedCase) -> str:
    """What the case is about. Raises Conflict for a case that nobody has sorted."""
    if case.category is None:
        raise Conflict("nobody has said what this case is about; sort it first", field="category")
    return case.category


def holders_among(lead: str, assisting: Sequence[str]) -> list[str]:
    """The departments among these units: who sees a case because it was handed to him. Territory sees it anyway."""
    return [unit for unit in dict.fromkeys([lead, *assisting]) if not unit.startswith("@")]


def _columns(keys: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"districts": [key[0] for key in keys], "case_nos": [key[1] for key in keys]}


def _event(
    key: Mapping[str, str], act: str, payload: dict[str, Any], *, actor: str, now: datetime, path: tuple[str, ...]
) -> EventDraft:
    return EventDraft(key["district"], "case", key["case_no"], f"case.{PAST[act]}", now, actor, path, payload)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_FIELDS = [field.name for field in fields(LockedCase)]
_TUPLES = ("assisting", "holders", "parties", "path", "current_path")


def _locked(row: Row[Any]) -> LockedCase:
    columns = row._mapping
    values = {name: columns[name] for name in _FIELDS}
    return LockedCase(**(values | {name: tuple(values[name]) for name in _TUPLES}))
