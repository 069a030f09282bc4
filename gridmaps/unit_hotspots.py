"""Hot spots of cases by unit: the units in force, what was counted in them, and what Gi* says.

Knows where the numbers come from; the statistic is `spatial.analysis.hotspots`, the neighbours are
`spatial.grid.adjacency`. Refuses to draw.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy import Connection

from gridmaps.frames import SQL
from spatial.analysis.hotspots import local_g_star
from spatial.grid.adjacency import shared_borders
from spatial.grid.cells import Cell, list_cells, list_levels
from spatial.store.db import run
from spatial.store.reach import Reach


@dataclass(frozen=True)
class UnitHotSpot:
    """One unit: `z` is its Gi*, `p` two-sided, `bin` -3 (cold, 99 %) to 3 (hot, 99 %)."""

    code: str
    name: str
    count: int
    z: float
    p: float
    bin: int


@dataclass(frozen=True)
class HotSpotSheet:
    """The units of a reach over a period [since, until) of the moments in which cases were captured.

    `cases` were counted; `elsewhere` lie outside the city or in units that are no longer in force.
    """

    units: tuple[UnitHotSpot, ...]
    shapes: tuple[shapely.Geometry, ...]
    cases: int
    elsewhere: int
    since: datetime | None
    until: datetime | None
    fdr: bool

    @property
    def method(self) -> str:
        """The method in one line, for legends and answers."""
        rule = "false discovery rate" if self.fdr else "each unit tested alone"
        return f"Getis-Ord Gi*, units that share a border, two-sided, {rule}"


def unit_hot_spots(
    conn: Connection, *, reach: Reach, since: datetime | None = None, until: datetime | None = None, fdr: bool = True
) -> HotSpotSheet:
    """Gi* of the cases by unit. Only units within `reach` are compared, each with its neighbours among them."""
    units = _units(conn, reach.ground)
    asked = {"reach": reach.bound, "since": since, "until": until}
    counted = {row.unit: int(row.cases) for row in run(conn, SQL["counts_by_unit"], asked)}
    counts = np.array([counted.get(unit.code, 0) for unit in units], dtype=np.float64)
    shapes = tuple(unit.geometry for unit in units)
    found = local_g_star(counts, shared_borders(shapes).both_ways(), fdr=fdr)
    rows = zip(units, counts, found.z, found.p, found.bin, strict=True)
    return HotSpotSheet(
        units=tuple(UnitHotSpot(u.code, u.name, int(n), float(z), float(p), int(b)) for u, n, z, p, b in rows),
        shapes=shapes,
        cases=int(counts.sum()),
        elsewhere=sum(counted.values()) - int(counts.sum()),
        since=since,
        until=until,
        fdr=fdr,
    )


def _units(conn: Connection, ground: Reach) -> list[Cell]:
    return list_cells(conn, reach=ground, rank=max(level.rank for level in list_levels(conn)))
