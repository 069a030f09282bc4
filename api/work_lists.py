"""From an account to what may wait for it, and to the place in a work list at which a page ends.

Knows postings and the wire; decides nothing: `spatial/cases/waiting.py` says what waits for whom.
"""

from datetime import datetime

from api.acting.answering_orders import AT_THE_CENTRE, OF_A_BODY, OF_A_DEPARTMENT
from api.cursors import read_cursor, read_moments, write_cursor
from api.speaking import units_of
from spatial.cases.case_files import CaseFile
from spatial.cases.waiting import ACTS, Place, Waited
from spatial.errors import Invalid
from spatial.people.accounts import Account
from spatial.people.roles import role_may
from spatial.store.reach import NOTHING, Reach

# By which permission of somebody a statement asks; see `Waited.reaches`.
_PERMISSIONS = {
    "accept": "accept", "void": "void", "dispatch": "dispatch", "solve": "solve_own", "rule": "rule", "refer": "refer",
    "call_back": "call_back", "verify": "verify", "again": "approve_again", "decide": "approve_clock",
    "settle": "supervise", "cost": "note_cost", "answer": "answer_order",
}  # fmt: skip
_NO_DEADLINE = "-"
_ACTING_FIRST = (*OF_A_BODY, AT_THE_CENTRE)  # whose bodies can be ordered to act first, or who stands in for one


def waited_of(account: Account) -> Waited:
    """What may wait for somebody, by those postings alone that have the permission."""
    reaches: dict[str, Reach] = {name: account.reach_for(asked) for name, asked in _PERMISSIONS.items()}
    field = [one.cell for one in account.postings if role_may(one.role, "check_in") and one.cell is not None]
    if not any(role_may(one.role, "note_cost") and one.role in _ACTING_FIRST for one in account.postings):
        reaches["cost"] = NOTHING  # a panel may note what acting first has cost, and nobody waits for its word
    centre = tuple(one.cell or "" for one in account.postings if one.role == AT_THE_CENTRE)
    called = tuple(sorted(units_of(account, "report_in") or ())) if account.may("report_in") else ()
    owning = tuple(sorted(units_of(account, "submit") or ())) if account.may("submit") else ()
    return Waited(
        account.sender, account.reach, reaches, tuple(field), _posts(account), answers=_answers(account), centre=centre,
        bodied=OF_A_BODY, called=called, owning=owning,
    )  # fmt: skip


def read_acts(text: str | None) -> list[str] | None:
    """The acts that a list is narrowed to, told with commas between. Raises Invalid for what nobody is waited for."""
    acts = None if text is None else text.split(",")
    unknown = [act for act in acts or () if act not in ACTS]
    if unknown:
        raise Invalid(f"nobody is waited for {unknown[0]!r}; choose of {', '.join(ACTS)}", field="waits_for")
    return acts


def write_place(case: CaseFile) -> str:
    """The cursor behind a case of a work list."""
    return write_cursor(_NO_DEADLINE if case.late_at is None else case.late_at.isoformat(), case.case_no)


def read_place(cursor: str | None) -> Place | None:
    """The place behind which a page begins. Raises Invalid for a cursor that no work list gave out."""
    if cursor is None:
        return None
    said, number = read_cursor(cursor, 2)
    late_at: datetime | None = None if said == _NO_DEADLINE else read_moments([said])[0]
    return Place(late_at, number)


def _answers(account: Account) -> tuple[tuple[str, str], ...]:
    """For whom somebody answers orders, as `Answering` has it: his department, or the body of his posting."""
    bodies = [("", one.cell or "") for one in account.postings if one.role in OF_A_BODY]
    handling = [one for one in account.postings if one.role == OF_A_DEPARTMENT and one.department is not None]
    return (*bodies, *((one.department or "", one.cell or "") for one in handling))


def _posts(account: Account) -> tuple[tuple[str, str], ...]:
    """For whom somebody handles: his department, or the territory of a posting. An administrator is no unit."""
    handling = [one for one in account.postings if role_may(one.role, "receive")]
    units = [one for one in handling if one.department is not None or not role_may(one.role, "return")]
    return tuple((one.department or "", one.cell or "") for one in units)
