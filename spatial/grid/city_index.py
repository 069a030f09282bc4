"""From a city's cells to a locator index: the units in force, with their chain of levels above.

Knows cells and rows. Refuses to keep an index, and to know which moment is asked for.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import shapely
from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.grid.cells import Cell, CellDraft
from spatial.grid.index import LocatorIndex, build_index
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "city_index.sql")


def index_of_cells(cells: Sequence[Cell | CellDraft], *, revision: int = 0) -> LocatorIndex:
    """An index over the units among `cells` (those of the deepest rank), with a level for each rank above.

    Units without a parent at a rank have none there. Versions are those of cells; drafts have none, and are
    counted from 0. Raises Invalid when there are no cells, GeometryInvalid for a unit that cannot be one.
    """
    if not cells:
        raise Invalid("There are no cells to index; import a grid first.", field="cells")
    deepest = max(cell.rank for cell in cells)
    units = [cell for cell in cells if cell.rank == deepest]
    by_code = {cell.code: cell for cell in cells}
    chains = [dict(_chain(unit, by_code)) for unit in units]
    return build_index(
        codes=[unit.code for unit in units],
        geometries=[unit.geometry for unit in units],
        revision=revision,
        versions=[unit.version if isinstance(unit, Cell) else nth for nth, unit in enumerate(units)],
        levels={rank: [chain.get(rank) for chain in chains] for rank in range(1, deepest)},
    )


def index_of_store(conn: Connection, *, at: datetime | None = None) -> LocatorIndex:
    """An index over the units in force at `at` (now when None), with their version ids and the revision then.

    Raises Invalid when no unit was in force.
    """
    rows = run(conn, SQL["units_in_force"], {"at": at}).all()
    if not rows:
        raise Invalid("No unit is in force at that moment; import a grid first, or name a later moment.", field="at")
    deepest = len(rows[0].path)
    return build_index(
        codes=[row.code for row in rows],
        geometries=shapely.from_wkb([bytes(row.wkb) for row in rows]),
        revision=rows[0].revision,
        versions=[row.id for row in rows],
        levels={rank: [row.path[rank - 1] for row in rows] for rank in range(1, deepest)},
    )


def _chain(unit: Cell | CellDraft, by_code: dict[str, Cell | CellDraft]) -> Iterator[tuple[int, str]]:
    """Rank and code of every cell above a unit that is among the cells."""
    above = by_code.get(unit.parent or "")
    while above is not None:
        yield above.rank, above.code
        above = by_code.get(above.parent or "")
