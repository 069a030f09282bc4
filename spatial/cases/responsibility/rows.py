"""The table of responsibility (属事责任): rows of matter x place x validity, who leads, assists and supervises.

A row is adopted, read, and ended. What is written never changes but for its end, and an end never lies before now:
answers that were given since would be rewritten. A row may begin in the past, and be over when it is written: last
year's list. `recorded_at` then shows that it was written later, and whoever replays an old answer asks for what was
known at that time, so that no answer changes by it.

Knows the table and its events. Refuses to say which row decides: `specificity.py` and `resolving.py` do.
"""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.disputes.superseding import supersede_settled
from spatial.cases.responsibility import notices
from spatial.cases.responsibility.bodies import check_end
from spatial.cases.responsibility.decision import TERRITORY
from spatial.cases.responsibility.row_drafts import Fault, Known, RowDraft, find_doubles, find_faults
from spatial.cases.responsibility.spans import Span
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.db import hold_grid_shared, run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "rows.sql")
STATES = ("proposed", "objected", "in_force", "withdrawn")


@dataclass(frozen=True)
class Answer:
    """What a named unit said to a proposal: `agree`, or `object` with a reason."""

    unit: str
    answer: str
    reason: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class TableRow:
    """A row with the names of its matter and place; `since` and `until` bound its half-open validity, None is open.

    `adopted_at` is None while it is no more than a proposal, and for rows that were there from the beginning.
    """

    id: int
    matter: str
    matter_name: str
    matter_name_zh: str
    place_kind: str
    place: str
    place_name: str
    lead: str
    assisting: tuple[str, ...]
    supervising: tuple[str, ...]
    priority: int | None
    basis: str
    since: datetime | None
    until: datetime | None
    state: str
    answer_by: datetime | None
    adopted_at: datetime | None
    recorded_at: datetime
    recorded_by: str
    settled_at: datetime | None
    settled_by: str | None
    grounds: str
    answers: tuple[Answer, ...]

    @property
    def draft(self) -> RowDraft:
        """What was written, as it would be written again."""
        return RowDraft(
            self.matter, self.place_kind, self.place, self.lead, self.assisting, self.supervising, self.priority,
            self.basis, self.since, self.until,
        )  # fmt: skip


@dataclass(frozen=True)
class RowFilter:
    """What a list is narrowed to. `unit` is a reference in any part, `cell` a whole subtree, `at` leaves the rows that
    decide at a moment, `overdue_at` the proposals whose time to answer had passed.
    """

    matter: str | None = None
    unit: str | None = None
    cell: str | None = None
    jurisdiction: str | None = None
    state: str | None = None
    at: datetime | None = None
    overdue_at: datetime | None = None


EVERYTHING = RowFilter()


def list_rows(
    conn: Connection, *, narrowed: RowFilter = EVERYTHING, limit: int | None = None, after: int | None = None
) -> list[TableRow]:
    """Rows by id, at most `limit`, behind an id."""
    return _read(conn, {**vars(narrowed), "ids": None, "limit": limit, "after": after})


def get_row(conn: Connection, *, row_id: int) -> TableRow:
    """One row. Raises NotFound."""
    found = _read(conn, {**vars(EVERYTHING), "ids": [row_id], "limit": 1, "after": None})
    if not found:
        raise NotFound(f"there is no row {row_id} in the table of responsibility", field="id")
    return found[0]


def read_known(conn: Connection, *, drafts: Sequence[RowDraft]) -> Known:
    """What the city holds of what these drafts name; departments and jurisdictions stay as they are until the end of
    this transaction.
    """
    places = {kind: sorted({d.place for d in drafts if d.place_kind == kind}) for kind in ("cell", "jurisdiction")}
    units = sorted({ref for draft in drafts for ref in draft.units if not ref.startswith(TERRITORY)})
    matters = sorted({draft.matter for draft in drafts})
    versions: dict[str, list[tuple[int, Span]]] = {}
    for row in run(conn, SQL["known_jurisdictions"], {"codes": places["jurisdiction"]}):
        versions.setdefault(row.code, []).append((row.id, Span(row.since, row.until)))
    return Known(
        matters=_spans(conn, "known_matters", matters),
        levels={row.key: row.rank for row in run(conn, SQL["known_levels"])},
        cells={row.code: row.in_use for row in run(conn, SQL["known_cells"], {"codes": places["cell"]})},
        departments=_spans(conn, "known_departments", units),
        jurisdictions={code: tuple(found) for code, found in versions.items()},
    )


def list_faults(conn: Connection, *, drafts: Sequence[RowDraft], now: datetime) -> list[tuple[int, Fault]]:
    """All that keeps these drafts from being written, each with the position of its draft from 0."""
    return _faults(conn, drafts, read_known(conn, drafts=drafts), now)


def _faults(conn: Connection, drafts: Sequence[RowDraft], known: Known, now: datetime) -> list[tuple[int, Fault]]:
    own = [(i, fault) for i, draft in enumerate(drafts) for fault in find_faults(draft, known, now=now)]
    wrong = {i for i, _ in own}
    doubles = [(i, fault) for i, fault in find_doubles(drafts, _standing(conn, drafts)) if i not in wrong]
    return sorted([*own, *doubles], key=lambda found: found[0])


