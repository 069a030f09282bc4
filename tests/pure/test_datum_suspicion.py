"""A datum that was declared wrongly shows, and one that was declared rightly is left in peace."""

import numpy as np
import pytest

from spatial.grid.datum import from_wgs84
from spatial.grid.datum_suspicion import judge_datum


def _known(count: int, datum: str) -> tuple[list[float], list[float], list[tuple[int, int]]]:
    """Positions in cells of 300 m, as a device that speaks `datum` would tell them, and the cells."""
    rng = np.random.default_rng(7)
    lons, lats = rng.uniform(120.1, 120.2, count), rng.uniform(30.2, 30.3, count)
    cells = [(int(lon / 0.003), int(lat / 0.003)) for lon, lat in zip(lons, lats, strict=True)]
    told = [from_wgs84(float(lon), float(lat), datum) for lon, lat in zip(lons, lats, strict=True)]
    return [float(lon) for lon, _ in told], [float(lat) for _, lat in told], cells


@pytest.mark.parametrize("spoken", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("declared", ["wgs84", "gcj02", "bd09"])
def test_the_datum_that_is_spoken_is_found(spoken: str, declared: str) -> None:
    lons, lats, cells = _known(200, spoken)
    verdict = judge_datum(lons, lats, declared=declared, fits=lambda x, y: _fits(x, y, cells))
    assert verdict.suspected == (None if spoken == declared else spoken)
    assert (verdict.sentence is None) == (spoken == declared)


def test_few_positions_raise_no_suspicion() -> None:
    lons, lats, cells = _known(20, "gcj02")
    assert judge_datum(lons, lats, declared="wgs84", fits=lambda x, y: _fits(x, y, cells)).suspected is None


def _fits(x: object, y: object, cells: list[tuple[int, int]]) -> list[bool]:
    pairs = zip(x, y, strict=True)  # type: ignore[call-overload]
    return [(int(lon / 0.003), int(lat / 0.003)) == cell for (lon, lat), cell in zip(pairs, cells, strict=True)]
