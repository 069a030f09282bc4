"""Which unit a position is in, for one position or for many, in the form in which they are sent. Public."""

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from api.dependencies import Conn, Now
from api.locate_forms import ASSUMED_ACCURACY_M, ColumnsForm, CsvForm, Form, GeoJsonForm, Positions, placed
from api.schemas.reports import Accuracy, AnyAccuracy, AnyLatitude, AnyLongitude, AnyMoment, Datum, Latitude, Longitude
from spatial.cases.rules import read_rules
from spatial.errors import Invalid
from spatial.grid.datum import to_wgs84
from spatial.grid.locate import Placement, locate_points

router = APIRouter(prefix="/api/v1", tags=["grid"])
_MOST_POINTS = 10_000


class Points(BaseModel):
    """Positions as columns."""

    lon: list[Longitude] = Field(max_length=_MOST_POINTS)
    lat: list[Latitude] = Field(max_length=_MOST_POINTS)
    accuracy_m: list[Accuracy] | None = None
    datum: Datum = "wgs84"


_BODIES = {
    "application/json": {"schema": Points.model_json_schema()},
    "text/csv": {"schema": {"type": "string"}, "example": "lon,lat,accuracy_m\n120.1693,30.2457,15\n"},
    "application/geo+json": {"schema": {"type": "object", "description": "A FeatureCollection of points."}},
}


async def read_body(request: Request) -> bytes:
    """The body as it was sent."""
    return await request.body()


def read_form(
    request: Request,
    body: Annotated[bytes, Depends(read_body)],
    datum: Annotated[Datum, Query(description="Of CSV and GeoJSON; JSON says its own.")] = "wgs84",
) -> Form:
    """The body in the form that its content type says, JSON where it says nothing.

    Not async: a large body is taken apart in a thread of its own, and holds up nobody else.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == CsvForm.media_type:
        return CsvForm(body, datum)
    if kind == GeoJsonForm.media_type:
        return GeoJsonForm(body, datum)
    return _columns(body)


@router.get("/locate")
def locate_one(
    conn: Conn,
    now: Now,
    lon: Annotated[AnyLongitude, Query()],
    lat: Annotated[AnyLatitude, Query()],
    accuracy_m: Annotated[AnyAccuracy, Query()] = ASSUMED_ACCURACY_M,
    datum: Datum = "wgs84",
    at: Annotated[AnyMoment | None, Query(description="As of this moment; default now.")] = None,
) -> dict[str, Any]:
    """Which unit a position is in, how sure that is, and which others it may be in."""
    x, y = to_wgs84(lon, lat, datum)
    rule = read_rules(conn).certainty
    [placement] = locate_points(conn, lons=[x], lats=[y], accuracies_m=[accuracy_m], moments=[at or now], rule=rule)
    return placed(placement)


@router.post("/locate", openapi_extra={"requestBody": {"required": True, "content": _BODIES}})
def locate_many(conn: Conn, now: Now, form: Annotated[Form, Depends(read_form)]) -> Response:
    """Many positions: JSON columns are answered by rows, CSV and GeoJSON by themselves with more columns.

    JSON takes up to 10,000 positions and must be right as a whole; in CSV and GeoJSON a bad row gets a `problem`.
    """
    return Response(form.answer(list(_place(conn, form, now))), media_type=form.media_type)


def _place(conn: Connection, form: Form, now: Now) -> Iterator[Placement]:
    asked = form.positions
    rule = read_rules(conn).certainty
    lons, lats = to_wgs84(np.array(asked.lons), np.array(asked.lats), form.datum)
    for first in range(0, len(lons), _MOST_POINTS):
        part = slice(first, first + _MOST_POINTS)
        x, y = lons[part].tolist(), lats[part].tolist()
        radii = asked.accuracies_m[part]
        yield from locate_points(conn, lons=x, lats=y, accuracies_m=radii, moments=[now] * len(x), rule=rule)


def _columns(body: bytes) -> ColumnsForm:
    try:
        points = Points.model_validate_json(body or b"{}")
    except ValidationError as wrong:
        raise RequestValidationError(wrong.errors(include_url=False)) from wrong
    assumed = [ASSUMED_ACCURACY_M] * len(points.lon)
    radii = assumed if points.accuracy_m is None else points.accuracy_m
    if not len(points.lon) == len(points.lat) == len(radii):
        raise Invalid("lon, lat and accuracy_m must be equally long", field="lat")
    return ColumnsForm(Positions(list(range(len(radii))), points.lon, points.lat, radii), points.datum)
