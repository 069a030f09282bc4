"""Datums that positions in China come in, and the way to WGS 84.

`cgcs2000` is taken as WGS 84: they differ by less than a metre, far below a phone's accuracy. `gcj02` is the
shifted datum of Chinese web maps, `bd09` Baidu's shift on top of it. The shifts have no closed inverse; it is
iterated to better than 0.01 m. Outside the usual bounding rectangle of China nothing is shifted.

Knows floats and arrays, longitude first, degrees. Refuses to guess a datum: it is always declared.
"""

from collections.abc import Callable
from typing import overload

import numpy as np
import numpy.typing as npt

from spatial.errors import Invalid

FloatArray = npt.NDArray[np.float64]
_Shift = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")

_SEMI_MAJOR_M = 6378245.0  # Krasovsky 1940, on which the shift is defined
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_ROUNDS = 12  # the error shrinks about a thousandfold a round; four would do
_CLOSE_DEG = 1e-10


@overload
def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]: ...
@overload
def to_wgs84(lon: FloatArray, lat: FloatArray, datum: str) -> tuple[FloatArray, FloatArray]: ...
def to_wgs84(lon: float | FloatArray, lat: float | FloatArray, datum: str) -> tuple[object, object]:
    """Longitude and latitude, in degrees, from a declared datum to WGS 84; floats stay floats.

    Raises Invalid when the datum is unknown.
    """
    check_datum(datum)
    if datum in ("wgs84", "cgcs2000"):
        return lon, lat
    return _where_in_china(lon, lat, _from_gcj02 if datum == "gcj02" else _from_bd09)


@overload
def from_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]: ...
@overload
def from_wgs84(lon: FloatArray, lat: FloatArray, datum: str) -> tuple[FloatArray, FloatArray]: ...
def from_wgs84(lon: float | FloatArray, lat: float | FloatArray, datum: str) -> tuple[object, object]:
    """Longitude and latitude, in degrees, from WGS 84 to a datum. Raises Invalid when the datum is unknown."""
    check_datum(datum)
    if datum in ("wgs84", "cgcs2000"):
        return lon, lat
    return _where_in_china(lon, lat, _to_gcj02 if datum == "gcj02" else _to_bd09)


def check_datum(datum: str) -> None:
    """Raises Invalid, naming the field and the choices, when the datum is not one of DATUMS."""
    if datum not in DATUMS:
        raise Invalid(f"datum is {datum!r}; say one of {', '.join(DATUMS)}.", field="datum")


def in_china(lon: FloatArray, lat: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether each position lies in the rectangle inside which the shifts are applied."""
    inside: npt.NDArray[np.bool_] = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    return inside


def _where_in_china(lon: float | FloatArray, lat: float | FloatArray, shift: _Shift) -> tuple[object, object]:
    x, y = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
    inside = in_china(x, y)
    east, north = x.copy(), y.copy()
    east[inside], north[inside] = shift(x[inside], y[inside])
    if np.ndim(lon) == 0:
        return float(east[0]), float(north[0])
    return east, north


def _to_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    sin = np.sin
    root, waves = np.sqrt(np.abs(x)), (20 * sin(6 * x * np.pi) + 20 * sin(2 * x * np.pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    d_lat += (20 * sin(y * np.pi) + 40 * sin(y / 3 * np.pi)) * 2 / 3
    d_lat += (160 * sin(y / 12 * np.pi) + 320 * sin(y * np.pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    d_lon += (20 * sin(x * np.pi) + 40 * sin(x / 3 * np.pi)) * 2 / 3
    d_lon += (150 * sin(x / 12 * np.pi) + 300 * sin(x / 30 * np.pi)) * 2 / 3
    latitude = np.radians(lat)
    flattening = 1 - _ECCENTRICITY_SQUARED * sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (flattening * np.sqrt(flattening))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(flattening) * np.cos(latitude)
    return lon + np.degrees(d_lon / parallel_m), lat + np.degrees(d_lat / meridian_m)


def _gcj02_to_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    turn = np.pi * 3000 / 180
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * turn)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * turn)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _to_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _gcj02_to_bd09(*_to_gcj02(lon, lat))


def _from_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _inverse(_to_gcj02, lon, lat)


def _from_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _from_gcj02(*_inverse(_gcj02_to_bd09, lon, lat))


def _inverse(shift: _Shift, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The position that `shift` moves here: each round takes away what the last guess still misses by."""
    east, north = lon.copy(), lat.copy()
    for _ in range(_ROUNDS):
        there_east, there_north = shift(east, north)
        miss_east, miss_north = there_east - lon, there_north - lat
        east, north = east - miss_east, north - miss_north
        if not len(east) or max(np.abs(miss_east).max(), np.abs(miss_north).max()) < _CLOSE_DEG:
            break
    return east, north
