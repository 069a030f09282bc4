"""Whistle and report-in (吹哨报到): a street calls units to a place, they report in there, both sides score.

Every step locks the whistle first and is told in its own chain. Units are departments and territorial bodies as
elsewhere. Refuses to know who speaks for whom (`own` comes in), to commit, and to wake readers.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.clocks import Limit, read_calendar
from spatial.cases.conferences.arrivals import Arrival, Place, fault_of_time, judge, was_due
from spatial.cases.disputes.units import resolve_units
from spatial.errors import Conflict, Forbidden, Invalid, NotFound
from spatial.grid.locate import locate_point
from spatial.store.db import hold_grid_shared, run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "whistles.sql")
OUTCOMES = ("solved", "partly_solved", "not_solved")


@dataclass(frozen=True)
class WhistleType:
    """What a street may whistle for, and how soon the called must be there."""

    code: str
    ordinal: int
    name: str
    name_zh: str
    limit_amount: Decimal
    limit_unit: str
    is_in_use: bool


@dataclass(frozen=True)
class WhistleDraft:
    """A call. `lon`, `lat` in WGS 84 degrees; `radius_m` None: anywhere in the unit of that position counts.

    `street` is the body that calls, `@cell`; `wanted_at` the moment at which the units shall be there.
    """

    type: str
    street: str
    units: tuple[str, ...]
    what: str
    lon: float
    lat: float
    radius_m: float | None = None
    place: str = ""
    wanted_at: datetime | None = None
    case_no: str | None = None


@dataclass(frozen=True)
class ReportIn:
    """Somebody says that a unit is there. WGS 84 degrees, metres; `captured_at` by the phone's clock."""

    unit: str
    lon: float
    lat: float
    accuracy_m: float
    captured_at: datetime


def list_types(conn: Connection) -> list[WhistleType]:
    """The types in their order, those out of use too."""
    return [WhistleType(**row._mapping) for row in run(conn, SQL["types"])]


def put_type(conn: Connection, wanted: WhistleType) -> WhistleType:
    """Add a type or change the one with its code. Raises Invalid for a limit that is none."""
    Limit(wanted.limit_amount, wanted.limit_unit)
    run(conn, SQL["put_type"], vars(wanted))
    return wanted


def raise_whistle(conn: Connection, *, draft: WhistleDraft, reach: Reach, actor: str, now: datetime) -> int:
    """Call units to a place within reach; the whistle's number.

    They are due at the wanted moment, but no sooner than the type allows. Raises NotFound for a case and Invalid for a
    place outside the reach, an unknown type, unit or street, a wanted moment that is past.
    """
    if draft.wanted_at is not None and draft.wanted_at <= now:
        sentence = "wanted_at lies in the past; name a moment to come, or none for the type's limit"
        raise Invalid(sentence, field="wanted_at")
    hold_grid_shared(conn)
    kind = _type(conn, draft.type)
    placed = locate_point(conn, lon=draft.lon, lat=draft.lat, accuracy_m=0.0, moment=now)
    if placed.unit is None or not reach.covers(placed.path):
        raise Invalid("the place lies outside your territory", field="lon")
    if draft.street.removeprefix("@") not in placed.path[:-1] or not draft.street.startswith("@"):
        bodies = ", ".join(f"@{code}" for code in placed.path[:-1])
        raise Invalid(f"street must be a body that the place lies in: {bodies}", field="street")
    units = _units(conn, draft, placed.path, now)
    if draft.case_no is not None:
        _check_case(conn, draft.case_no, placed.district, reach)
    limit = Limit(kind.limit_amount, kind.limit_unit)
    least = read_calendar(conn, str(placed.district)).add(now, limit)
    written: dict[str, Any] = vars(draft) | {
        "district": placed.district, "units": units, "unit": placed.unit, "path": list(placed.path),
        "departments": [unit for unit in units if not unit.startswith("@")], "limit_amount": kind.limit_amount,
        "limit_unit": kind.limit_unit, "now": now, "actor": actor, "due_at": max(least, draft.wanted_at or least),
    }  # fmt: skip
    number = int(run(conn, SQL["insert_whistle"], written).scalar_one())
    run(conn, SQL["insert_calls"], {"id": number})
    told = {"type": kind.code, "units": units, "street": draft.street, "due_at": written["due_at"].isoformat()}
    _tell(conn, _locked(conn, number), "raised", told, actor=actor, now=now)
    return number


