"""The colour of a case in the list of somebody who is waited for with a helper's part: that of his part.

A part has a deadline of its own, so the case may be green and the part red. Knows whom somebody speaks for; decides
nothing: `spatial/cases/supervision/colours.py` says what a colour is.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from api.acting.lifecycle import spoken_for
from spatial.cases.case_files import CaseFile
from spatial.cases.lifecycle.tasks import OpenPart, list_open_parts
from spatial.cases.supervision.colours import Clock, colour_of
from spatial.people.accounts import Account

_HIS_PART = "finish_task"
_HIS_CASE = frozenset(("receive", "submit", "verify_result"))  # who is waited for with these reads the case's colour


def part_colours(
    conn: Connection, found: Sequence[tuple[CaseFile, list[str]]], reader: Account, *, now: datetime
) -> dict[str, str]:
    """By case number, for cases with what he is waited for: the colour of the part that is his and due first."""
    meant = {case.case_no: case for case, acts in found if _HIS_PART in acts and _HIS_CASE.isdisjoint(acts)}
    if not meant:
        return {}
    first: dict[str, OpenPart] = {}
    for part in list_open_parts(conn, [(case.district, case.case_no) for case in meant.values()]):
        spoken = spoken_for(reader, meant[part.case_no], _HIS_PART)
        is_his = part.due_at is not None and (spoken is None or part.unit in spoken)
        if is_his and (part.case_no not in first or _is_earlier(part, first[part.case_no])):
            first[part.case_no] = part
    return {no: colour_of(Clock(meant[no].state, one.due_at, one.warn_at), now=now) for no, one in first.items()}


def _is_earlier(one: OpenPart, other: OpenPart) -> bool:
    return one.due_at is not None and other.due_at is not None and one.due_at < other.due_at
