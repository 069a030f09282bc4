"""Jurisdictions: where a department's duty has a shape of its own, a river, a red-lined road, an exclusive grid.

They lie over the grid and never in its coverage. A jurisdiction has a code and versions with half-open validity; a
new version ends the old one, now or later, and the rows that held on the old one hold on the new one from then on.

Knows versions and their rows. Refuses to say whether a point lies inside: the border rule does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from spatial.cases.responsibility import notices
from spatial.cases.responsibility.bodies import check_end
from spatial.cases.responsibility.notices import Notice
from spatial.cases.responsibility.row_drafts import Fault
from spatial.cases.responsibility.rows import SQL as ROWS
from spatial.cases.responsibility.spans import STRAYS, Span
from spatial.errors import Conflict, Invalid, NotFound
from spatial.grid.geodesy import area_m2
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.wording import counted

SQL = load_queries(__file__, "jurisdictions.sql")
KINDS = ("polygon", "exclusive_grid")
SMALLEST_M2 = 1.0  # less is no ground but a slip of the pen
_CODE_LIMIT = 64


@dataclass(frozen=True)
class JurisdictionDraft:
    """A jurisdiction to be; `geometry` is a valid MultiPolygon in EPSG:4326, `department` whose it is."""

    code: str
    kind: str
    name: str
    geometry: MultiPolygon
    feature: str = ""
    department: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def span(self) -> Span:
        """When it holds."""
        return Span(self.since, self.until)


@dataclass(frozen=True)
class Jurisdiction:
    """A version of a jurisdiction; geodesic square metres, EPSG:4326."""

    id: int
    code: str
    kind: str
    feature: str
    name: str
    department: str | None
    geometry: MultiPolygon
    area_m2: float
    since: datetime | None
    until: datetime | None
    recorded_at: datetime


@dataclass(frozen=True)
class JurisdictionFilter:
    """What a list is narrowed to; `bbox` is west, south, east, north in degrees."""

    code: str | None = None
    kind: str | None = None
    department: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    at: datetime | None = None


def list_jurisdictions(
    conn: Connection, *, narrowed: JurisdictionFilter, limit: int | None = None, after: int | None = None
) -> list[Jurisdiction]:
    """Versions by id, at most `limit`, behind an id."""
    west, south, east, north = narrowed.bbox or (None, None, None, None)
    box = {"west": west, "south": south, "east": east, "north": north}
    rows = run(conn, SQL["list_jurisdictions"], {**vars(narrowed), **box, "limit": limit, "after": after})
    return [_jurisdiction(row) for row in rows]


def get_jurisdiction(conn: Connection, *, code: str, at: datetime) -> Jurisdiction:
    """The version in force at a moment. Raises NotFound."""
    found = list_jurisdictions(conn, narrowed=JurisdictionFilter(code=code, at=at), limit=1)
    if not found:
        raise NotFound(f"there is no jurisdiction {code} at that moment", field="code")
    return found[0]


def list_draft_faults(
    conn: Connection, *, drafts: Sequence[JurisdictionDraft], now: datetime, supersede: bool = False
) -> list[tuple[int, Fault]]:
    """All that keeps these drafts from being written, each with the position of its draft from 0."""
    named = sorted({draft.department for draft in drafts if draft.department})
    rows = run(conn, ROWS["known_departments"], {"codes": named})
    departments = {row.code: Span(row.since, row.until) for row in rows}
    faults = [(i, fault) for i, draft in enumerate(drafts) for fault in _faults(draft, departments)]
    faults += [(i, fault) for i, draft in enumerate(drafts) for fault in _version_faults(conn, draft, supersede, now)]
    wkbs = [shapely.to_wkb(draft.geometry, hex=True) for draft in drafts]
    outside = run(conn, SQL["outside_the_grid"], {"wkbs": wkbs}).scalars()
    sentence = "geometry touches no cell of the grid; check its datum and that longitude comes first"
    missed = set(outside)
    faults += [(i, Fault("geometry", sentence)) for i in sorted(missed)]
    beyond = run(conn, SQL["beyond_the_city"], {"wkbs": wkbs}).scalars()
    far = "geometry reaches more than 5 km beyond the city; draw what lies in it, or check its datum"
    faults += [(i, Fault("geometry", far)) for i in beyond if i not in missed]
    return sorted([*faults, *_doubles(drafts)], key=lambda found: found[0])


def add_jurisdictions(
    conn: Connection, *, drafts: Sequence[JurisdictionDraft], now: datetime, actor: str, supersede: bool = False
) -> list[int]:
    """Put jurisdictions in force, all or none; returns the ids of their versions in the order of the drafts.

    A code that is in force already is refused, or with `supersede` ends when the new version begins, and its rows are
    carried over. Raises Invalid naming the field of the first fault, Conflict for a code that is taken; behind a
    Conflict the transaction can only be rolled back.
    """
    for _, fault in list_draft_faults(conn, drafts=drafts, now=now, supersede=supersede):
        raise (Conflict if fault.is_conflict else Invalid)(fault.sentence, field=fault.field)
    ids = []
    for draft in drafts:
        versions, begins = _versions(conn, draft), draft.since or now
        held = [row for row in versions if Span(row.since, row.until).holds(begins)]
        for row in held:
            run(conn, SQL["end_jurisdiction"], {"id": row.id, "until": begins})
        ids.append(_insert(conn, draft, begins if versions else draft.since, now))
        for row in held:
            _carry_over(conn, row.id, ids[-1], begins, now, actor)
    said = [_notice(draft, number) for draft, number in zip(drafts, ids, strict=True)]
    notices.publish(conn, said, now=now, actor=actor)
    return ids


def _versions(conn: Connection, draft: JurisdictionDraft) -> list[Row[Any]]:
    return list(run(conn, SQL["hold_versions"], {"code": draft.code, "since": None, "until": None}).all())


def _faults(draft: JurisdictionDraft, departments: dict[str, Span]) -> list[Fault]:
    found = []
    plain = draft.code.replace("_", "").replace("-", "").replace(".", "")
    if not (1 <= len(draft.code) <= _CODE_LIMIT and plain.isascii() and plain.isalnum()):
        found.append(Fault("code", "code takes 1 to 64 Latin letters, digits, dots, hyphens or underscores"))
    if draft.kind not in KINDS:
        found.append(Fault("kind", f"kind {draft.kind} is unknown; one of {', '.join(KINDS)}"))
    if not draft.name.strip():
        found.append(Fault("name", "name is empty; say what the place is called"))
    span = departments.get(draft.department or "")
    if draft.department is None and draft.kind == "polygon":
        found.append(Fault("department", "department is missing; only an exclusive grid may be nobody's"))
    elif draft.department is not None and span is None:
        found.append(Fault("department", f"no department has the code {draft.department}; add it first"))
    elif span is not None and not span.covers(draft.span):
        found.append(Fault("department", f"department {draft.department} is in force {span}; stay within that time"))
    if area_m2(draft.geometry) < SMALLEST_M2:
        found.append(
            Fault("geometry", f"geometry has less than {SMALLEST_M2:.0f} m2; draw ground that can hold a case")
        )
    if draft.span.strays:
        found.append(Fault(draft.span.strays, f"{draft.span.strays} {STRAYS}"))
    if draft.span.is_empty:
        found.append(Fault("until", "until must be later than from; correct one of them"))
    return found


def _version_faults(conn: Connection, draft: JurisdictionDraft, supersede: bool, now: datetime) -> list[Fault]:
    if draft.span.is_empty:
        return []
    begins = draft.since or now
    there = [row for row in _versions(conn, draft) if Span(row.since, row.until).meets(Span(begins, draft.until))]
    later = [row for row in there if row.since is not None and row.since >= begins]
    if there and not supersede:
        return [Fault("code", f"code {draft.code} is in force already; say supersede to end that version", True)]
    if later:
        return [Fault("from", f"{draft.code} has a version from {later[0].since.isoformat()} on; end before it")]
    if there and begins < now:
        return [Fault("from", "from lies in the past, where another version has given answers; begin now or later")]
    return []


def _doubles(drafts: Sequence[JurisdictionDraft]) -> list[tuple[int, Fault]]:
    seen: set[str] = set()
    found = []
    for i, draft in enumerate(drafts):
        if draft.code in seen:
            found.append((i, Fault("code", f"code {draft.code} stands twice here; load one version at a time")))
        seen.add(draft.code)
    return found


def end_jurisdiction(conn: Connection, *, code: str, until: datetime | None, now: datetime, actor: str) -> None:
    """Let a jurisdiction end, now when `until` is None.

    Raises NotFound where it is not in force then, Invalid for an end that lies before now, and Conflict while rows in
    force still hold on it behind its end: they would stand in the table and decide nothing.
    """
    ends = until or now
    rows = run(conn, SQL["hold_versions"], {"code": code, "since": ends, "until": None}).all()
    held = next((row for row in rows if Span(row.since, row.until).holds(ends)), None)
    if held is None:
        raise NotFound(f"there is no jurisdiction {code} at that moment", field="code")
    check_end(Span(held.since, held.until), until=ends, now=now)
    behind = run(conn, SQL["rows_on_version"], {"id": held.id, "until": ends}).scalar_one()
    if behind:
        standing = counted(behind, "row")
        raise Conflict(
            f"{code} is still the place of {standing} of responsibility in force behind that moment; end those first, "
            "or draw it anew with supersede", field="until",
        )  # fmt: skip
    run(conn, SQL["end_jurisdiction"], {"id": held.id, "until": ends})
    said = Notice("jurisdiction", code, "ended", None, {"version": held.id, "until": ends.isoformat()})
    notices.publish(conn, [said], now=now, actor=actor)


def _insert(conn: Connection, draft: JurisdictionDraft, since: datetime | None, now: datetime) -> int:
    params = {**vars(draft), "since": since, "now": now, "area_m2": area_m2(draft.geometry)}
    params |= {"wkb": shapely.to_wkb(draft.geometry, hex=True), "name": draft.name.strip()}
    del params["geometry"]
    try:
        return int(run(conn, SQL["insert_jurisdiction"], params).scalar_one())
    except IntegrityError as raced:  # nothing was there to hold when we looked: only the constraint sees this
        raise Conflict(f"somebody else has just drawn {draft.code}; look at it first", field="code") from raced


def _carry_over(conn: Connection, old: int, new: int, until: datetime, now: datetime, actor: str) -> None:
    rows = run(conn, SQL["rows_to_carry"], {"id": old, "until": until}).all()
    begun = [row.id for row in rows if row.has_begun]
    params = {"id": old, "successor": new, "until": until, "now": now, "actor": actor}
    copies = list(run(conn, SQL["copy_rows"], {**params, "ids": begun}).scalars())
    run(conn, SQL["end_rows"], {"ids": begun, "until": until})
    run(conn, SQL["follow_version"], {**params, "ids": [row.id for row in rows if not row.has_begun]})
    place = {"jurisdiction": new}
    ended = [Notice("responsibility", str(i), "ended", None, {"until": until.isoformat()}) for i in begun]
    adopted = [
        Notice("responsibility", str(copy), "adopted", None, {**place, "carries_on": i})
        for copy, i in zip(copies, begun, strict=True)
    ]
    notices.publish(conn, [*ended, *adopted], now=now, actor=actor)


def _notice(draft: JurisdictionDraft, number: int) -> Notice:
    payload = {"version": number, "kind": draft.kind, "department": draft.department}
    return Notice("jurisdiction", draft.code, "adopted", None, payload)


def _jurisdiction(row: Row[Any]) -> Jurisdiction:
    fields = dict(row._mapping)
    return Jurisdiction(**fields | {"geometry": shapely.from_wkb(bytes(fields.pop("wkb")))})
