"""Telling citizens what became of their case: rows of an outbox, written in the case's own transaction.

An answer is kept for the status page, and becomes a message to each who asked and gave an e-mail address or a
registered webhook: the reporter, those who said the same, and the reporters of cases merged into this one. What is told
follows from the case's events (`answers.py`); `recording.py` hands each of them in. Who joins a case is told so alone.
All that one transaction tells of a case is one mail, and one mailbox is told it once.

Delivery is `delivering.py`'s, after the commit. Knows rows; refuses to send, and to know an address.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.clocks.horizon import BY_WEEKENDS
from spatial.cases.port.answers import Answer, answer_to
from spatial.cases.port.sentences import ORDER, SAID
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "telling.sql")
KINDS = frozenset(SAID)


def tell_events(conn: Connection, events: Sequence[EventDraft]) -> int:
    """Answer those who asked about the cases of these events; returns how many messages wait for it.

    Set-wise: one statement however many. The cases stand as the events say. Cases that no citizen asked about tell
    nobody.
    """
    answers = [(event, answer) for event in events if (answer := answer_to(event)) is not None]
    return _tell(conn, [
        {"district": event.district, "case_no": event.subject_id, "at": event.at, "words": "", **vars(answer),
         "state": event.payload.get("state"), "step": event.payload.get("step")}
        for event, answer in answers
    ])  # fmt: skip


def tell_citizen(conn: Connection, case_key: Mapping[str, str], *, kind: str, now: datetime, words: str = "") -> int:
    """Answer those who asked about a case by hand, behind no event; returns how many messages wait for it.

    `case_key` has `district` and `case_no`. `kind` is one of KINDS; `words` are the centre's own, shown masked. The
    same kind at the same moment is told once. Raises ValueError for a kind that is none.
    """
    if kind not in KINDS:
        raise ValueError(f"a citizen is not told {kind}; one of {sorted(KINDS)}")
    return _tell(conn, [{**case_key, "kind": kind, "at": now, "words": words}])


def tell_joined(conn: Connection, joined: Mapping[UUID, tuple[str, str]], *, now: datetime) -> int:
    """Answer those whose report joined a case, `joined` (district, case_no) by report id: received, and where it is.

    Nobody else hears it; returns how many messages wait for it.
    """
    return _tell(conn, [
        {"district": district, "case_no": case_no, "at": now, "words": "", "only": str(report_id), **vars(answer)}
        for report_id, (district, case_no) in joined.items()
        for answer in (Answer("received"), Answer("joined", into=case_no))
    ])  # fmt: skip


def _tell(conn: Connection, rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    said = json.dumps(rows, ensure_ascii=False, default=datetime.isoformat)
    params = {"rows": said, "order": list(ORDER), "unsure": BY_WEEKENDS}
    return int(run(conn, SQL["answer_cases"], params).scalar_one())
