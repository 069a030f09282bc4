"""geopandas.sjoin, by both predicates that are used for this question. Its spatial index is ready."""

from typing import Any, ClassVar

import geopandas as gpd
import numpy as np

from api.bench.ground import Ground
from api.bench.peers import Pairs, Peer

_WGS84 = "EPSG:4326"


class FrameJoin(Peer):
    """A join of two frames; subclasses say by which predicate."""

    predicate: ClassVar[str]

    def prepare(self) -> None:
        """Two frames; the units' tree is built here."""
        self.prepare_cold()
        self._units.sindex.query(self._points.geometry.iloc[0], predicate="intersects")

    def prepare_cold(self) -> None:
        """Two frames; the first join builds the tree."""
        self._points, self._units = frames(self.ground)

    def join(self) -> None:
        """The join."""
        self._joined: Any = gpd.sjoin(self._points, self._units, predicate=self.predicate)

    def pairs(self) -> Pairs:
        """Point and unit numbers."""
        joined = self._joined
        return Pairs(joined.index.to_numpy(np.int64), joined["unit"].to_numpy(np.int64))


class Within(FrameJoin):
    """`within` leaves border points out."""

    key, what, reach, predicate = "sjoin", "geopandas.sjoin within", "80, go for 150", "within"


class Intersects(FrameJoin):
    """`intersects`, the default, gives border points to all."""

    key, what, reach, predicate = "sjoin", "geopandas.sjoin intersects", "110, go for 200", "intersects"


def frames(ground: Ground) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The first `few` points and all units, numbered, without a spatial index yet."""
    points = gpd.GeoDataFrame({"point": np.arange(ground.few)}, geometry=ground.points, crs=_WGS84)
    shapes = ground.city.shapes
    return points, gpd.GeoDataFrame({"unit": np.arange(len(shapes))}, geometry=shapes, crs=_WGS84)
