"""SedonaDB and DuckDB: engines that live in our process. Both get their tables beforehand and one thread."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from api.bench.peer_frames import frames
from api.bench.peers import Missing, Pairs, Peer
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "peer_engines.sql")


class SedonaDB(Peer):
    """SedonaDB's spatial join."""

    key, what, reach = "sedonadb", "SedonaDB, one core", "50, go for 100"
    needs = ("sedonadb", "geoarrow")

    def prepare(self) -> None:
        """Two views over tables in memory."""
        self._engine = import_module("sedonadb").connect()
        self._engine.sql(SQL["sedona_one_partition"]).to_arrow_table()
        for name, frame in zip(("points", "units"), frames(self.ground), strict=True):
            self._engine.create_data_frame(frame).to_memtable().to_view(name)

    def join(self) -> None:
        """The join."""
        self._table: pa.Table = self._engine.sql(SQL["sedona_join"]).to_arrow_table()

    def pairs(self) -> Pairs:
        """Point and unit numbers."""
        return _pairs(self._table)


class DuckDB(Peer):
    """DuckDB's SPATIAL_JOIN."""

    key, what, reach = "duckdb", "DuckDB spatial, one thread", "110, go for 200"
    needs = ("duckdb", "duckdb_extension_spatial")

    def prepare(self) -> None:
        """Two tables; refuses to measure another plan."""
        self._engine = import_module("duckdb").connect(config={"threads": 1})
        self._engine.load_extension(str(_extension()))
        few, shapes = self.ground.few, self.ground.city.shapes
        columns = {"point": np.arange(few), "lon": self.ground.lons[:few], "lat": self.ground.lats[:few]}
        self._engine.register("given_points", pa.table(columns))
        self._engine.register("given_units", pa.table({"unit": np.arange(len(shapes)), "wkb": shapely.to_wkb(shapes)}))
        for name in ("duckdb_points", "duckdb_units"):
            self._engine.execute(SQL[name])
        plan = str(self._engine.execute("EXPLAIN " + SQL["duckdb_join"]).fetchall())
        if "SPATIAL_JOIN" not in plan:
            raise Missing("this DuckDB plans no SPATIAL_JOIN; install 1.4 or newer")

    def join(self) -> None:
        """The join."""
        self._columns: dict[str, Any] = self._engine.execute(SQL["duckdb_join"]).fetchnumpy()

    def pairs(self) -> Pairs:
        """Point and unit numbers."""
        return Pairs(self._columns["point"].astype(np.int64), self._columns["unit"].astype(np.int64))

    def close(self) -> None:
        """Let the tables go."""
        self._engine.close()


def _extension() -> Path:
    """The extension's file, as its package brings it: nothing is fetched."""
    package = import_module("duckdb_extension_spatial")
    found = sorted(Path(str(package.__file__)).parent.rglob("spatial.duckdb_extension"))
    if not found:
        raise Missing("duckdb_extension_spatial brings no extension for this DuckDB")
    return found[-1]


def _pairs(table: pa.Table) -> Pairs:
    return Pairs(table["point"].to_numpy().astype(np.int64), table["unit"].to_numpy().astype(np.int64))
