"""Negotiated duty (协商确权): a row is proposed, every unit that it names agrees or objects, and it takes effect.

A proposal waits until `answer_by`. When all named units have agreed it is in force, and decides from its date on. An
objection, which needs a reason, stops it; a panel then adopts or withdraws it on stated grounds. Who has not answered
in time is not taken to agree: the proposal stays proposed and stands on the list of overdue ones.

Every step locks the row first, so of two last answers one sees the other. Knows the table; refuses to know who may
answer for a unit: that is the way in's, which gets the chains that the place lies in.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.superseding import supersede_settled
from spatial.cases.responsibility import notices
from spatial.cases.responsibility.row_drafts import RowDraft, find_faults
from spatial.cases.responsibility.rows import TableRow, get_row, hold_row, read_known, write
from spatial.cases.responsibility.spans import LATEST
from spatial.errors import Conflict, Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "proposals.sql")
ANSWERS = ("agree", "object")
DECISIONS = ("adopt", "withdraw")


@dataclass(frozen=True)
class _Said:
    """Who said something about which proposal, and when."""

    row: TableRow
    now: datetime
    actor: str


def propose(
    conn: Connection, *, draft: RowDraft, answer_by: datetime | None = None, now: datetime, actor: str
) -> TableRow:
    """Propose a row to the units that it names. Without `since` it is to begin now; without `answer_by` the setting
    `proposal_answer_limit` says how long they have.

    Raises Invalid naming the field: a row that could not be adopted, or begins or is to be answered in the past.
    """
    begins = draft.since or now
    if begins < now:
        raise Invalid("from lies in the past; what is agreed on takes effect now or later", field="from")
    if answer_by is not None and not now < answer_by < LATEST:
        raise Invalid("answer_by must lie in the time to come; give the units time to answer", field="answer_by")
    waits = answer_by or run(conn, SQL["answer_limit"], {"now": now}).scalar_one()
    dated = RowDraft(**{**vars(draft), "since": begins})
    ids = write(conn, drafts=[dated], state="proposed", answer_by=waits, now=now, actor=actor)
    return get_row(conn, row_id=ids[0])


def answer(
    conn: Connection, *, row_id: int, unit: str, answer: str, reason: str, now: datetime, actor: str
) -> TableRow:
    """Let a named unit agree or object; returns the row as it stands then. An answer behind `answer_by` still counts.

    Raises NotFound, Conflict when the row is no open proposal or the unit has answered, Invalid naming the field: a
    unit that is not named, another answer than the two, an objection without a reason.
    """
    said = _hold(conn, row_id=row_id, states=("proposed",), now=now, actor=actor)
    _check_answer(said.row, unit, answer, reason)
    params = {"id": row_id, "unit": unit, "answer": answer, "reason": reason.strip(), "now": now, "actor": actor}
    if run(conn, SQL["insert_answer"], params).first() is None:
        raise Conflict(f"{unit} has answered row {row_id} already; one answer counts", field="unit")
    _tell(conn, said, "objected" if answer == "object" else "answered", unit=unit)
    if answer == "object":
        run(conn, SQL["set_state"], {"id": row_id, "state": "objected"})
    elif {unit, *(one.unit for one in said.row.answers)} >= set(said.row.draft.units):
        _put_in_force(conn, said)
    return get_row(conn, row_id=row_id)


def settle(conn: Connection, *, row_id: int, decision: str, grounds: str, now: datetime, actor: str) -> TableRow:
    """Let a panel adopt or withdraw a proposal that was objected to or never fully answered.

    Raises NotFound, Conflict when the row is settled or could no longer be adopted, Invalid naming the field.
    """
    if decision not in DECISIONS:
        raise Invalid(f"decision {decision} is unknown; one of {', '.join(DECISIONS)}", field="decision")
    if not grounds.strip():
        raise Invalid("grounds are missing; say on what the panel rests its decision", field="grounds")
    said = _hold(conn, row_id=row_id, states=("proposed", "objected"), now=now, actor=actor)
    if decision == "adopt":
        _put_in_force(conn, said)
    else:
        _tell(conn, said, "withdrawn")
    state = "in_force" if decision == "adopt" else "withdrawn"
    params = {"id": row_id, "state": state, "now": now, "actor": actor, "grounds": grounds.strip()}
    run(conn, SQL["settle"], params)
    return get_row(conn, row_id=row_id)


def list_paths(conn: Connection, *, row_id: int) -> list[tuple[str, ...]]:
    """The chains of cells, widest first, that a row's place lies in: who speaks for its territory holds them all."""
    return [tuple(row.path) for row in run(conn, SQL["paths_of_row"], {"id": row_id})]


def _hold(conn: Connection, *, row_id: int, states: tuple[str, ...], now: datetime, actor: str) -> _Said:
    held = hold_row(conn, row_id=row_id)
    if held.state not in states:
        raise Conflict(f"row {row_id} is {held.state}; only what is {' or '.join(states)} waits for this")
    return _Said(get_row(conn, row_id=row_id), now, actor)


def _check_answer(row: TableRow, unit: str, answer: str, reason: str) -> None:
    if unit not in row.draft.units:
        raise Invalid(f"unit {unit} is not named by row {row.id}; it names {', '.join(row.draft.units)}", field="unit")
    if answer not in ANSWERS:
        raise Invalid(f"answer {answer} is unknown; one of {', '.join(ANSWERS)}", field="answer")
    if answer == "object" and not reason.strip():
        raise Invalid("reason is missing; an objection says what it rests on", field="reason")


def _put_in_force(conn: Connection, said: _Said) -> None:
    row, begins = said.row, max(said.row.since or said.now, said.now)
    if row.until is not None and row.until <= begins:
        raise Conflict(f"row {row.id} would have ended at {row.until.isoformat()}; withdraw it and propose anew")
    draft = RowDraft(**{**vars(row.draft), "since": begins})
    for fault in find_faults(draft, read_known(conn, drafts=[draft]), now=said.now):
        raise Conflict(f"row {row.id} can no longer be adopted: {fault.sentence}", field=fault.field)
    run(conn, SQL["put_in_force"], {"id": row.id, "now": said.now})
    _tell(conn, said, "adopted")
    supersede_settled(conn, row_ids=[row.id], now=said.now)


def _tell(conn: Connection, said: _Said, what: str, **more: str) -> None:
    notice = notices.of_row(said.row.id, what, said.row.draft, **more)
    notices.publish(conn, [notice], now=said.now, actor=said.actor)
