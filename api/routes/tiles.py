"""Vector tiles and their TileJSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import CaseReader, Conn
from gridmaps.tiles import DEEPEST_ZOOM, TileAddress, case_tile, cell_tile, check_address, grid_bounds
from spatial.errors import NotFound
from spatial.grid.cells import current_revision

router = APIRouter(prefix="/tiles", tags=["tiles"])
MVT = "application/vnd.mapbox-vector-tile"
Version = Annotated[str | None, Query(description="Anything: a new one makes a map ask again for what it holds.")]
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/cells/{revision}/{z}/{x}/{y}.mvt")
def get_cell_tile(revision: int, z: int, x: int, y: int, conn: Conn) -> Response:
    """Cells of one revision; never changes, so it may be kept for ever."""
    if not 1 <= revision <= (current_revision(conn) or 0):
        raise NotFound(f"there is no grid revision {revision}")
    tile = cell_tile(conn, address=check_address(TileAddress(z, x, y)), revision=revision)
    return Response(tile, media_type=MVT, headers=_FOR_EVER)


@router.get("/cases/{revision}/{z}/{x}/{y}.mvt")
def get_case_tile(
    revision: int, z: int, x: int, y: int, conn: Conn, account: CaseReader, v: Version = None
) -> Response:
    """Cases within one's reach."""
    tile = case_tile(conn, address=check_address(TileAddress(z, x, y)), reach=account.reach)
    return Response(tile, media_type=MVT, headers={"Cache-Control": "private, no-cache"})


@router.get("/cells.json")
def cells_json(request: Request, conn: Conn) -> dict[str, Any]:
    """TileJSON of the cells in force."""
    return _tilejson(request, conn, "cells", ["cells", "labels"])


@router.get("/cases.json")
def cases_json(request: Request, conn: Conn, account: CaseReader) -> dict[str, Any]:
    """TileJSON of the cases within one's reach."""
    return _tilejson(request, conn, "cases", ["cases", "case_counts"])


def _tilejson(request: Request, conn: Conn, name: str, layers: list[str]) -> dict[str, Any]:
    base = str(request.base_url)
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "tiles": [f"{base}tiles/{name}/{current_revision(conn) or 0}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": DEEPEST_ZOOM,
        "vector_layers": [{"id": layer, "fields": {}} for layer in layers],
    }
    bounds = grid_bounds(conn)
    return document | ({"bounds": list(bounds)} if bounds else {})
