"""Pictures of acts: those that a result must show. Knows names of photos that were put before; keeps none itself."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "pictures.sql")
FIELD = "photos_after"


def keep_after(
    conn: Connection, case: Mapping[str, str], photos: Sequence[str], *, act: str, actor: str, now: datetime
) -> None:
    """Keep the pictures of what was done. Raises Invalid where there is none, or one was never put."""
    check_after(conn, photos)
    rows = [{"sha256": name, "kind": "after"} for name in sorted(set(photos))]
    run(conn, SQL["keep_photos"], {**case, "rows": json.dumps(rows), "act": act, "actor": actor, "now": now})


def check_after(conn: Connection, photos: Sequence[str]) -> None:
    """Raise Invalid where no picture shows the result, or one that is named was never put."""
    if not photos:
        raise Invalid(f"{FIELD} must name a photo of the place as it is now; put it to /api/v1/photos/", field=FIELD)
    there = set(run(conn, SQL["photos_put"], {"names": list(photos)}).scalars())
    missing = [name for name in photos if name not in there]
    if missing:
        raise Invalid(f"photo {missing[0]} is not here; put it to /api/v1/photos/ first", field=FIELD)