def report_in(
    conn: Connection, number: int, *, said: ReportIn, own: Set[str] | None, reach: Reach, actor: str, now: datetime
) -> Arrival:
    """Judge and keep a report-in; the first that counts is the unit's arrival, at `now`.

    One that does not count is kept with its reason. Raises NotFound, Forbidden for a unit that the person does not
    speak for, Conflict for a unit that is there already or released, and for a whistle that is over once the unit is
    late: while its limit runs, it may still come in time.
    """
    whistle = _lock(conn, number, reach)
    if said.unit not in whistle.units:
        raise Invalid(f"unit {said.unit} was not called; called were {', '.join(whistle.units)}", field="unit")
    if own is not None and said.unit not in own:
        raise Forbidden(f"you do not speak for {said.unit}")
    call = run(conn, SQL["call"], {"id": number, "unit": said.unit}).one()
    _check_expected(whistle, call, said.unit, now)
    arrival = _judge(conn, whistle, said, now)
    kept = {**vars(said), **vars(arrival), "id": number, "now": now, "actor": actor}
    run(conn, SQL["insert_report_in"], kept)
    if arrival.counts:
        run(conn, SQL["arrive"], {"id": number, "unit": said.unit, "now": now})
    told = {"unit": said.unit, "counts": arrival.counts, "is_late": arrival.counts and now > call.due_at}
    _tell(conn, whistle, "reported_in", told, actor=actor, now=now)
    return arrival


def resolve(
    conn: Connection,
    number: int,
    *,
    outcome: str,
    result: str,
    reach: Reach,
    actor: str,
    now: datetime,
    released: Sequence[str] = (),
) -> None:
    """Record the joint result. `released` are the units that the street does not need any more.

    Who is neither there nor released stays expected until its limit, and is absent behind it. Raises NotFound,
    Conflict, Invalid; also for releasing a unit that is there, or that is late already.
    """
    whistle = _lock(conn, number, reach)
    _check_raised(whistle)
    if outcome not in OUTCOMES:
        raise Invalid(f"outcome takes {', '.join(OUTCOMES)}", field="outcome")
    if not result.strip():
        raise Invalid("result must say what was done together", field="result")
    expected = _expected(conn, number, now)
    if strange := sorted(set(released) - set(expected)):
        sentence = f"released names {', '.join(strange)}; only who is called, not there and not late can be released"
        raise Invalid(sentence, field="released")
    closed = {"id": number, "state": "resolved", "outcome": outcome, "result": result.strip(), "now": now}
    run(conn, SQL["close_whistle"], closed | {"actor": actor})
    run(conn, SQL["release"], {"id": number, "units": list(released), "now": now})
    told = {"outcome": outcome, "released": sorted(set(released))}
    _tell(conn, whistle, "resolved", told, actor=actor, now=now)


def withdraw(conn: Connection, number: int, *, reason: str, reach: Reach, actor: str, now: datetime) -> None:
    """Call off a whistle: all who are not there are released; who was late by then was. Raises NotFound, Conflict,
    Invalid.
    """
    whistle = _lock(conn, number, reach)
    _check_raised(whistle)
    if not reason.strip():
        raise Invalid("reason must say why the units are not needed", field="reason")
    closed = {"id": number, "state": "withdrawn", "outcome": None, "result": reason.strip(), "now": now}
    run(conn, SQL["close_whistle"], closed | {"actor": actor})
    run(conn, SQL["release"], {"id": number, "units": whistle.units, "now": now})
    _tell(conn, whistle, "withdrawn", {}, actor=actor, now=now)


def score(
    conn: Connection,
    number: int,
    *,
    by: str,
    about: str,
    points: int,
    note: str,
    own: Set[str] | None,
    reach: Reach,
    actor: str,
    now: datetime,
) -> None:
    """Score the other side of a resolved whistle, 1 to 5, once: the street each unit, each unit the street.

    Only a unit that came, or should have by now, is scored and scores. Raises NotFound, Forbidden, Conflict for one
    that has no result yet, was scored before or was never due, Invalid.
    """
    whistle = _lock(conn, number, reach)
    if whistle.state != "resolved":
        raise Conflict(f"whistle {number} is {whistle.state}; both sides score once there is a joint result")
    pair_fits = by == whistle.street and about in whistle.units or by in whistle.units and about == whistle.street
    if not pair_fits:
        raise Invalid(f"{whistle.street} scores those it called, and each of them scores it", field="about")
    if own is not None and by not in own:
        raise Forbidden(f"you do not speak for {by}")
    _check_was_due(conn, number, about if by == whistle.street else by, now)
    given = {"id": number, "by": by, "about": about, "score": points, "note": note, "now": now, "actor": actor}
    if run(conn, SQL["insert_score"], given).first() is None:
        raise Conflict(f"{by} has scored {about} before")
    _tell(conn, whistle, "scored", {"by": by, "about": about, "score": points}, actor=actor, now=now)


