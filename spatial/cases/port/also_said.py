"""What others said about a case, word for word and with their photos: repeats, supporters, and who was merged into it.

One says where it lies, another since when, the third has a picture: the unit that handles it reads them all. Tells of
each whether it is certain who he is, and never who. Refuses to mask: `masking.py` does, by whoever reads.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.port.askers import SQL
from spatial.store.db import run
from spatial.store.reach import Reach


@dataclass(frozen=True)
class AlsoSaid:
    """What somebody else said. `case_no`: the case that he knows; `part`: reporter (of that one), repeat, supporter."""

    id: int
    case_no: str
    part: str
    at: datetime
    is_known: bool
    text: str
    photos: tuple[str, ...]


def list_also_said(
    conn: Connection, *, reach: Reach, case_no: str, limit: int, behind: int | None = None
) -> list[AlsoSaid]:
    """What others said about a case and those merged into it, as far as these lie in the reach, in its order."""
    params = {"reach": reach.bound, "case_no": case_no, "limit": limit, "behind": behind}
    rows = run(conn, SQL["also_said"], params)
    return [AlsoSaid(**{**row._mapping, "photos": tuple(row.photos)}) for row in rows]
