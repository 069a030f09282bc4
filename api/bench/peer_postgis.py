"""PostGIS by its best plan: polygons outside, a tree on the points. In temporary tables, on the store's server.

Knows one session; what it made is gone when it closes.
"""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from api.bench.ground import Ground
from api.bench.peers import Missing, Pairs, Peer
from api.bench.timing import wall_clock
from spatial.store.opening import Store
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "peer_engines.sql")
_SESSION = {
    "temp_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "enable_seqscan": "off",
}


class PostGIS(Peer):
    """The join in one backend; timed by that backend's processor seconds where the server is on this machine."""

    key, what, reach = "postgis", "PostGIS, polygons outer", "89, go for 180"

    def __init__(self, ground: Ground, store: Store) -> None:
        super().__init__(ground)
        self._raw: Any = store.owner.raw_connection()
        self._cursor = self._raw.cursor()
        self._pid = 0

    def prepare(self) -> None:
        """Temporary tables with their trees. Raises Missing when the plan is another."""
        for name, value in _SESSION.items():
            self._cursor.execute(SQL["postgis_setting"], (name, value))
        pid = self._cursor.connection.info.backend_pid
        self._pid = pid if _is_backend(pid) else 0
        self._cursor.execute(SQL["postgis_tables"])
        self._copy("postgis_copy_units", self.ground.city.shapes)
        self._copy("postgis_copy_points", self.ground.points)
        self._cursor.execute(SQL["postgis_index"])
        self._cursor.execute("EXPLAIN " + SQL["postgis_join"])
        plan = "\n".join(row[0] for row in self._cursor.fetchall())
        if "bench_point_geom_idx" not in plan:
            raise Missing("PostGIS planned without the points' tree")

    def join(self) -> None:
        """The join; the answers stay on the server, so no transport is charged."""
        self._cursor.execute(SQL["postgis_join"])
        self._cursor.fetchone()

    def pairs(self) -> Pairs:
        """Point and unit numbers, fetched."""
        self._cursor.execute(SQL["postgis_pairs"])
        rows = np.array(self._cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
        return Pairs(rows[:, 0], rows[:, 1])

    def clock(self) -> float:
        """The backend's processor seconds, or the wall's where it is on another machine."""
        if not self._pid:
            return wall_clock()
        fields = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def prepare_lookups(self) -> None:
        """Plan the query for single points, once."""
        self._cursor.execute(SQL["postgis_prepare"])

    def lookup(self, lon: float, lat: float) -> int:
        """The unit of one point by a round trip, -1 for none."""
        self._cursor.execute(SQL["postgis_lookup"], (lon, lat))
        found = self._cursor.fetchone()
        return found[0] if found else -1

    def close(self) -> None:
        """Roll everything back."""
        self._raw.rollback()
        self._raw.close()

    def _copy(self, name: str, shapes: NDArray[np.object_]) -> None:
        hexes = shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
        lines = (f"{number}\t{text}\n" for number, text in enumerate(hexes.tolist()))
        self._cursor.copy_expert(SQL[name], io.StringIO("".join(lines)))


def _is_backend(pid: int) -> bool:
    """Whether a process of this machine, by this number, is a server's backend."""
    try:
        return "postgres" in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").partition(")")[0]
    except OSError:
        return False
