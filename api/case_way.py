"""The way of a case over the wire: levels with their time, tasks, words as the reader may know them, legal acts."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.acting.lifecycle import list_acts
from api.answers import told_text
from spatial.cases.case_files import CaseFile
from spatial.cases.disputes.acting import peek_case
from spatial.cases.lifecycle.keeping import Held
from spatial.cases.lifecycle.reading import read_way
from spatial.people.accounts import Account


def way_out(conn: Connection, case: CaseFile, *, reader: Account, now: datetime) -> dict[str, Any]:
    """The fields of a single case beside those of a list: tiers, tasks, notes, requests, photos of acts, legal acts."""
    way = read_way(conn, case)
    reads = reader.reach_for("read_text").covers(case.tags)
    told = ((note, told_text(note.note, tags=case.tags, reader=reader)) for note in way.notes)
    return {
        "tiers": [_held(one, now) for one in way.held],
        "tasks": [asdict(task) for task in way.tasks],
        "notes": [asdict(note) | {"note": words} for note, words in told if words is not None],
        "requests": [asdict(one) for one in way.requests],
        "act_photos": [{"sha256": s, "kind": kind, "act": act} for s, kind, act in way.photos] if reads else [],
        "legal": list_acts(conn, peek_case(conn, reach=reader.reach, case_no=case.case_no), reader, now=now),
    }


def _held(one: Held, now: datetime) -> dict[str, Any]:
    until = max(now, one.since) if one.until is None else one.until
    return {
        "tier": one.tier, "since": one.since, "until": one.until, "seconds": (until - one.since).total_seconds(),
    }  # fmt: skip
