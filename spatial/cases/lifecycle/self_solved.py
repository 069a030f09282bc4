"""Self-solved filing (自处归档): an officer reports what he has solved on the spot, and the case is born closed.

It needs what, where, how and a picture. The case is captured, reported, handled and solved at its own level in one
transaction, and is told in as many links; it is a dispute of nobody's and is handed to nobody. The centre may reopen
it. Knows cases that this very transaction has opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile
from spatial.cases.disputes.acting import lock_case
from spatial.cases.drafts import ReportDraft
from spatial.cases.lifecycle.keeping import SQL
from spatial.cases.lifecycle.levels import handle_own, solve_own
from spatial.cases.lifecycle.pictures import check_after, refuse_after
from spatial.errors import Forbidden, GridmapsError, Invalid
from spatial.store.db import run
from spatial.store.reach import WHOLE_CITY


def refuse_self_solved(
    conn: Connection, drafts: Sequence[ReportDraft], paths: Mapping[UUID, Sequence[str]], *, history: bool
) -> dict[UUID, GridmapsError]:
    """The self-solved filings that cannot be, with why, by report id; `paths` are their chains of cells."""
    asked = [draft for draft in drafts if draft.self_solved is not None and draft.id in paths]
    if not asked:
        return {}
    citizens = set(run(conn, SQL["citizen_sources"]).scalars())
    refused = ((draft.id, _refusal(conn, draft, paths[draft.id], citizens, history)) for draft in asked)
    return _shown_twice(asked) | {report: why for report, why in refused if why is not None}


def close_self_solved(conn: Connection, case: CaseFile, draft: ReportDraft) -> CaseFile:
    """Bring a case that was just opened to its end, as its officer says that he did."""
    said = draft.self_solved
    if said is None:
        return case
    at, actor = case.received_at, draft.sender
    held = lock_case(conn, reach=WHOLE_CITY, case_no=case.case_no)
    begun = handle_own(conn, held, actor=actor, now=at)
    done = solve_own(conn, begun, how=said.how, photos_after=said.photos_after, actor=actor, now=at)
    return replace(
        case, state=done.state, step=done.step, outcome=done.outcome, is_self_solved=True, closed_at=done.closed_at,
        tier_since=done.tier_since, archived_at=done.archived_at,
    )  # fmt: skip


def _shown_twice(drafts: Sequence[ReportDraft]) -> dict[UUID, GridmapsError]:
    """Those that come with the picture of a result which another one, sent before it, comes with."""
    first: dict[str, UUID] = {}
    refused: dict[UUID, GridmapsError] = {}
    for draft in drafts:
        assert draft.self_solved is not None
        for photo in draft.self_solved.photos_after:
            if first.setdefault(photo, draft.id) != draft.id:
                refused[draft.id] = refuse_after(photo, "shows the result of another case already")
    return refused


def _refusal(
    conn: Connection, draft: ReportDraft, path: Sequence[str], citizens: set[str], history: bool
) -> GridmapsError | None:
    said = draft.self_solved
    assert said is not None
    if not said.reach.covers(path):
        return Forbidden("only an officer of this place files here what he has solved himself", field="self_solved")
    if draft.source in citizens or history:
        why = "history was not solved just now" if history else f"a report from {draft.source} is a citizen's"
        return Invalid(f"self_solved: {why}; file it without, and solve_own it", field="self_solved")
    if draft.category is None and not draft.text.strip():
        return Invalid("category or text must say what it was that is solved", field="category")
    if not said.how.strip():
        return Invalid("self_solved must say how it was solved", field="self_solved")
    try:
        check_after(conn, said.photos_after, report=draft.id, shown=draft.photos)
    except GridmapsError as refused:
        return refused
    return None
