"""The tiny town: a district of nine units, small enough to hold in the head.

A square of 3 x 3 cells from (120.0, 30.0), each 0.003 degrees wide (about 290 m by 333 m), column letters west to
east, rows south to north:

    row 3   hill east+west (H)   ridge (R)     hill east+west (H)     H is one unit of two parts
    row 2   temple (T)           garden (G)    market (M)             G has a hole; the enclave (E) fills it
    row 1   willow west (W)      willow (V)    bridge (B)

Communities: Willow = W V; Bridge = B M E (E lies inside another community); Temple = T G; Hill = R H.
Streets: South = Willow, Bridge; North = Temple, Hill.
"""

from dataclasses import dataclass

import shapely
from argon2 import PasswordHasher
from shapely.geometry import MultiPolygon, Polygon, box
from sqlalchemy import Connection

from spatial.grid.cells import CellDraft, publish
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "worlds.sql")
PASSWORD = "town-pass-1"
DISTRICT = "330199"
SOUTH, NORTH = "330199001", "330199002"
WILLOW, BRIDGE, TEMPLE, HILL = "330199001001", "330199001002", "330199002001", "330199002002"
W, V = "330199001001001", "330199001001002"
B, M, E = "330199001002001", "330199001002002", "330199001002003"
T, G = "330199002001001", "330199002001002"
R, H = "330199002002001", "330199002002002"
UNITS = (W, V, B, M, E, T, G, R, H)

_X = (120.0, 120.003, 120.006, 120.009)
_Y = (30.0, 30.003, 30.006, 30.009)
_ENCLAVE = box(120.004, 30.004, 120.005, 30.005)
# Cheap on purpose: a test logs in often, and the cost is stored in the hash.
_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass(frozen=True)
class TownCell:
    """A cell of the town; geometry in EPSG:4326."""

    code: str
    rank: int
    name: str
    parent: str | None
    geometry: MultiPolygon


def _square(column: int, row: int) -> Polygon:
    return box(_X[column], _Y[row], _X[column + 1], _Y[row + 1])


def _unit_geometries() -> dict[str, MultiPolygon]:
    holed = Polygon(_square(1, 1).exterior, [_ENCLAVE.exterior])
    parts: dict[str, list[Polygon]] = {
        W: [_square(0, 0)], V: [_square(1, 0)], B: [_square(2, 0)], M: [_square(2, 1)], E: [_ENCLAVE],
        T: [_square(0, 1)], G: [holed], R: [_square(1, 2)], H: [_square(0, 2), _square(2, 2)],
    }  # fmt: skip
    return {code: MultiPolygon(polygons) for code, polygons in parts.items()}


UNIT_GEOMETRIES = _unit_geometries()


def inside(code: str) -> tuple[float, float]:
    """A position well inside a cell, as (lon, lat)."""
    shapes = [geometry for unit, geometry in UNIT_GEOMETRIES.items() if unit.startswith(code)]
    point = shapely.point_on_surface(shapely.union_all(shapes))
    return point.x, point.y


def tiny_town() -> list[TownCell]:
    """All cells, parents before children."""
    names = {
        DISTRICT: "Tiny town", SOUTH: "South street", NORTH: "North street",
        WILLOW: "Willow", BRIDGE: "Bridge", TEMPLE: "Temple", HILL: "Hill",
        W: "Willow west", V: "Willow east", B: "Bridge south", M: "Market", E: "Enclave",
        T: "Temple court", G: "Temple garden", R: "Ridge", H: "Hill ends",
    }  # fmt: skip
    return [_cell(code, name) for code, name in sorted(names.items(), key=lambda item: (len(item[0]), item[0]))]


def _cell(code: str, name: str) -> TownCell:
    rank = {6: 1, 9: 2, 12: 3, 15: 4}[len(code)]
    parent = code[:-3] if rank > 1 else None
    shape = shapely.union_all([geometry for unit, geometry in UNIT_GEOMETRIES.items() if unit.startswith(code)])
    if rank == 4:
        shape = UNIT_GEOMETRIES[code]
    parts = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
    return TownCell(code, rank, name, parent, MultiPolygon(parts))


def load_tiny_town(conn: Connection) -> None:
    """Publish the town from the beginning of time, with its people and rules."""
    drafts = [
        CellDraft(cell.code, cell.rank, cell.name, cell.parent, cell.geometry, system="gb15", evidence=None)
        for cell in tiny_town()
    ]
    publish(conn, drafts=drafts, kind="import", in_force_from=None, published_by="system", note="tiny town")
    run(conn, SQL["people_and_rules"], {"password_hash": _HASHER.hash(PASSWORD)})
