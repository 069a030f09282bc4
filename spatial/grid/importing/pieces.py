"""A cell on its way in, before it is published; and polygons out of whatever a repair leaves behind.

Knows values. Refuses to know files and the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Piece:
    """A cell to be: `shape` in EPSG:4326 as supplied, or the union of its children when it was derived."""

    rank: int
    code: str | None
    name: str | None
    shape: BaseGeometry
    declared_parent: str | None = None
    parent: str | None = None
    supplied: bool = True
    row: int = 0
    columns: Mapping[str, str | None] = field(default_factory=dict)
    level: str = ""

    @property
    def label(self) -> str:
        """The code, or the row when it has none."""
        return self.code or f"row {self.row}"

    @property
    def title(self) -> str:
        """The same with its level, as in `ward 6`: short codes alone say little."""
        return f"{self.level} {self.label}".strip()


def polygonal(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape, made valid; lines and points that a repair leaves behind are dropped."""
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    if valid.geom_type in ("Polygon", "MultiPolygon"):
        return valid
    return shapely.union_all(
        [part for part in shapely.get_parts(valid) if part.geom_type in ("Polygon", "MultiPolygon")]
    )


def union_of(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """The union of units. In a coverage every vertex stays, so that the unions are a coverage themselves."""
    parts = [shape for shape in shapes if not shape.is_empty]
    if shapely.coverage_is_valid(parts):
        return shapely.coverage_union_all(parts)
    return polygonal(shapely.union_all([polygonal(part) for part in parts]))
