"""The scope that a ruling states: a matter, attributes, and one kind of area; and whether it is about its own case.

Pure: drafts and the facts of a case in. A scope that does not hold the case it was ruled on would be a rule made
up beside it. Refuses to know the database.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

from spatial.cases.masking import mask
from spatial.errors import GeometryInvalid, Invalid
from spatial.grid.border import covers, edges_of

AREA_KINDS = ("cells", "polygon", "radius")
_FARTHEST_M = 200_000.0  # farther than a city reaches: a radius in the wrong unit


@dataclass(frozen=True)
class Area:
    """Where a ruling holds: cells with all below them, a polygon in EPSG:4326, or metres around the case."""

    kind: str
    cells: tuple[str, ...] = ()
    polygon: MultiPolygon | None = None
    radius_m: float | None = None


@dataclass(frozen=True)
class ScopeDraft:
    """What the panel says; `matter` None is the case's own, and so is an attribute's value None."""

    area: Area
    matter: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """The case that is ruled on: the nodes of its matter, its attributes, its chain of cells, its position."""

    matters: tuple[str, ...]
    attributes: Mapping[str, str]
    path: tuple[str, ...]
    lon: float
    lat: float


def read_area(
    kind: str,
    *,
    cells: Sequence[str] | None = None,
    geometry: Mapping[str, Any] | None = None,
    radius_m: float | None = None,
) -> Area:
    """The area that these fields tell; those of other kinds must be left away.

    `geometry` is GeoJSON, a Polygon or MultiPolygon. Raises Invalid or GeometryInvalid.
    """
    given = {"cells": cells, "geometry": geometry, "radius_m": radius_m}
    needed = {"cells": "cells", "polygon": "geometry", "radius": "radius_m"}.get(kind)
    if needed is None:
        raise Invalid(f"kind takes {', '.join(AREA_KINDS)}", field="scope.area.kind")
    if given[needed] is None:
        raise Invalid(f"an area of kind {kind} needs {needed}", field=f"scope.area.{needed}")
    for name in (name for name, value in given.items() if name != needed and value is not None):
        raise Invalid(f"an area of kind {kind} takes no {name}; leave it out", field=f"scope.area.{name}")
    if geometry is not None:
        return Area("polygon", polygon=_polygon(geometry))
    if radius_m is not None:
        return Area("radius", radius_m=_radius(radius_m))
    return Area("cells", cells=tuple(dict.fromkeys(cells or ())))


def _radius(metres: float) -> float:
    if not (math.isfinite(metres) and 0 < metres <= _FARTHEST_M):
        raise Invalid("radius_m takes metres above 0 and up to 200000", field="scope.area.radius_m")
    return metres


def _polygon(geometry: Mapping[str, Any]) -> MultiPolygon:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.GEOSException, TypeError, ValueError):
        raise _misdrawn("the geometry cannot be read as GeoJSON") from None
    if not isinstance(shape, Polygon | MultiPolygon) or shape.is_empty:
        raise _misdrawn("the geometry must be a Polygon or a MultiPolygon that is not empty")
    if not shape.is_valid:
        raise _misdrawn(f"the drawn polygon is not valid ({shapely.is_valid_reason(shape)}); draw it anew")
    west, south, east, north = shape.bounds
    if not (-180 <= west and east <= 180 and -90 <= south and north <= 90):
        raise _misdrawn("the drawn polygon must lie in degrees, longitude first")
    return MultiPolygon([shapely.force_2d(part) for part in shapely.get_parts(shape)])


def _misdrawn(sentence: str) -> GeometryInvalid:
    return GeometryInvalid(sentence, field="scope.area.geometry")


def check_scope(scope: ScopeDraft, scene: Scene) -> tuple[str, dict[str, str]]:
    """The matter that the scope is about, and its attributes as the case has them.

    Raises Invalid, naming the field, where it does not hold its own case.
    """
    if not scene.matters:
        raise Invalid("the case has no matter yet; sort it before you rule on it", field="scope.matter")
    matter = scope.matter or scene.matters[0]
    if matter not in scene.matters:
        told = ", ".join(scene.matters)
        raise Invalid(f"{matter} is not the case's matter, nor one above it; take {told}", field="scope.matter")
    attributes = _take_over(scope.attributes, scene.attributes)
    _check_area(scope.area, scene)
    return matter, attributes


def _take_over(asked: Mapping[str, str | None], own: Mapping[str, str]) -> dict[str, str]:
    """The case's values of the attributes asked for. Who rules sees them masked, so a mask stands for what it hides."""
    foreign = sorted(key for key, value in asked.items() if not _is_own(value, own.get(key)))
    if foreign:
        has = ", ".join(sorted(own)) or "none"
        sentence = f"{foreign[0]} is not an attribute of the case with that value; name one that it has, of {has}"
        raise Invalid(sentence, field="scope.attributes")
    return {key: own[key] for key in asked}


def _is_own(value: str | None, own: str | None) -> bool:
    return own is not None and value in (None, own, mask(own))


def _check_area(area: Area, scene: Scene) -> None:
    if area.kind == "cells" and set(area.cells).isdisjoint(scene.path):
        told = ", ".join(scene.path) or "none: it lies outside the grid"
        raise Invalid(f"cells must hold one on the case's own chain, which is {told}", field="scope.area.cells")
    if area.polygon is not None and not covers(edges_of(area.polygon), scene.lon, scene.lat):
        raise _misdrawn("the drawn polygon does not hold the case's own position; draw it around the case")
