"""Pictures of acts: those that a result must show. Knows names of photos that were put before; keeps none itself."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "pictures.sql")
FIELD = "photos_after"


def keep_after(
    conn: Connection, case: Mapping[str, str], photos: Sequence[str], *, act: str, actor: str, now: datetime
) -> None:
    """Keep the pictures of what was done. Raises Invalid as `check_after` does."""
    own = run(conn, SQL["report_of"], dict(case)).one()
    check_after(conn, photos, report=own.report_id, shown=own.photos)
    rows = [{"sha256": name, "kind": "after"} for name in sorted(set(photos))]
    run(conn, SQL["keep_photos"], {**case, "rows": json.dumps(rows), "act": act, "actor": actor, "now": now})


def check_after(conn: Connection, photos: Sequence[str], *, report: UUID, shown: Collection[str]) -> None:
    """Raise Invalid where no picture shows the result, or one that is named was never put or shows something else.

    `shown` holds the pictures of the report: they show the place before. Pictures of another case's result show no
    result of this one, which its `report` opened.
    """
    if not photos:
        raise Invalid(f"{FIELD} must name a photo of the place as it is now; put it to /api/v1/photos/", field=FIELD)
    there = set(run(conn, SQL["photos_put"], {"names": list(photos)}).scalars())
    missing = [name for name in photos if name not in there]
    if missing:
        raise Invalid(f"photo {missing[0]} is not here; put it to /api/v1/photos/ first", field=FIELD)
    before = [name for name in photos if name in shown]
    if before:
        raise refuse_after(before[0], "came with the report and shows the place before")
    used = run(conn, SQL["photos_used"], {"names": list(photos), "report": report}).scalars().all()
    if used:
        raise refuse_after(used[0], "shows the result of another case already")


def refuse_after(photo: str, why: str) -> Invalid:
    """The refusal of a picture that does not show this result."""
    return Invalid(f"{FIELD}: photo {photo} {why}; take one of the place as it is now", field=FIELD)
