"""Fallback positions: coordinates that a device or a form gives when it knows none.

Three kinds are recognised: one exact coordinate that many unrelated reports share, the middle of a district or
another upper cell, and what an operator has declared. A report from there keeps its place and is marked; it is
never certain and stays out of hot spots.

Knows rows and rounding. Refuses to drop a report for it.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "fallbacks.sql")
_MOST_MIDDLES = 20
_MIDDLES: dict[tuple[str, int], set[tuple[float, float]]] = {}
_DECIMALS = 6  # about a decimetre: a made-up coordinate is repeated to the last digit, a measured one is not


def list_fallbacks(conn: Connection, *, lons: Sequence[float], lats: Sequence[float]) -> list[str | None]:
    """Why each of n positions (WGS 84 degrees) is no place of its own; None where it may be one."""
    middles = _middles(conn)
    reasons: list[str | None] = [None] * len(lons)
    for row in run(conn, SQL["shared_positions"], {"lons": list(lons), "lats": list(lats)}):
        reasons[row.i] = row.reason
    for i, place in enumerate(zip(lons, lats, strict=True)):
        if _rounded(*place) in middles:
            reasons[i] = "the position is the middle of an upper cell, which devices give when they know none"
    return reasons


def _middles(conn: Connection) -> set[tuple[float, float]]:
    """The middles of the upper cells in force, read once for each revision of each database."""
    grid = run(conn, SQL["grid_identity"]).one()
    key = grid.database, grid.revision
    if key not in _MIDDLES:
        if len(_MIDDLES) >= _MOST_MIDDLES:
            _MIDDLES.clear()
        _MIDDLES[key] = {_rounded(row.lon, row.lat) for row in run(conn, SQL["upper_middles"])}
    return _MIDDLES[key]


def _rounded(lon: float, lat: float) -> tuple[float, float]:
    return round(lon, _DECIMALS), round(lat, _DECIMALS)
