"""The way of a case over the wire: what happened and who did it, levels with their time, tasks, words, legal acts.

Words are told as the reader may know them. Officials are named to whoever may read the case; who reported it or joined
it is not, also where he is an official.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.acting.lifecycle import list_acts
from api.answers import told_text
from api.batches import PUBLIC
from spatial.cases.case_files import CaseFile
from spatial.cases.disputes.acting import peek_case
from spatial.cases.lifecycle.keeping import Held
from spatial.cases.lifecycle.reading import Note, Request, Way, read_way
from spatial.people.accounts import Account
from spatial.people.officials import list_officials
from spatial.store.events import Event, list_events


def way_out(conn: Connection, case: CaseFile, *, reader: Account, now: datetime) -> dict[str, Any]:
    """What a single case tells beside a list: history, tiers, tasks, notes, requests, photos of acts, legal acts."""
    way = read_way(conn, case)
    links = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    names = _officials(conn, case, links, way)
    reads = reader.reach_for("read_text").covers(case.tags)
    told = ((note, told_text(note.note, tags=case.tags, reader=reader)) for note in way.notes)
    return {
        "history": [_link(one, names) for one in links],
        "tiers": [_held(one, now) for one in way.held],
        "tasks": [asdict(task) for task in way.tasks],
        "notes": [_note(note, words, names) for note, words in told if words is not None],
        "requests": [asdict(one) | _decided(one, names) for one in way.requests],
        "report_photos": [asdict(one) for one in way.shown] if reads else [],
        "act_photos": [asdict(one) | {"actor_name": names.get(one.actor)} for one in way.photos] if reads else [],
        "legal": list_acts(conn, peek_case(conn, reach=reader.reach, case_no=case.case_no), reader, now=now),
    }


def _officials(conn: Connection, case: CaseFile, links: Sequence[Event], way: Way) -> dict[str, str]:
    citizens = {
        one.actor
        for one in links
        if one.kind == "case.supported" or (one.kind == "case.reported" and case.source == PUBLIC)
    }
    acted = {one.actor for one in links} | {one.actor for one in way.notes} | {one.actor for one in way.photos}
    asked = {by for one in way.requests for by in (one.asked_by, one.decided_by) if by is not None}
    return list_officials(conn, actors=(acted | asked) - citizens)


def _link(one: Event, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "seq": one.seq, "kind": one.kind, "at": one.at, "actor": one.actor, "actor_name": names.get(one.actor),
        "payload": one.payload,
    }  # fmt: skip


def _note(one: Note, words: str, names: Mapping[str, str]) -> dict[str, Any]:
    return asdict(one) | {"note": words, "actor_name": names.get(one.actor)}


def _decided(one: Request, names: Mapping[str, str]) -> dict[str, str | None]:
    return {"asked_by_name": names.get(one.asked_by), "decided_by_name": names.get(one.decided_by or "")}


def _held(one: Held, now: datetime) -> dict[str, Any]:
    until = max(now, one.since) if one.until is None else one.until
    return {
        "tier": one.tier, "since": one.since, "until": one.until, "seconds": (until - one.since).total_seconds(),
    }  # fmt: skip
