"""How many others said the same, and who of them is certain.

Whoever knows a case can send as many reports of it as he likes, under as many numbers as he can write down. Counted as
supporters are those alone whom we know for certain, each once; the others stand apart and are counted to a limit. An
address is certain once somebody has read the mail that was sent to it.

Knows rows. Refuses to decide what is the same complaint.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.port.askers import SQL as ASKERS
from spatial.cases.port.askers import Asked, get_asked
from spatial.cases.recording import record
from spatial.errors import Forbidden
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "counting.sql")


@dataclass(frozen=True)
class Counted:
    """Others who said the same: known for certain, and those of whom nothing is."""

    supporters: int
    unnamed_supporters: int


def recount_supporters(conn: Connection, *, case_no: str) -> Counted:
    """Count anew who else said the same, behind a support, a merge or a split; and for what it was merged into.

    Each case is held before it is counted, in a statement of its own: counted in the statement that waits for it, what
    its holder wrote meanwhile would be missed.
    """
    counted, above = _recount(conn, case_no)
    while above is not None:
        _, above = _recount(conn, above)
    return counted


def can_confirm(asked: Asked) -> bool:
    """Whether the holder of a link can say by it that the address is his."""
    return asked.is_mailed and not asked.is_known


def confirm_address(conn: Connection, *, token: str, now: datetime) -> Counted:
    """The holder of a link that was mailed says that the address is his: from now on he counts by it.

    Twice is once. Raises NotFound for a token that opens nothing, Forbidden for a link that came by no mail.
    """
    asked = get_asked(conn, token=token)
    if not asked.is_mailed:
        raise Forbidden("this link was not sent by mail; open the one in a mail to confirm its address")
    held = run(conn, ASKERS["hold_cases"], {"numbers": [asked.case_no]}).one()
    if run(conn, SQL["confirm"], {"id": asked.id}).first() is None:
        return Counted(held.supporters, held.unnamed_supporters)
    counted = recount_supporters(conn, case_no=asked.case_no)
    told = {"part": asked.part, "confirmed": True, **vars(counted)}
    record(conn, [EventDraft(asked.district, "case", asked.case_no, "case.supported", now, "public",
                             (*held.current_path, *held.parties), told)])  # fmt: skip
    return counted


def _recount(conn: Connection, case_no: str) -> tuple[Counted, str | None]:
    above: str | None = run(conn, SQL["hold_count"], {"case_no": case_no}).scalar_one()
    return Counted(**run(conn, SQL["recount"], {"case_no": case_no}).one()._mapping), above