def _standing(conn: Connection, drafts: Sequence[RowDraft]) -> dict[Hashable, list[tuple[int, Span]]]:
    """The rows in force on these drafts' matters and places, by what they say."""
    asked = {name: sorted({getattr(draft, name[:-1]) for draft in drafts}) for name in ("matters", "places", "leads")}
    found: dict[Hashable, list[tuple[int, Span]]] = {}
    for row in run(conn, SQL["standing_rows"], asked):
        draft = RowDraft(
            row.matter, row.place_kind, row.place, row.lead, tuple(row.assisting), tuple(row.supervising), row.priority
        )
        found.setdefault(draft.says, []).append((row.id, Span(row.since, row.until)))
    return found


def adopt(conn: Connection, *, drafts: Sequence[RowDraft], now: datetime, actor: str) -> list[int]:
    """Put rows in force, all or none; returns their ids in the order of the drafts.

    Raises Invalid naming the field of the first fault, Conflict for a row that says what one in force says already.
    """
    return write(conn, drafts=drafts, state="in_force", answer_by=None, now=now, actor=actor)


def write(
    conn: Connection, *, drafts: Sequence[RowDraft], state: str, answer_by: datetime | None, now: datetime, actor: str
) -> list[int]:
    """Write rows in a state, all or none, with an event for each.

    Raises Invalid naming the first fault's field, Conflict for a row that says what one in force says already.
    """
    hold_grid_shared(conn)  # a redraw carries on the rows of its cells: one written meanwhile would be left behind
    known = read_known(conn, drafts=drafts)
    for _, fault in _faults(conn, drafts, known, now):
        raise (Conflict if fault.is_conflict else Invalid)(fault.sentence, field=fault.field)
    rows = [_as_json(i, draft, known, now) for i, draft in enumerate(drafts)]
    adopted_at = now if state == "in_force" else None
    params = {"rows": json.dumps(rows, ensure_ascii=False), "state": state, "answer_by": answer_by}
    params |= {"adopted_at": adopted_at, "now": now, "actor": actor}
    ids = list(run(conn, SQL["insert_rows"], params).scalars())
    kind = "adopted" if adopted_at else "proposed"
    said = [notices.of_row(i, kind, draft) for i, draft in zip(ids, drafts, strict=True)]
    notices.publish(conn, said, now=now, actor=actor)
    if adopted_at:
        supersede_settled(conn, row_ids=ids, now=now)
    return ids


def end_row(conn: Connection, *, row_id: int, until: datetime | None, now: datetime, actor: str) -> TableRow:
    """Let a row in force end, now when `until` is None; returns it as it stands then.

    Raises NotFound, Conflict for a row that is not in force or has ended, Invalid for an end before now or later than
    the end it has.
    """
    ends = until or now
    held = hold_row(conn, row_id=row_id)
    if held.state != "in_force":
        raise Conflict(f"row {row_id} is {held.state}, not in force; only a row in force can end")
    if held.until is not None and held.until <= now:
        raise Conflict(f"row {row_id} has ended at {held.until.isoformat()}; what has been is not changed")
    check_end(Span(held.since, held.until), until=ends, now=now)
    run(conn, SQL["end_row"], {"id": row_id, "until": ends})
    row = get_row(conn, row_id=row_id)
    said = notices.of_row(row_id, "ended", row.draft, until=ends.isoformat())
    notices.publish(conn, [said], now=now, actor=actor)
    return row


def hold_row(conn: Connection, *, row_id: int) -> Row[Any]:
    """A row's state and validity, locked until this transaction ends. Raises NotFound."""
    held = run(conn, SQL["hold_row"], {"id": row_id}).first()
    if held is None:
        raise NotFound(f"there is no row {row_id} in the table of responsibility", field="id")
    return held


def _read(conn: Connection, params: Mapping[str, Any]) -> list[TableRow]:
    rows = run(conn, SQL["list_rows"], params).all()
    answers: dict[int, list[Answer]] = {row.id: [] for row in rows}
    for said in run(conn, SQL["answers"], {"ids": list(answers)}) if answers else ():
        answers[said.responsibility].append(Answer(said.unit, said.answer, said.reason, said.at, said.actor))
    return [_row(row, answers[row.id]) for row in rows]


def _row(row: Row[Any], answers: Sequence[Answer]) -> TableRow:
    lists = {"assisting": tuple(row.assisting), "supervising": tuple(row.supervising), "answers": tuple(answers)}
    return TableRow(**{**row._mapping, **lists})


def _spans(conn: Connection, name: str, codes: list[str]) -> dict[str, Span]:
    return {row.code: Span(row.since, row.until) for row in run(conn, SQL[name], {"codes": codes})}


def _as_json(ordinal: int, draft: RowDraft, known: Known, now: datetime) -> dict[str, Any]:
    kind, place = draft.place_kind, draft.place
    return {
        "ordinal": ordinal,
        "matter": draft.matter,
        "place_kind": kind,
        "place_level": known.levels[place] if kind == "level" else None,
        "place_cell": place if kind == "cell" else None,
        "place_jurisdiction": known.jurisdiction_of(draft, now) if kind == "jurisdiction" else None,
        "lead": draft.lead,
        "assisting": draft.assisting,
        "supervising": draft.supervising,
        "priority": draft.priority,
        "basis": draft.basis,
        "since": draft.since.isoformat() if draft.since else None,
        "until": draft.until.isoformat() if draft.until else None,
    }
