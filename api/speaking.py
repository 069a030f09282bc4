"""The units that an account speaks for: a department, or the territorial body of the cell that it is posted to."""

from spatial.people.accounts import Account
from spatial.people.roles import role_may


def units_of(asking: Account, permission: str) -> frozenset[str] | None:
    """The units by reference, of those postings that have the permission; None is any, for who is posted city-wide."""
    postings = [one for one in asking.postings if role_may(one.role, permission)]
    if any(one.department is None and one.cell is None for one in postings):
        return None
    return frozenset(one.department or f"@{one.cell}" for one in postings)