def tell_absent(conn: Connection, *, now: datetime, limit: int) -> int:
    """Tell of the units that were not there when they were due, each once, at most `limit`; how many.

    Safe twice at once: a whistle that somebody else holds is left to him.
    """
    rows = run(conn, SQL["absent"], {"now": now, "limit": limit}).all()
    for row in rows:
        run(conn, SQL["absence_told"], {"id": row.id, "unit": row.absent, "now": now})
        told = {"unit": row.absent, "due_at": row.due_at.isoformat()}
        _tell(conn, row, "absent", told, actor="system", now=now)
    return len(rows)


def _type(conn: Connection, code: str) -> WhistleType:
    known = {one.code: one for one in list_types(conn) if one.is_in_use}
    if code not in known:
        raise Invalid(f"there is no whistle type {code} in use; take {', '.join(known)}", field="type")
    return known[code]


def _units(conn: Connection, draft: WhistleDraft, path: tuple[str, ...], now: datetime) -> list[str]:
    units = list(dict.fromkeys(resolve_units(conn, draft.units, path=path, now=now, field="units")))
    if not units:
        raise Invalid("units must name who is called, at least one", field="units")
    if draft.street in units:
        raise Invalid("units: a street does not call itself", field="units")
    if not draft.what.strip():
        raise Invalid("what is wanted is missing", field="what")
    return units


def _check_case(conn: Connection, case_no: str, district: str | None, reach: Reach) -> None:
    asked = {"case_no": case_no, "district": district, "reach": reach.bound}
    if run(conn, SQL["case_there"], asked).first() is None:
        raise NotFound(f"there is no case {case_no} within your reach")


def _judge(conn: Connection, whistle: Row[Any], said: ReportIn, now: datetime) -> Arrival:
    placed = locate_point(conn, lon=said.lon, lat=said.lat, accuracy_m=said.accuracy_m, moment=now)
    place = Place(whistle.lon, whistle.lat, whistle.radius_m, whistle.unit)
    worst = float(run(conn, SQL["worst_accuracy"]).scalar_one())
    shares = [(one.code, one.share) for one in placed.candidates]
    found = judge(
        place, lon=said.lon, lat=said.lat, accuracy_m=said.accuracy_m, shares=shares, unit=placed.unit,
        worst_accuracy_m=worst,
    )  # fmt: skip
    fault = fault_of_time(said.captured_at, raised_at=whistle.raised_at, now=now)
    return found if fault is None else Arrival(False, fault, found.distance_m)


def _lock(conn: Connection, number: int, reach: Reach) -> Row[Any]:
    # The grid first, as a publish does: the other way round a report-in and a redraw would wait for each other.
    hold_grid_shared(conn)
    row = run(conn, SQL["lock_whistle"], {"id": number, "reach": reach.bound}).first()
    if row is None:
        raise NotFound(f"there is no whistle {number} within your reach")
    return row


def _locked(conn: Connection, number: int) -> Row[Any]:
    return run(conn, SQL["lock_whistle"], {"id": number, "reach": None}).one()


def _expected(conn: Connection, number: int, now: datetime) -> list[str]:
    return list(run(conn, SQL["expected"], {"id": number, "now": now}).scalars())


def _check_expected(whistle: Row[Any], call: Row[Any], unit: str, now: datetime) -> None:
    if call.arrived_at is not None:
        raise Conflict(f"{unit} has been there since {call.arrived_at.isoformat()}")
    if call.released_at is not None:
        raise Conflict(f"whistle {whistle.id}: {unit} was released at {call.released_at.isoformat()}, it is not needed")
    if now > call.due_at:
        _check_raised(whistle)


def _check_was_due(conn: Connection, number: int, unit: str, now: datetime) -> None:
    call = run(conn, SQL["call"], {"id": number, "unit": unit}).one()
    if was_due(**call._mapping, now=now):
        return
    until = f"it is expected until {call.due_at.isoformat()}" if call.released_at is None else "it was released before"
    raise Conflict(f"{unit} did not come and {until}; only those score and are scored who came or should have")


def _check_raised(whistle: Row[Any]) -> None:
    if whistle.state != "raised":
        raise Conflict(f"whistle {whistle.id} is {whistle.state}; nobody is expected there any more")


def _tell(
    conn: Connection, whistle: Row[Any], what: str, payload: dict[str, Any], *, actor: str, now: datetime
) -> None:
    path = (*whistle.current_path, *whistle.parties)
    kind = f"whistle.{what}"
    append(conn, [EventDraft(whistle.district, "whistle", str(whistle.id), kind, now, actor, path, payload)])
