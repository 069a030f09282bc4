"""Which options would mend what an import found: how wide a gap must be allowed, whether childless cells are holes.

Knows findings with their shapes. Refuses to mend. Pure.
"""

import math
from collections.abc import Iterable, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from spatial.grid.geodesy import MetricPlane, plane_about
from spatial.grid.importing.findings import Found
from spatial.grid.importing.pieces import polygonal

WIDEST_TOLERANCE_M = 1000
_SPARE = 1.01  # a gap's width is found by approximation, here and where it is closed
_FINENESS_M = 0.01


def options_for(findings: Iterable[Found], *, cleaned: bool, tolerance_m: float) -> str:
    """The options to add, as in `--clean --tolerance-m 62 --fill-childless`; empty when none would help."""
    found = list(findings)
    gaps = [polygonal(one.shape) for one in found if one.kind == "gap" and one.shape is not None]
    childless = [polygonal(one.shape) for one in found if one.kind == "childless" and one.shape is not None]
    options = [] if cleaned else ["--clean"]
    if gaps:
        plane = plane_about(gaps)
        left, filled = _without(gaps, childless)
        widest = max((_width_m(gap, plane) for gap in left), default=0.0)
        if widest > tolerance_m and (needed := _rounded_up(widest * _SPARE)) <= WIDEST_TOLERANCE_M:
            options.append(f"--tolerance-m {needed:g}")
        if filled:
            options.append("--fill-childless")
    return " ".join(options)


def _without(gaps: Sequence[BaseGeometry], childless: Sequence[BaseGeometry]) -> tuple[list[BaseGeometry], bool]:
    """What would be left of the gaps if childless cells were filled, and whether that takes anything away."""
    whole = shapely.union_all(list(childless))
    left = [polygonal(gap.difference(whole)) for gap in gaps]
    filled = any(rest.area < 0.5 * gap.area for gap, rest in zip(gaps, left, strict=True))
    return (left if filled else list(gaps)), filled


def _width_m(gap: BaseGeometry, plane: MetricPlane) -> float:
    """The diameter of the widest circle in a gap, metres."""
    parts = [part for part in shapely.get_parts(plane.to_metres(gap)) if not part.is_empty]
    return max(
        (2 * shapely.maximum_inscribed_circle(part, tolerance=_FINENESS_M).length for part in parts), default=0.0
    )


def _rounded_up(metres: float) -> float:
    step = 1.0 if metres >= 10 else 0.1
    return math.ceil(metres / step) * step
