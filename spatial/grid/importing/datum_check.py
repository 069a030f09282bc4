"""Whether shapes came in an undeclared Chinese datum, or in another CRS than they say.

The same outline drawn in GCJ-02 or BD-09 lies some 300 to 1,200 m aside. When shifting one of two outlines by such a
datum makes them fit far better than they do, one of them was probably declared wrongly.

Pure. Refuses to correct anything: it says what it suspects.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from spatial.grid.datum import from_wgs84, in_china, to_wgs84
from spatial.grid.geodesy import area_m2
from spatial.grid.importing.findings import NOTICE, Found

_FAR_BETTER = 0.5
_SMALLEST_CITY_M2 = 10_000.0


def suspect_crs(whole: BaseGeometry) -> list[Found]:
    """A finding when a whole city (EPSG:4326) is too small to be one: degrees were read as metres."""
    area = 0.0 if whole.is_empty else area_m2(whole)
    if area >= _SMALLEST_CITY_M2:
        return []
    said = (
        f"The whole grid covers only {area:,.3g} m2: degrees were probably labelled as metres. "
        "If so, name the right CRS with --crs, as in --crs EPSG:4326."
    )
    return [Found("datum", NOTICE, (), said, area, whole)]


def suspect_datum(shape: BaseGeometry, reference: BaseGeometry, *, what: str, beside: str) -> list[Found]:
    """A finding when `shape` fits `reference` (both EPSG:4326) far better after a typical datum shift."""
    centre = reference.centroid
    if not in_china(np.array([centre.x]), np.array([centre.y]))[0]:
        return []
    misfit = _misfit(shape, reference)
    for datum in ("gcj02", "bd09"):
        for declared, other, moved in (
            (what, beside, _shift(shape, datum, back=True)),
            (beside, what, _shift(shape, datum, back=False)),
        ):
            after = _misfit(moved, reference)
            if after < _FAR_BETTER * misfit:
                times = misfit / max(after, 1e-15)
                said = (
                    f"{declared} looks like {datum} beside {other}: shifted back it fits {times:,.1f} times better. "
                    f"If so, declare it with --datum {datum}."
                )
                return [Found("datum", NOTICE, (), said, shape=reference)]
    return []


def _shift(shape: BaseGeometry, datum: str, *, back: bool) -> BaseGeometry:
    move = to_wgs84 if back else from_wgs84
    return shapely.transform(shape, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1], datum)))


def _misfit(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(shapely.symmetric_difference(shapely.make_valid(one), shapely.make_valid(other)).area)
