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
from spatial.grid.index.spreads import SAMPLES

_OURS, _PEER = 200_000, 4_000
_METRES_PER_DEGREE = 111_320.0
_MANY_SAMPLES, _CLOSE = 4096, 0.01  # so many samples must come so close to the area


@dataclass(frozen=True)
class DiscFigures:
    """Discs a second; how far shares lie from the areas, with 64 samples and with many; the distances' bytes.

    64 samples are never equal to an area. What is judged is whether the same method with many samples comes close.
    """

    ours: float
    peer: float
    farthest: float
    farthest_of_many: float
    distance_bytes: int

    @property
    def equal(self) -> bool:
        """Whether many samples agree with the areas."""
        return self.farthest_of_many < _CLOSE

    @property
    def note(self) -> str:
        """What one must know to read the figures."""
        return (
            f"shares of 64 samples lie at most {self.farthest:.3f} from the area; judged equal by {_MANY_SAMPLES} "
            f"samples, at most {self.farthest_of_many:.4f}"
        )


def measure_discs(ground: Ground, repeats: int) -> DiscFigures:
    """Uniform discs of 10 to 50 m around the ground's points; the index and the distances are ready."""
    many, few = min(_OURS, len(ground.lons)), min(_PEER, ground.few)
    radii, distance = radii_for(many), distance_raster(ground.index)
    lons, lats = ground.lons[:many], ground.lats[:many]

    def ours(count: int = many, samples: int = SAMPLES) -> Shares:
        place = lons[:count], lats[:count], radii[:count]
        return find_shares(ground.index, *place, spread="uniform", samples=samples, distance=distance)

    peer = _Buffers(ground, lons[:few], lats[:few], radii[:few])
    ours()
    peer.run()
    seconds = medians({"ours": (ours, cpu_clock), "peer": (peer.run, cpu_clock)}, repeats)
    errors = (_farthest(ours(few), peer), _farthest(ours(few, _MANY_SAMPLES), peer))
    return DiscFigures(many / seconds["ours"], few / seconds["peer"], *errors, distance.metres.nbytes)


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
