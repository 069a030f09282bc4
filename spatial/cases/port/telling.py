"""Telling citizens what became of their case: rows of an outbox, written in the case's own transaction.

An answer is kept for the status page, and becomes a message to each who asked and gave an e-mail address or a
registered webhook: the reporter, those who said the same, and the reporters of cases merged into this one.
Delivery is `delivering.py`'s, after the commit. Knows rows; refuses to send, and to know an address.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "telling.sql")
# What a citizen may be told; `sentences.py` has the words of each in both languages.
KINDS = frozenset(
    ("received", "accepted", "refused", "handed_over", "in_work", "done", "delayed", "paused", "resumed", "closed",
     "reopened", "joined", "parted", "disputed", "ruled", "referred", "escalated", "called_back", "answered")
)  # fmt: skip
# What an act of a case says to its citizens, by the state it leads to; the acts that are left out say nothing to them.
_BY_ACT = {
    "accept": "accepted", "void": "refused", "dispatch": "handed_over", "receive": "in_work", "submit": "done",
    "extend": "delayed", "suspend": "paused", "resume": "resumed", "solve_own": "closed", "reopen": "reopened",
    "merge": "joined", "split": "parted", "dispute": "disputed", "rule": "ruled", "refer": "referred",
    "escalate": "escalated", "call_back": "called_back",
}  # fmt: skip


def kind_of(act: str, to_state: str) -> str | None:
    """What an act that led to this state tells citizens, None where it tells them nothing."""
    if act == "verify_result":
        return "closed" if to_state == "closed" else "in_work"
    return _BY_ACT.get(act)


def tell_citizen(
    conn: Connection, case_key: Mapping[str, str], *, kind: str, now: datetime, words: str = ""
) -> int:
    """Answer those who asked about a case; returns how many messages wait to be delivered for it.

    `case_key` has `district` and `case_no` (`LockedCase.key`). `kind` is one of KINDS; `words` are the centre's own,
    shown masked. The same kind at the same moment is told once. Raises ValueError for a kind that is none.
    """
    return tell_citizens(conn, [(case_key["district"], case_key["case_no"])], kind=kind, now=now, words=words)


def tell_citizens(
    conn: Connection, keys: Sequence[tuple[str, str]], *, kind: str, now: datetime, words: str = ""
) -> int:
    """The same for many cases at once, by (district, case_no). Cases that no citizen asked about tell nobody."""
    if kind not in KINDS:
        raise ValueError(f"a citizen is not told {kind}; one of {sorted(KINDS)}")
    if not keys:
        return 0
    params = {
        "districts": [district for district, _ in keys],
        "case_nos": [case_no for _, case_no in keys],
        "kind": kind,
        "now": now,
        "words": words,
    }
    return int(run(conn, SQL["answer_cases"], params).scalar_one())
