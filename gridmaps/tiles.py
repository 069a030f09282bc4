"""Vector tiles (MVT 2.1) of cells and cases.

Cells are public and belong to one revision of the grid, which is part of a tile's address: a publish never
shows a mixed map. Cases are drawn within a reach and carry nothing personal; where points would hide the
map, counts by cell stand instead, so that no case is lost without a word.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "tiles.sql")
DEEPEST_ZOOM = 16
FIRST_POINT_ZOOM = 13
_UNIT_ZOOM = 12  # from here every level is drawn; each zoom step further out leaves one level fewer
_COMMUNITY_ZOOM = 10


@dataclass(frozen=True)
class TileAddress:
    """Which tile: zoom, column from the west, row from the north (EPSG:3857)."""

    z: int
    x: int
    y: int


def check_address(address: TileAddress) -> TileAddress:
    """The address itself, if such a tile exists. Raises Invalid."""
    side = 1 << address.z if 0 <= address.z <= DEEPEST_ZOOM else 0
    if not (0 <= address.x < side and 0 <= address.y < side):
        raise Invalid(f"there is no such tile; z runs from 0 to {DEEPEST_ZOOM}, x and y below 2 to the z", field="z")
    return address


def cell_tile(conn: Connection, *, address: TileAddress, revision: int) -> bytes:
    """Layers `cells` (areas) and `labels` (points), with code, name, level and parent."""
    ranks = _ranks(conn)
    deepest = ranks[-1] if address.z >= _UNIT_ZOOM else ranks[-2 if address.z >= _COMMUNITY_ZOOM else -3]
    return _tile(conn, "cell_tile", address, {"revision": revision, "deepest": deepest})


def case_tile(conn: Connection, *, address: TileAddress, reach: Reach) -> bytes:
    """Layer `cases` (points) from zoom 13 on, `case_counts` (a point a cell with its count) further out."""
    if address.z >= FIRST_POINT_ZOOM:
        return _tile(conn, "case_tile", address, {"reach": reach.bound})
    ranks = _ranks(conn)
    rank = ranks[-2] if address.z >= _COMMUNITY_ZOOM else ranks[max(0, len(ranks) - 3)]
    return _tile(conn, "case_count_tile", address, {"reach": reach.bound, "rank": rank})


def grid_bounds(conn: Connection) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the grid in force, in degrees; None while there is none."""
    row = run(conn, SQL["grid_bounds"]).first()
    return tuple(row) if row else None


def _ranks(conn: Connection) -> list[int]:
    ranks = list(run(conn, SQL["level_ranks"]).scalars())
    return [ranks[0]] * (3 - len(ranks)) + ranks


def _tile(conn: Connection, query: str, address: TileAddress, params: dict[str, object]) -> bytes:
    place = {"z": address.z, "x": address.x, "y": address.y}
    return bytes(run(conn, SQL[query], place | params).scalar_one())
