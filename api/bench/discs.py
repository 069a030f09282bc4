"""Shares of accuracy discs: ours of 64 samples, shapely's by buffers, cut only where a disc meets several units."""

from dataclasses import dataclass

import numpy as np
import shapely

from api.bench.ground import Ground
from api.bench.singles import radii_for
from api.bench.timing import cpu_clock, medians
from spatial.grid.index.distance import distance_raster
from spatial.grid.index.layout import Floats, Ints, Longs
from spatial.grid.index.shares import Shares, find_shares

_OURS, _PEER = 200_000, 4_000
_METRES_PER_DEGREE = 111_320.0
_COARSE = 0.05  # how far a share of 64 samples may lie from the area


@dataclass(frozen=True)
class DiscFigures:
    """Discs a second, the largest difference of a share, and the bytes of the distances."""

    ours: float
    peer: float
    farthest: float
    distance_bytes: int

    @property
    def equal(self) -> bool:
        """Whether all shares agree as far as 64 samples can."""
        return self.farthest < _COARSE


def measure_discs(ground: Ground, repeats: int) -> DiscFigures:
    """Uniform discs of 10 to 50 m around the ground's points; the index and the distances are ready."""
    many, few = min(_OURS, len(ground.lons)), min(_PEER, ground.few)
    radii, distance = radii_for(many), distance_raster(ground.index)
    lons, lats = ground.lons[:many], ground.lats[:many]

    def ours(count: int = many) -> Shares:
        return find_shares(
            ground.index, lons[:count], lats[:count], radii[:count], spread="uniform", distance=distance
        )

    peer = _Buffers(ground, lons[:few], lats[:few], radii[:few])
    ours()
    peer.run()
    seconds = medians({"ours": (ours, cpu_clock), "peer": (peer.run, cpu_clock)}, repeats)
    farthest = _farthest(ours(few), peer)
    return DiscFigures(many / seconds["ours"], few / seconds["peer"], farthest, distance.metres.nbytes)


class _Buffers:
    """Discs as polygons, in a frame where a metre is as long to the east as to the north."""

    def __init__(self, ground: Ground, lons: Floats, lats: Floats, radii: Floats) -> None:
        across = _METRES_PER_DEGREE * float(np.cos(np.radians(np.mean(lats))))
        scale = np.array([across, _METRES_PER_DEGREE])
        self._shapes = shapely.transform(ground.city.shapes, lambda xy: xy * scale)
        self._tree = shapely.STRtree(self._shapes)
        self._points, self._radii = shapely.points(lons * scale[0], lats * scale[1]), radii

    def run(self) -> None:
        """The disc and unit of each pair, and its share."""
        discs = shapely.buffer(self._points, self._radii, quad_segs=16)
        self.discs, self.units = self._tree.query(discs, predicate="intersects")
        times = np.bincount(self.discs, minlength=len(discs))
        wholly = shapely.within(discs[self.discs], self._shapes[self.units]) & (times[self.discs] == 1)
        cut = ~wholly
        self.shares = np.ones(len(self.discs))
        parts = shapely.intersection(self._shapes[self.units[cut]], discs[self.discs[cut]])
        self.shares[cut] = shapely.area(parts) / shapely.area(discs)[self.discs[cut]]


def _farthest(ours: Shares, peer: _Buffers) -> float:
    """The largest difference of any unit's share."""
    inside = ours.units >= 0
    keys = np.concatenate((_key(ours.rows[inside], ours.units[inside]), _key(peer.discs, peer.units)))
    signed = np.concatenate((ours.shares[inside], -peer.shares))
    _, place = np.unique(keys, return_inverse=True)
    return float(np.abs(np.bincount(place, signed)).max(initial=0.0))


def _key(rows: Longs, units: Longs | Ints) -> Longs:
    return np.asarray(rows, np.int64) << 32 | np.asarray(units, np.int64)
