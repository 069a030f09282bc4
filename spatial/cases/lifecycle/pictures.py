"""Pictures of acts: those that a result must show, and what a look at the place found.

Knows names of photos that were put before; keeps none itself.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.drafts import Picture, check_picture
from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "pictures.sql")
FIELD = "photos_after"


@dataclass(frozen=True)
class Pictures:
    """Which photos were put, and the reports whose cases' results each shows."""

    there: frozenset[str]
    used: Mapping[str, set[UUID]]


def keep_after(
    conn: Connection, case: Mapping[str, str], photos: Sequence[str], *, act: str, actor: str, now: datetime
) -> None:
    """Keep the pictures of what was done. Raises Invalid where `judge_after` says why not, and for one that showed an
    earlier result of this case: what was sent back, or taken up again, is shown anew.
    """
    own = run(conn, SQL["report_of"], dict(case)).one()
    known = read_pictures(conn, photos)
    refused = judge_after(known, photos, report=own.report_id, shown=own.photos)
    if refused is not None:
        raise refused
    again = [name for name in photos if own.report_id in known.used.get(name, ())]
    if again:
        raise refuse_after(again[0], "showed an earlier result of this case already")
    rows = [{"sha256": name, "kind": "after"} for name in sorted(set(photos))]
    run(conn, SQL["keep_photos"], {**case, "rows": json.dumps(rows), "act": act, "actor": actor, "now": now})


def keep_found(
    conn: Connection, case: Mapping[str, str], photos: Sequence[Picture], *, act: str, actor: str, now: datetime
) -> None:
    """Keep the pictures of what was found at the place; one of which no more is told shows it near by.

    Raises Invalid for one that was never put, or that tells what cannot be.
    """
    for picture in photos:
        check_picture(picture)
    there = set(run(conn, SQL["photos_put"], {"names": [one.sha256 for one in photos]}).scalars()) if photos else set()
    missing = [one.sha256 for one in photos if one.sha256 not in there]
    if missing:
        raise Invalid(f"photo {missing[0]} is not here; put it to /api/v1/photos/ first", field="photos")
    rows = [vars(one) | {"kind": one.kind or "near"} for one in {one.sha256: one for one in photos}.values()]
    said = json.dumps(rows, default=datetime.isoformat)
    run(conn, SQL["keep_photos"], {**case, "rows": said, "act": act, "actor": actor, "now": now})


def read_pictures(conn: Connection, photos: Sequence[str]) -> Pictures:
    """What is known of these photos, however many cases they show."""
    names = {"names": list(photos)}
    used: dict[str, set[UUID]] = {}
    for row in run(conn, SQL["photos_used"], names):
        used.setdefault(row.sha256, set()).add(row.report_id)
    return Pictures(frozenset(run(conn, SQL["photos_put"], names).scalars()), used)


def judge_after(known: Pictures, photos: Sequence[str], *, report: UUID, shown: Collection[str]) -> Invalid | None:
    """Why these pictures do not show a result: there is none, or one was never put or shows something else.

    `shown` holds the pictures of the report and of looks at it: they show the place before. Pictures of another case's
    result show no result of this one, which its `report` opened. Pure.
    """
    if not photos:
        return Invalid(f"{FIELD} must name a photo of the place as it is now; put it to /api/v1/photos/", field=FIELD)
    missing = [name for name in photos if name not in known.there]
    if missing:
        return Invalid(f"photo {missing[0]} is not here; put it to /api/v1/photos/ first", field=FIELD)
    before = [name for name in photos if name in shown]
    if before:
        return refuse_after(before[0], "came with the report, or a look at it, and shows the place before")
    used = [name for name in photos if known.used.get(name, set()) - {report}]
    return refuse_after(used[0], "shows the result of another case already") if used else None


def refuse_after(photo: str, why: str) -> Invalid:
    """The refusal of a picture that does not show this result."""
    return Invalid(f"{FIELD}: photo {photo} {why}; take one of the place as it is now", field=FIELD)
