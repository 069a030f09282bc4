"""Placing positions by candidates from the store: the way that is always right, and never the fastest.

SQL proposes the units near a position, the border rule decides which one it is in, and the same samples as the
index's are put to the same rule. Taken while an index is not ready, and where a publish has just changed cells.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Row

from spatial.grid import border
from spatial.grid.index.layout import Floats
from spatial.grid.index.spreads import SAMPLES, half_axes, pattern
from spatial.grid.placement import CertaintyRule, Placement, Unit, place
from spatial.grid.shapes import Shape, ShapeCache
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "locate.sql")
_SHAPES = ShapeCache()
EAST, NORTH = pattern("gaussian", SAMPLES)
REACH = float(np.hypot(EAST, NORTH).max())  # of the farthest sample, in radii as phones report them
_ROUNDING_DEG = 1e-9


def sample_boxes(lats: Floats, radii_m: Floats) -> tuple[Floats, Floats]:
    """Half width and half height in degrees of a box that holds every sample of a position; shape (n,)."""
    widths, heights = half_axes(lats, radii_m)
    return widths * REACH + _ROUNDING_DEG, heights * REACH + _ROUNDING_DEG


def place_by_candidates(
    conn: Connection, *, lons: Floats, lats: Floats, radii_m: Floats, moments: Sequence[datetime], rule: CertaintyRule
) -> list[Placement]:
    """Place n positions (WGS 84 degrees, radii in metres) in the units in force at their moments."""
    pairs = _propose(conn, lons, lats, radii_m, moments)
    shapes = _SHAPES.fetch(conn, {pair.id for pair in pairs})
    near: dict[int, list[Row[Any]]] = defaultdict(list)
    for pair in pairs:
        near[pair.i].append(pair)
    widths, heights = half_axes(lats, radii_m)
    fixes = zip(lons.tolist(), lats.tolist(), widths.tolist(), heights.tolist(), radii_m.tolist(), strict=True)
    return [_place_one(near.get(i, []), shapes, *fix, rule) for i, fix in enumerate(fixes)]


def _place_one(
    rows: list[Row[Any]],
    shapes: dict[int, Shape],
    lon: float,
    lat: float,
    width: float,
    height: float,
    radius_m: float,
    rule: CertaintyRule,
) -> Placement:
    inside = [row for row in rows if border.covers(shapes[row.id].edges, lon, lat)]
    # In a coverage that was accepted dirty two units may both cover a position: the lower code has it.
    unit = Unit(inside[0].code, inside[0].id, inside[0].district, tuple(inside[0].path)) if inside else None
    shares = _shares(rows, shapes, lon, lat, width, height)
    return place(unit, shares, radius_m=radius_m, overlaps=len(inside) > 1, rule=rule)


def _shares(
    rows: list[Row[Any]], shapes: dict[int, Shape], lon: float, lat: float, width: float, height: float
) -> list[tuple[str, float]]:
    if len(rows) == 1 and _holds_box(shapes[rows[0].id], lon, lat, width, height):
        return [(rows[0].code, 1.0)]
    xs, ys = lon + width * EAST, lat + height * NORTH
    free = np.ones(SAMPLES, dtype=bool)  # a sample counts for one unit, the lowest code first
    shares = []
    for row in rows:
        hit = free & border.covers_many(shapes[row.id].edges, xs, ys)
        free &= ~hit
        shares.append((row.code, float(np.count_nonzero(hit)) / SAMPLES))
    return shares


def _holds_box(shape: Shape, lon: float, lat: float, width: float, height: float) -> bool:
    """Whether a unit holds all samples with room to spare; prepared geometries answer without cutting."""
    w, h = width * REACH + _ROUNDING_DEG, height * REACH + _ROUNDING_DEG
    return bool(shapely.contains_properly(shape.geometry, shapely.box(lon - w, lat - h, lon + w, lat + h)))


def _propose(
    conn: Connection, lons: Floats, lats: Floats, radii_m: Floats, moments: Sequence[datetime]
) -> Sequence[Row[Any]]:
    widths, heights = sample_boxes(lats, radii_m)
    asked = {
        "lons": lons.tolist(),
        "lats": lats.tolist(),
        "half_widths": widths.tolist(),
        "half_heights": heights.tolist(),
        "moments": list(moments),
    }
    return run(conn, SQL["propose_units"], asked).all()
