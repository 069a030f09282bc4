"""Units of government on two axes: departments (条) bound to matters, territorial bodies (块) bound to cells.

A platform is a work queue over departments; a matter and a department belong to one each. A unit's validity is
half-open, and its end never lies before now: answers that were given since would be rewritten.

Knows who there is and how a unit reference reads. Refuses to say who is responsible: rows do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from spatial.cases.responsibility.decision import TERRITORY, UnitName
from spatial.cases.responsibility.spans import STRAYS, Span
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY
from spatial.wording import counted

SQL = load_queries(__file__, "bodies.sql")


@dataclass(frozen=True)
class Department:
    """A department; `platform` is the queue that its cases stand in."""

    code: str
    name: str
    name_zh: str = ""
    platform: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class LeftBehind:
    """What a department that ends still holds: open cases that it leads, and precedents in force that name it."""

    open_cases: int
    precedents: int

    def __str__(self) -> str:
        """What there is and what becomes of it; empty where there is nothing."""
        cases, named = counted(self.open_cases, "open case"), counted(self.precedents, "precedent")
        stay = f"{cases} of its own can be disputed from its end on by whoever dispatches them"
        idle = f"{named} that names it decides no case from then on"
        return "; ".join(said for said, many in ((stay, self.open_cases), (idle, self.precedents)) if many)


@dataclass(frozen=True)
class Platform:
    """A work queue over departments and matters."""

    code: str
    ordinal: int
    name: str
    name_zh: str
    departments: tuple[str, ...]
    matters: tuple[str, ...]


@dataclass(frozen=True)
class TerritorialBody:
    """Who answers for a cell, of whatever level."""

    id: int
    cell: str
    level: str
    name: str
    since: datetime | None
    until: datetime | None


def list_departments(
    conn: Connection,
    *,
    at: datetime | None = None,
    words: str | None = None,
    platform: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> list[Department]:
    """Departments by code; `at` leaves out those that are not in force then, `after` begins behind a code.

    Raises Invalid for an unknown platform and for a code in `after` that there never was.
    """
    check_platform(conn, platform)
    check_cursor(after, known=run(conn, SQL["is_department"], {"code": after}).scalar_one())
    params = {"at": at, "words": words, "platform": platform, "limit": limit, "after": after}
    return [Department(**row._mapping) for row in run(conn, SQL["list_departments"], params)]


def add_department(conn: Connection, *, department: Department) -> Department:
    """Add a department. Raises Invalid for a code, platform or span that cannot be, Conflict for a taken code."""
    check_code(department.code)
    check_span(Span(department.since, department.until))
    check_platform(conn, department.platform)
    if run(conn, SQL["insert_department"], vars(department)).first() is None:
        raise Conflict(f"code {department.code} is taken by another department; choose another", field="code")
    return department


def end_department(conn: Connection, *, code: str, until: datetime, now: datetime) -> LeftBehind:
    """Let a department end; answers what it still holds. Raises NotFound, Invalid for an end that lies before now, and
    Conflict while rows in force still name it behind its end, or jurisdictions are its own.
    """
    row = run(conn, SQL["hold_department"], {"code": code}).first()
    if row is None:
        raise NotFound(f"there is no department {code}", field="code")
    check_end(Span(row.since, row.until), until=until, now=now)
    behind = run(conn, SQL["rows_behind"], {"code": code, "until": until}).scalar_one()
    cases = run(conn, SQL["open_cases_of"], {"code": code, "reach": WHOLE_CITY.bound}).scalar_one()
    held = run(conn, SQL["held_behind"], {"code": code, "until": until}).one()
    left = LeftBehind(cases, held.precedents)
    _check_free(code, behind, held.jurisdictions, left)
    run(conn, SQL["end_department"], {"code": code, "until": until})
    return left


def _check_free(code: str, rows: int, jurisdictions: int, left: LeftBehind) -> None:
    told = f". Besides, {left}" if str(left) else ""
    if rows:
        where = f"{counted(rows, 'row')} of responsibility"
        raise Conflict(f"{code} still stands in {where} behind that moment; end those first{told}", field="until")
    if jurisdictions:
        ground = counted(jurisdictions, "jurisdiction")
        remedy = "end them, or draw them anew for another department"
        raise Conflict(f"{code} still has {ground} behind that moment; {remedy}{told}", field="until")


def list_platforms(
    conn: Connection,
    *,
    at: datetime | None = None,
    words: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> list[Platform]:
    """The work queues in their order, with the codes of their departments and matters in force at `at`; `after` begins
    behind a code.

    Raises Invalid for a code in `after` that there is not.
    """
    check_cursor(after, known=after in list(run(conn, SQL["platform_codes"]).scalars()))
    rows = run(conn, SQL["list_platforms"], {"at": at, "words": words, "limit": limit, "after": after})
    return [
        Platform(**{**row._mapping, "departments": tuple(row.departments), "matters": tuple(row.matters)})
        for row in rows
    ]


def list_bodies(
    conn: Connection,
    *,
    at: datetime | None = None,
    cell: str | None = None,
    limit: int | None = None,
    after: int | None = None,
) -> list[TerritorialBody]:
    """Territorial bodies; `at` leaves out those that are not in force then, `after` begins behind an id."""
    params = {"at": at, "cell": cell, "limit": limit, "after": after}
    return [TerritorialBody(**row._mapping) for row in run(conn, SQL["list_bodies"], params)]


def put_body(
    conn: Connection, *, cell: str, name: str, since: datetime, now: datetime, until: datetime | None = None
) -> int:
    """Let a body answer for a cell from a moment on, now or later; the one before it ends there. Returns its id.

    Raises Invalid for an unknown cell, an empty name or a moment before now while another body is in force, Conflict
    when the cell has yet another body from a later moment on, or gets one at this very moment.
    """
    if not name.strip():
        raise Invalid("name is empty; say what the body is called", field="name")
    if not run(conn, SQL["cell_is_there"], {"cell": cell}).scalar():
        raise Invalid(f"cell: no cell has the code {cell}; name one that is in force", field="cell")
    check_span(Span(since, until))
    for there in run(conn, SQL["hold_bodies"], {"cell": cell, "since": since}).all():
        if there.since is not None and there.since >= since:
            raise Conflict(f"from {there.since.isoformat()} on {cell} has {there.name}; begin behind it", field="from")
        check_end(Span(there.since, None), until=since, now=now)
        run(conn, SQL["end_body"], {"id": there.id, "until": since})
    body = {"cell": cell, "name": name.strip(), "since": since, "until": until}
    try:
        return int(run(conn, SQL["insert_body"], body).scalar_one())
    except IntegrityError as raced:  # nothing was there to hold when we looked: only the constraint sees this
        raise Conflict(f"somebody else has just named a body for {cell}; look at it first", field="cell") from raced


def end_body(conn: Connection, *, cell: str, until: datetime, now: datetime) -> None:
    """Let the body of a cell end. Raises NotFound where the cell has none then, Invalid for an end before now."""
    rows = run(conn, SQL["hold_bodies"], {"cell": cell, "since": until}).all()
    holding = next((row for row in rows if Span(row.since, row.until).holds(until)), None)
    if holding is None:
        raise NotFound(f"{cell} has no body of its own at that moment", field="cell")
    check_end(Span(holding.since, holding.until), until=until, now=now)
    run(conn, SQL["end_body"], {"id": holding.id, "until": until})


def name_units(conn: Connection, *, refs: Iterable[str], at: datetime) -> dict[str, UnitName]:
    """What unit references mean, by reference: departments, `@` with a cell's code or with a level's key.

    A reference to nobody is answered with itself as its name, so that no old row or case becomes unreadable. A key
    that is also a cell's code means the cell.
    """
    asked = sorted(set(refs))
    if not asked:
        return {}
    found = {row.ref: _name(row) for row in run(conn, SQL["unit_names"], {"refs": asked, "at": at})}
    return {ref: found.get(ref) or _nameless(ref) for ref in asked}


def _name(row: Any) -> UnitName:
    if row.kind != "level":
        return UnitName(row.ref, row.kind, row.code, row.name, row.name_zh)
    # A level is nobody yet: the body that it means is known once a case lies somewhere.
    return UnitName(row.ref, "territory", row.code, f"{row.name} of the place", f"所在{row.name_zh or row.name}")


def _nameless(ref: str) -> UnitName:
    is_territory = ref.startswith(TERRITORY)
    code = ref.removeprefix(TERRITORY)
    return UnitName(ref, "territory" if is_territory else "department", code, code, "")


def check_platform(conn: Connection, code: str | None) -> None:
    """Raises Invalid when there is no such platform; None is none."""
    known = list(run(conn, SQL["platform_codes"]).scalars())
    if code is not None and code not in known:
        raise Invalid(f"platform {code} is unknown; one of {', '.join(known)}", field="platform")


def check_cursor(code: str | None, *, known: bool) -> None:
    """Raises Invalid when a list is to go on behind a code that it never gave out; None begins it."""
    if code is not None and not known:
        raise Invalid("cursor is not one that this list gave out; leave it away to begin anew", field="cursor")


def check_code(code: str) -> None:
    """Raises Invalid for a code that cannot stand in a reference."""
    plain = code.replace("_", "").replace("-", "").replace(".", "")
    if not (1 <= len(code) <= 64 and plain.isascii() and plain.isalnum()):
        raise Invalid("code takes 1 to 64 Latin letters, digits, dots, hyphens or underscores", field="code")


def check_span(span: Span) -> None:
    """Raises Invalid when the end does not lie behind the beginning, or one of them lies in no time that counts."""
    if span.strays:
        raise Invalid(f"{span.strays} {STRAYS}", field=span.strays)
    if span.is_empty:
        raise Invalid("until must be later than from; correct one of them", field="until")


def check_end(span: Span, *, until: datetime, now: datetime) -> None:
    """Raises Invalid unless something that is valid for `span` may be ended at `until`."""
    check_span(Span(None, until))
    if until < now:
        raise Invalid(
            "until lies in the past, and answers given since would be rewritten; end it now or later", field="until"
        )
    if span.since is not None and until <= span.since:
        raise Invalid(f"until must be later than its beginning, {span.since.isoformat()}", field="until")
    if span.until is not None and span.until < until:
        raise Invalid(f"it already ends at {span.until.isoformat()}; an end may only come earlier", field="until")
