"""Units of government as acts name them, brought to the form in which a case holds them.

A department is named by its code, a territorial body by `@` and its cell's code, or by `@` and a level's key: the
body of that level where the case lies. Knows references; refuses to know who should answer for what.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "units.sql")
TERRITORY = "@"


def resolve_unit(conn: Connection, ref: str, *, path: Sequence[str], now: datetime, field: str) -> str:
    """One unit as a case holds it. `path` is the case's chain of cells. Raises Invalid, naming the field."""
    return resolve_units(conn, [ref], path=path, now=now, field=field)[0]


def resolve_units(
    conn: Connection, refs: Sequence[str], *, path: Sequence[str], now: datetime, field: str
) -> list[str]:
    """Units as a case holds them, in their order.

    Raises Invalid for a department that is unknown or has ended, and for a body that does not answer for the place.
    """
    codes = [ref for ref in refs if not ref.startswith(TERRITORY)]
    known = set(run(conn, SQL["departments_in_force"], {"codes": codes, "at": now}).scalars())
    missing = [code for code in codes if code not in known]
    if missing:
        raise Invalid(f"{field}: no department {missing[0]} is in force; see /api/v1/departments", field=field)
    if len(codes) == len(refs):
        return list(refs)
    bodies = _bodies(conn, path)
    return [bodies.get(ref) or _refuse(ref, bodies, field) if ref.startswith(TERRITORY) else ref for ref in refs]


def list_ended(conn: Connection, refs: Collection[str], *, at: datetime) -> frozenset[str]:
    """Those of some units that are departments and have ended by a moment."""
    return frozenset(run(conn, SQL["departments_ended"], {"codes": sorted(refs), "at": at}).scalars())


def _bodies(conn: Connection, path: Sequence[str]) -> dict[str, str]:
    """What may be said of the bodies on a chain, and what is meant: both `@street` and `@330102001`."""
    rows = run(conn, SQL["levels_of_path"], {"path": list(path)}).all()
    meant = {TERRITORY + row.code: TERRITORY + row.code for row in rows}
    return meant | {TERRITORY + row.key: TERRITORY + row.code for row in rows}


def _refuse(ref: str, bodies: dict[str, str], field: str) -> str:
    told = f"it lies in {', '.join(sorted(set(bodies.values())))}" if bodies else "it lies outside the city"
    raise Invalid(f"{field}: {ref} does not answer for the place of this case; {told}", field=field)
