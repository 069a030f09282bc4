"""Writing matters: loading tables of classes, and retiring a matter.

A name, a mapping or a platform may be corrected; a standard that changes ends, and its successor begins at that
moment. A matter is never deleted: old cases are about it. Refuses to commit and to read files.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.matters.class_files import MatterDraft
from spatial.cases.matters.reading import read_taxonomy
from spatial.cases.matters.taxonomy import provisional_limit
from spatial.errors import Conflict, Invalid
from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "loading.sql")


@dataclass(frozen=True)
class MattersLoaded:
    """What became of a table: matters that were new and that were there, and standards that began and ended."""

    added: int
    kept: int
    standards_begun: int
    standards_ended: int


def load_matters(conn: Connection, *, drafts: Sequence[MatterDraft], now: datetime, actor: str) -> MattersLoaded:
    """Add matters and their standards, or correct those that are there.

    The first standards of a matter are in force from the beginning of time, changed ones from `now`. A matter's
    `due_limit` is its first standard's limit as provisional clock time (an hour of any kind is one hour, a day of
    any kind is one day) until the calendars count it. Raises Invalid for a parent, category or platform that is
    unknown, and for a code that is there in another place of the taxonomies.
    """
    _check(conn, drafts)
    rows = json.dumps([_row(draft) for draft in drafts], ensure_ascii=False)
    added = sum(run(conn, SQL["put_matters"], {"rows": rows}).scalars())
    standards = json.dumps([row for draft in drafts for row in _standard_rows(draft)], ensure_ascii=False)
    told = [draft.code for draft in drafts if draft.standards is not None]
    params = {"rows": standards, "matters": told, "now": now}
    ended = run(conn, SQL["end_standards"], params).rowcount
    begun = run(conn, SQL["begin_standards"], params).rowcount
    loaded = MattersLoaded(added, len(drafts) - added, begun, ended)
    _tell(conn, "load", "matter.loaded", now, actor, asdict(loaded))
    return loaded


def retire_matter(conn: Connection, *, code: str, until: datetime, now: datetime, actor: str) -> list[str]:
    """End a matter and the minor classes under it at a moment; answers the codes that end then.

    Raises NotFound; Conflict for one that has ended before, Invalid for an end before its beginning.
    """
    matter = read_taxonomy(conn).get(code)
    if matter.until is not None and matter.until <= until:
        raise Conflict(f"{code} ended at {matter.until.isoformat()} already", field="code")
    if matter.since is not None and until <= matter.since:
        raise Invalid(f"until must lie behind {matter.since.isoformat()}, when {code} began", field="until")
    ended = list(run(conn, SQL["retire"], {"code": code, "until": until}).scalars())
    _tell(conn, code, "matter.retired", now, actor, {"until": until.isoformat(), "matters": ended})
    return ended


def _tell(conn: Connection, subject_id: str, kind: str, now: datetime, actor: str, payload: dict[str, Any]) -> None:
    run(conn, SQL["hold_log"])
    append(conn, [EventDraft("", "matter", subject_id, kind, now, actor, (), payload)])


def _check(conn: Connection, drafts: Sequence[MatterDraft]) -> None:
    there = read_taxonomy(conn)
    known = {matter.code: matter.rank for matter in there} | {draft.code: draft.rank for draft in drafts}
    platforms = set(run(conn, SQL["platforms"]).scalars())
    for draft in drafts:
        if draft.category is not None and known.get(draft.category) != "category":
            raise Invalid(f"{draft.code}: there is no governance category {draft.category}", field="category")
        if draft.parent is not None and known.get(draft.parent) != "major":
            raise Invalid(f"{draft.code}: there is no major class {draft.parent}", field="major_code")
        if draft.platform is not None and draft.platform not in platforms:
            raise Invalid(f"{draft.code}: there is no platform {draft.platform}", field="platform")
        if draft.code in there and (there.get(draft.code).taxonomy, there.get(draft.code).rank) != _place(draft):
            raise Invalid(f"{draft.code} is there already in another place of the taxonomies", field="code")


def _place(draft: MatterDraft) -> tuple[str, str]:
    return draft.taxonomy, draft.rank


def _row(draft: MatterDraft) -> dict[str, Any]:
    row = {key: value for key, value in vars(draft).items() if key != "standards"}
    first = draft.standards[0] if draft.standards else None
    return row | {"due_limit_s": provisional_limit(first.amount, first.unit).total_seconds() if first else None}


def _standard_rows(draft: MatterDraft) -> list[dict[str, Any]]:
    return [vars(one) | {"matter": draft.code, "amount": str(one.amount)} for one in draft.standards or ()]
