"""Codes that come back: the same cell again, or another place that would take a code that is not its own.

A withdrawn identity returns when a draft with its code and its level covers more than half of its last land; then it
is the same cell with a new version. A code is never given to another place.

Knows shapes and rows. Refuses to publish.
"""

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "cells.sql")
_SAME_PLACE = 0.5


@dataclass(frozen=True)
class Withdrawn:
    """An identity that ended: its code, its level, the revision that ended it, and its last land in EPSG:4326."""

    code: str
    rank: int
    revision: int
    shape: BaseGeometry

    def share_in(self, shape: BaseGeometry) -> float:
        """Which share of its last land, 0 to 1, a shape in EPSG:4326 covers."""
        now = shape if shape.is_valid else shapely.make_valid(shape)
        return float(self.shape.intersection(now).area / self.shape.area)

    def refusal(self, rank: int, shape: BaseGeometry) -> str | None:
        """Why a draft of this level and shape may not bear the code; None when it is the same cell again."""
        since = f"Code {self.code!r} was withdrawn in revision {self.revision}"
        if rank != self.rank:
            return f"{since} and named a cell of level {self.rank}; a code is never reused, so give another."
        share = self.share_in(shape)
        if share > _SAME_PLACE:
            return None
        return (
            f"{since} and comes back at another place ({share:.0%} of its last land); a code is never reused, "
            "so give another."
        )


def list_withdrawn(conn: Connection) -> dict[str, Withdrawn]:
    """Every withdrawn identity by its code, with the land of its last version."""
    rows = run(conn, SQL["withdrawn_cells"])
    return {row.code: Withdrawn(row.code, row.rank, row.revision, shapely.from_wkb(bytes(row.wkb))) for row in rows}
