"""Polygons that never change, of cell versions and of jurisdictions, ready to be judged, kept in a bounded cache.

A version never changes, so its shape may be kept for as long as there is room. The key carries the
database's own identity: two databases in one process both have a version 1.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection

from spatial.grid.border import RingEdges, edges_of
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "locate.sql")
_ROOM = 50_000  # versions; at some 120 vertices each, about 300 MB when full


@dataclass(frozen=True, eq=False)
class Shape:
    """A polygon in EPSG:4326, prepared for predicates, with its edges for the border rule."""

    geometry: MultiPolygon
    edges: RingEdges


class ShapeCache:
    """The most recently used shapes; safe to share between threads."""

    def __init__(self, read: str = SQL["version_shapes"], room: int = _ROOM) -> None:
        self._read = read  # a query that takes `ids` and answers id and wkb; its rows never change
        self._room = room
        self._shapes: OrderedDict[tuple[str, int], Shape] = OrderedDict()
        self._lock = Lock()

    def fetch(self, conn: Connection, ids: Iterable[int], *, database: str | None = None) -> dict[int, Shape]:
        """The shapes of these versions, read from the store where they are not kept.

        `database` is the database's identity, where the caller has read it already.
        """
        wanted = set(ids)
        if not wanted:
            return {}
        database = database or str(run(conn, SQL["database_identity"]).scalar_one())
        found = self._kept(database, wanted)
        missing = sorted(wanted - found.keys())
        if missing:
            read = {row.id: shape_of(row.wkb) for row in run(conn, self._read, {"ids": missing})}
            self._keep(database, read)
            found |= read
        return found

    def _kept(self, database: str, ids: set[int]) -> dict[int, Shape]:
        with self._lock:
            hits = {i: self._shapes[database, i] for i in ids if (database, i) in self._shapes}
            for i in hits:
                self._shapes.move_to_end((database, i))
            return hits

    def _keep(self, database: str, shapes: dict[int, Shape]) -> None:
        with self._lock:
            self._shapes.update({(database, i): shape for i, shape in shapes.items()})
            while len(self._shapes) > self._room:
                self._shapes.popitem(last=False)


def shape_of(wkb: bytes) -> Shape:
    """A shape from its well-known binary."""
    geometry = shapely.from_wkb(bytes(wkb))
    shapely.prepare(geometry)
    return Shape(geometry, edges_of(geometry))
