"""`gridmaps bench locate` on a small city: every row is there, every answer is equal."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

from api.bench.ground import Ground, make_city, make_ground
from api.bench.peers import Pairs, compare
from spatial.store.opening import Store
from tests.commands import Program

SMALL = ("--units", 1200, "--points", 20_000, "--peer-points", 5000, "--repeats", 1)


@pytest.fixture
def gridmaps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, "postgresql://nobody@nowhere.invalid/none")


@pytest.fixture(scope="module")
def ground() -> Ground:
    return make_ground(make_city(1200), points=4000, few=2000)


def test_sjoin_agrees_point_by_point(gridmaps: Program) -> None:
    ran = gridmaps("bench", "locate", *SMALL, "--peers", "sjoin", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["name"] == "locate"
    rows = {row["what"]: row for row in told["rows"]}
    for predicate in ("within", "intersects"):
        row = rows[f"geopandas.sjoin {predicate}"]
        assert row["equal"] is True
        assert row["ratio"] == pytest.approx(row["ours"] / row["peer"], rel=0.01)
        assert row["bytes"] > 1e6
    assert {"what", "ours", "peer", "ratio", "equal"} <= set(rows["build, 1200 units"])


def test_every_installed_peer_agrees(fresh_db: Store, gridmaps: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAPS_DATABASE_URL", fresh_db.url)
    told = json.loads(gridmaps("bench", "locate", *SMALL, "--json").out)
    compared = [row for row in told["rows"] if row["equal"] is not None]
    assert len(compared) >= 7
    assert all(row["equal"] for row in compared), compared


def test_a_peer_that_is_not_installed_leaves_a_row_that_says_so(
    gridmaps: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.bench.peers.find_spec", lambda name: None if name == "duckdb" else find_spec(name))
    ran = gridmaps("bench", "locate", *SMALL, "--peers", "duckdb")
    assert ran.code == 0, ran.err
    assert "gridmaps[bench]" in ran.out


def test_unknown_peers_and_empty_measurements_are_refused(gridmaps: Program) -> None:
    assert "not one of all, none, sjoin" in gridmaps("bench", "locate", "--peers", "oracle").err
    assert gridmaps("bench", "locate", "--points", 0).code == 2


def test_a_wrong_answer_is_not_called_equal(ground: Ground) -> None:
    ours = ground.units[: ground.few].astype(np.int64)
    inside = np.flatnonzero(ours >= 0)
    assert compare(ground, Pairs(inside, ours[inside])).equal
    assert not compare(ground, Pairs(inside[1:], ours[inside[1:]])).equal
    assert not compare(ground, Pairs(inside, np.roll(ours[inside], 1))).equal
    assert not compare(ground, Pairs(np.append(inside, inside[0]), np.append(ours[inside], 0))).equal
