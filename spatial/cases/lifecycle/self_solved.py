"""Self-solved filing (自处归档): an officer reports what he has solved on the spot, and the case is born closed.

It needs what, where, how and a picture. The case is captured, reported, handled and solved at its own level in one
transaction, and is told in as many links; it is a dispute of nobody's and is handed to nobody. The centre may reopen
it. A batch of them is closed by as many statements as one. Knows cases that this very transaction has opened.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile
from spatial.cases.disputes.acting import read_transitions
from spatial.cases.disputes.transitions import Transitions, check_move
from spatial.cases.drafts import ReportDraft, SelfSolved
from spatial.cases.lifecycle.levels import SOLVED, list_archiving, may_archive
from spatial.cases.lifecycle.pictures import Pictures, judge_after, read_pictures, refuse_after
from spatial.cases.recording import record
from spatial.errors import Forbidden, GridmapsError, Invalid
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "self_solved.sql")


def refuse_self_solved(
    conn: Connection, drafts: Sequence[ReportDraft], paths: Mapping[UUID, Sequence[str]], *, history: bool
) -> dict[UUID, GridmapsError]:
    """The self-solved filings that cannot be, with why, by report id; `paths` are their chains of cells."""
    asked = [draft for draft in drafts if draft.self_solved is not None and draft.id in paths]
    if not asked:
        return {}
    citizens = set(run(conn, SQL["citizen_sources"]).scalars())
    known = read_pictures(conn, [photo for draft in asked for photo in _said(draft).photos_after])
    refused = ((draft.id, _refusal(draft, paths[draft.id], citizens, known, history)) for draft in asked)
    return _shown_twice(asked) | {report: why for report, why in refused if why is not None}


def close_self_solved(conn: Connection, opened: Sequence[tuple[CaseFile, ReportDraft]]) -> dict[str, CaseFile]:
    """Bring those of the cases just opened to their end of which their officers say so; answers them by number."""
    solved = [(case, draft) for case, draft in opened if draft.self_solved is not None]
    if not solved:
        return {}
    moves = read_transitions(conn)
    archiving = list_archiving(conn, [case.category for case, _ in solved if case.category is not None])
    closed = [_closed(case, moves, archiving) for case, _ in solved]
    rows = [_row(case, draft) for case, (_, draft) in zip(closed, solved, strict=True)]
    bound = {"rows": json.dumps(rows, ensure_ascii=False)}
    for name in ("close_cases", "keep_spans", "keep_words", "keep_pictures"):
        run(conn, SQL[name], bound)
    pairs = zip(closed, solved, strict=True)
    record(conn, [event for case, (_, draft) in pairs for event in _events(case, draft, moves)])
    return {case.case_no: case for case in closed}


def _closed(case: CaseFile, moves: Transitions, archiving: set[str]) -> CaseFile:
    at = case.received_at
    step = check_move(moves, state="own_handling", act="solve_own", to="closed")
    is_archived = may_archive(case) and case.category in archiving
    return replace(
        case, state="closed", step=step, closed_at=at, tier_since=None, step_due_at=None,
        archived_at=at if is_archived else None, **SOLVED,
    )  # fmt: skip


def _row(case: CaseFile, draft: ReportDraft) -> dict[str, Any]:
    said = _said(draft)
    return {
        "district": case.district, "case_no": case.case_no, "state": case.state, "step": case.step, "tier": case.tier,
        "at": case.received_at.isoformat(), "archives": case.archived_at is not None, "actor": draft.sender,
        "outcome": case.outcome, "how": said.how, "photos": sorted(set(said.photos_after)),
    }  # fmt: skip


def _events(case: CaseFile, draft: ReportDraft, moves: Transitions) -> list[EventDraft]:
    begun = check_move(moves, state="reported", act="handle_own", to="own_handling")
    shown = sorted(set(_said(draft).photos_after))
    handled = {"act": "handle_own", "from": "reported", "to": "own_handling", "state": "own_handling", "step": begun}
    solved: dict[str, Any] = {
        "act": "solve_own",
        "from": "own_handling",
        "to": case.state,
        "state": case.state,
        "step": case.step,
    }
    solved |= {"outcome": case.outcome, "photos": shown, "archived": case.archived_at is not None}
    kinds = (("case.own_handled", handled), ("case.own_solved", solved))
    return [
        EventDraft(
            case.district, "case", case.case_no, kind, case.received_at, draft.sender, case.path,
            told | {"tier": case.tier},
        )
        for kind, told in kinds
    ]  # fmt: skip


def _said(draft: ReportDraft) -> SelfSolved:
    assert draft.self_solved is not None
    return draft.self_solved


def _shown_twice(drafts: Sequence[ReportDraft]) -> dict[UUID, GridmapsError]:
    """Those that come with the picture of a result which another one, sent before it, comes with."""
    first: dict[str, UUID] = {}
    refused: dict[UUID, GridmapsError] = {}
    for draft in drafts:
        for photo in _said(draft).photos_after:
            if first.setdefault(photo, draft.id) != draft.id:
                refused[draft.id] = refuse_after(photo, "shows the result of another case already")
    return refused


def _refusal(
    draft: ReportDraft, path: Sequence[str], citizens: set[str], known: Pictures, history: bool
) -> GridmapsError | None:
    said = _said(draft)
    if not said.reach.covers(path):
        return Forbidden("only an officer of this place files here what he has solved himself", field="self_solved")
    if draft.source in citizens or history:
        why = "history was not solved just now" if history else f"a report from {draft.source} is a citizen's"
        return Invalid(f"self_solved: {why}; file it without, and solve_own it", field="self_solved")
    if draft.category is None and not draft.text.strip():
        return Invalid("category or text must say what it was that is solved", field="category")
    if not said.how.strip():
        return Invalid("self_solved must say how it was solved", field="self_solved")
    return judge_after(known, said.photos_after, report=draft.id, shown=draft.photos)
