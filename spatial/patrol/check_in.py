"""The all-clear check-in: somebody stands in a unit and says that there is nothing to report.

It counts when the position lies in that unit under the border rule and the unit lies in the account's reach.
One that does not count is kept all the same, with its reason: it was said, and may be asked about.

Which moment counts: territory and day are those of the server's `received_at`. A client's clock that runs
ahead is kept and the check-in is marked, because nobody can have stood there later than now. A moment
captured on an earlier city day says nothing about today and does not end today's silence, and yesterday's
was already settled at its cut-off; so it does not count at all.

Knows check-in rows. Refuses to know accounts (reach comes in as a value) and to commit.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from spatial.errors import DigestMismatch, Invalid
from spatial.grid.datum import DATUMS, to_wgs84
from spatial.grid.locate import locate_points
from spatial.store.db import hold_grid_shared, run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

# Of the accuracy disc: at the corner of four units a good position has a quarter of it in each; less says nothing.
_LEAST_SHARE = 0.2
SQL = load_queries(__file__)
WORST_ACCURACY_M = 100_000.0


@dataclass(frozen=True)
class CheckIn:
    """What somebody says. `lon`, `lat` in degrees of `datum`; `captured_at` aware, by the client's clock."""

    id: UUID
    unit: str
    lon: float
    lat: float
    accuracy_m: float
    captured_at: datetime
    datum: str = "wgs84"

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical body."""
        body = asdict(self) | {"id": str(self.id), "captured_at": self.captured_at.astimezone(UTC).isoformat()}
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()


@dataclass(frozen=True)
class CheckInAnswer:
    """Whether it counts and why; `located_in` is the unit in which the position lies, None outside."""

    counts: bool
    reason: str
    located_in: str | None


def check_in(conn: Connection, *, account_id: int, reach: Reach, said: CheckIn, now: datetime) -> CheckInAnswer:
    """Record a check-in. The same id with the same body gets the first answer.

    Raises Invalid for a unit that is not in force or a position that cannot be, DigestMismatch for an id that
    was used with another body or by somebody else.
    """
    _check(said)
    first = _first_answer(conn, said, str(account_id))
    if first is not None:
        return first
    hold_grid_shared(conn)
    unit = run(conn, SQL["find_unit"], {"code": said.unit, "at": now}).first()
    if unit is None:
        raise Invalid(f"unit {said.unit} is not in force; take one from /api/v1/cells", field="unit")
    lon, lat = to_wgs84(said.lon, said.lat, said.datum)
    answer = _judge(conn, said, unit, float(lon), float(lat), reach, now)
    key = {"id": str(said.id), "sender": str(account_id), "digest": said.digest, "answer": json.dumps(asdict(answer))}
    if run(conn, SQL["claim_key"], key).first() is None:
        # The same id arrived twice at once, and the other one was first.
        return _first_answer(conn, said, str(account_id)) or answer
    _keep(conn, said, unit, answer, account_id, (float(lon), float(lat)), now)
    return answer


def _check(said: CheckIn) -> None:
    if not (math.isfinite(said.lon) and -180.0 <= said.lon <= 180.0):
        raise Invalid("lon must be a finite number of degrees from -180 to 180", field="lon")
    if not (math.isfinite(said.lat) and -90.0 <= said.lat <= 90.0):
        raise Invalid("lat must be a finite number of degrees from -90 to 90", field="lat")
    if not (math.isfinite(said.accuracy_m) and 0.0 <= said.accuracy_m <= WORST_ACCURACY_M):
        raise Invalid(f"accuracy_m must be from 0 to {WORST_ACCURACY_M:.0f} metres", field="accuracy_m")
    if said.datum not in DATUMS:
        raise Invalid(f"datum {said.datum} is unknown; one of {', '.join(DATUMS)}", field="datum")
    if said.captured_at.tzinfo is None:
        raise Invalid("captured_at has no offset; write it as 2026-01-31T08:00:00+08:00", field="captured_at")


def _first_answer(conn: Connection, said: CheckIn, sender: str) -> CheckInAnswer | None:
    row = run(conn, SQL["key"], {"id": str(said.id)}).first()
    if row is None:
        return None
    if row.sender != sender or bytes(row.digest) != said.digest:
        raise DigestMismatch(
            "this id was already used for another check-in; a new check-in takes a new UUID", field="id"
        )
    return CheckInAnswer(**row.answer)


def _judge(
    conn: Connection, said: CheckIn, unit: Row[Any], lon: float, lat: float, reach: Reach, now: datetime
) -> CheckInAnswer:
    [place] = locate_points(conn, lons=[lon], lats=[lat], accuracies_m=[said.accuracy_m], moments=[now])
    days = run(conn, SQL["city_days"], {"one": said.captured_at, "other": now}).one()
    share = next((one.share for one in place.candidates if one.code == said.unit), 0.0)
    reason = _fault(said, unit, place.unit, reach, share=share, captured=days.one, received=days.other)
    if reason is not None:
        return CheckInAnswer(False, reason, place.unit)
    ahead = "; the client's clock runs ahead" if said.captured_at > now else ""
    return CheckInAnswer(True, f"the position lies in the unit{ahead}", place.unit)


def _fault(
    said: CheckIn,
    unit: Row[Any],
    located_in: str | None,
    reach: Reach,
    *,
    share: float,
    captured: date,
    received: date,
) -> str | None:
    if not reach.covers(tuple(unit.path)):
        return "the unit is not one of your account's"
    if located_in is None:
        return "the position lies outside the city"
    if located_in != said.unit:
        return f"the position lies in the unit {located_in}"
    if share < _LEAST_SHARE:
        return f"the position is good to {said.accuracy_m:.0f} m only, which may be anywhere around the unit"
    if captured < received:
        return f"it was captured on {captured.isoformat()}, and a day is settled at its cut-off"
    return None


def _keep(
    conn: Connection,
    said: CheckIn,
    unit: Row[Any],
    answer: CheckInAnswer,
    account_id: int,
    position: tuple[float, float],
    now: datetime,
) -> None:
    _make_room(conn, now)
    row = {"district": unit.district, "id": str(said.id), "received_at": now, "account": account_id, "unit": said.unit}
    place = {"lon": position[0], "lat": position[1], "accuracy_m": said.accuracy_m}
    run(conn, SQL["insert_check_in"], row | place | asdict(answer) | {"captured_at": said.captured_at})
    payload = {"unit": said.unit, "located_in": answer.located_in, "counts": answer.counts}
    actor, path = str(account_id), tuple(unit.path)
    append(conn, [EventDraft(unit.district, "check_in", str(said.id), "check_in.filed", now, actor, path, payload)])


def _make_room(conn: Connection, now: datetime) -> None:
    month = now.astimezone(UTC)
    if run(conn, SQL["partition_there"], {"month": f"{month:%Y_%m}"}).scalar_one():
        return
    run(conn, SQL["hold_partitions"])
    run(conn, SQL["make_partitions"], {"first": month.date().replace(day=1)})
