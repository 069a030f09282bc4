"""Cells, as GeoJSON, as of any moment. Public."""

from datetime import datetime
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query

from api.dependencies import Conn
from api.routes.cases import read_bbox
from api.schemas.reports import AnyMoment
from spatial.errors import Invalid
from spatial.grid.cells import Cell, get_cell, list_cells
from spatial.grid.levels import list_levels
from spatial.store.reach import PUBLIC_GRID

router = APIRouter(prefix="/api/v1", tags=["grid"])
Moment = Annotated[AnyMoment | None, Query(description="As of this moment; default now.")]


@router.get("/cells")
def list_features(
    conn: Conn,
    level: Annotated[str | None, Query(description="A level's key, such as unit.")] = None,
    parent: str | None = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees")] = None,
    at: Moment = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> dict[str, Any]:
    """Cells as a GeoJSON FeatureCollection, by code."""
    rank = _rank(conn, level)
    box = read_bbox(bbox)
    cells = list_cells(
        conn, reach=PUBLIC_GRID, rank=rank, parent=parent, bbox=box, at=at, limit=limit + 1, after=cursor
    )
    more = cells[limit - 1].code if len(cells) > limit else None
    return {"type": "FeatureCollection", "features": [_feature(cell) for cell in cells[:limit]], "next": more}


@router.get("/cells/{code}")
def get_feature(code: str, conn: Conn, at: Moment = None) -> dict[str, Any]:
    """One cell as a GeoJSON Feature."""
    return _feature(get_cell(conn, reach=PUBLIC_GRID, code=code, at=at))


def _rank(conn: Conn, level: str | None) -> int | None:
    if level is None:
        return None
    ranks = {item.key: item.rank for item in list_levels(conn)}
    if level not in ranks:
        raise Invalid(f"level {level} is unknown; one of {', '.join(ranks)}", field="level")
    return ranks[level]


def _feature(cell: Cell) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": cell.code,
        "geometry": shapely.geometry.mapping(cell.geometry),
        "properties": {
            "code": cell.code,
            "name": cell.name,
            "level": cell.level,
            "parent": cell.parent,
            "path": list(cell.path),
            "label_point": list(cell.label_point),
            "area_m2": cell.area_m2,
            "from": _iso(cell.valid_from),
            "until": _iso(cell.valid_until),
        },
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
