"""The units that an account speaks for: a department, or the territorial body of the cell that it is posted to."""

from spatial.people.accounts import Account
from spatial.people.roles import role_may


def units_of(asking: Account, permission: str) -> frozenset[str] | None:
    """The units by reference, of those postings that have the permission; None is any, for who is posted city-wide."""
    postings = [one for one in asking.postings if role_may(one.role, permission)]
    if any(one.department is None and one.cell is None for one in postings):
        return None
    return frozenset(one.department or f"@{one.cell}" for one in postings)


def seats_of(asking: Account) -> frozenset[str]:
    """The units for which somebody sits at a table and reads what is said there; who is posted city-wide needs none."""
    return (units_of(asking, "read_text") if asking.may("read_text") else None) or frozenset()


def speaks_for(asking: Account, permission: str, unit: str) -> bool:
    """Whether some posting with the permission speaks for a unit."""
    own = units_of(asking, permission) if asking.may(permission) else frozenset()
    return own is None or unit in own
