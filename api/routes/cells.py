"""Cells, as GeoJSON, as of any moment; and which unit a position is in. Public."""

from datetime import datetime
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.dependencies import Conn, Now
from api.routes.cases import read_bbox
from api.schemas import Accuracy, AnyAccuracy, AnyLatitude, AnyLongitude, Datum, Latitude, Longitude
from spatial.errors import Invalid
from spatial.grid.cells import Cell, get_cell, list_cells
from spatial.grid.datum import to_wgs84
from spatial.grid.levels import list_levels
from spatial.grid.locate import Placement, locate_points

router = APIRouter(prefix="/api/v1", tags=["grid"])
Moment = Annotated[AwareDatetime | None, Query(description="As of this moment; default now.")]
_ASSUMED_ACCURACY_M = 20.0
_MOST_POINTS = 10_000


class Points(BaseModel):
    """Positions as columns."""

    lon: list[Longitude] = Field(max_length=_MOST_POINTS)
    lat: list[Latitude] = Field(max_length=_MOST_POINTS)
    accuracy_m: list[Accuracy] | None = None
    datum: Datum = "wgs84"


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
    cells = list_cells(conn, rank=rank, parent=parent, bbox=box, at=at, limit=limit + 1, after=cursor)
    more = cells[limit - 1].code if len(cells) > limit else None
    return {"type": "FeatureCollection", "features": [_feature(cell) for cell in cells[:limit]], "next": more}


@router.get("/cells/{code}")
def get_feature(code: str, conn: Conn, at: Moment = None) -> dict[str, Any]:
    """One cell as a GeoJSON Feature."""
    return _feature(get_cell(conn, code=code, at=at))


@router.get("/locate")
def locate_one(
    conn: Conn,
    now: Now,
    lon: Annotated[AnyLongitude, Query()],
    lat: Annotated[AnyLatitude, Query()],
    accuracy_m: Annotated[AnyAccuracy, Query()] = _ASSUMED_ACCURACY_M,
    datum: Datum = "wgs84",
    at: Moment = None,
) -> dict[str, Any]:
    """Which unit a position is in, how sure that is, and which others it may be in."""
    x, y = to_wgs84(lon, lat, datum)
    [placement] = locate_points(conn, lons=[x], lats=[y], accuracies_m=[accuracy_m], moments=[at or now])
    return _placed(placement)


@router.post("/locate")
def locate_many(conn: Conn, now: Now, points: Points) -> dict[str, Any]:
    """Many positions as columns; the answers come as rows in their order."""
    radii = points.accuracy_m or [_ASSUMED_ACCURACY_M] * len(points.lon)
    if not len(points.lon) == len(points.lat) == len(radii):
        raise Invalid("lon, lat and accuracy_m must be equally long", field="lat")
    moved = [to_wgs84(x, y, points.datum) for x, y in zip(points.lon, points.lat, strict=True)]
    lons, lats = [float(x) for x, _ in moved], [float(y) for _, y in moved]
    found = locate_points(conn, lons=lons, lats=lats, accuracies_m=radii, moments=[now] * len(lons))
    return {"rows": [_placed(placement) for placement in found]}


def _rank(conn: Conn, level: str | None) -> int | None:
    if level is None:
        return None
    ranks = {item.key: item.rank for item in list_levels(conn)}
    if level not in ranks:
        raise Invalid(f"level {level} is unknown; one of {', '.join(ranks)}", field="level")
    return ranks[level]


def _placed(placement: Placement) -> dict[str, Any]:
    return {
        "cell": placement.unit,
        "path": list(placement.path),
        "certainty": placement.certainty,
        "candidates": [{"code": c.code, "share": c.share} for c in placement.candidates],
    }


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
