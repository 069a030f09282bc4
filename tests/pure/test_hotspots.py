"""Gi* against the published example, against the bare formula, and on worlds where nothing can be said."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from spatial.analysis.hotspots import local_g_star
from spatial.errors import Invalid
from spatial.grid.adjacency import shared_borders

SAMPLE = Path(os.environ.get("GRIDMAPS_SAMPLE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "getis_ord"
SQUARE = 4


def _rook(size: int) -> tuple[np.ndarray, np.ndarray]:
    index = np.arange(size * size).reshape(size, size)
    east, north = (index[:, :-1].ravel(), index[:, 1:].ravel()), (index[:-1].ravel(), index[1:].ravel())
    left, right = np.concatenate([east[0], north[0]]), np.concatenate([east[1], north[1]])
    return np.concatenate([left, right]), np.concatenate([right, left])


def _by_formula(values: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Ord and Getis 1995, equation 14, written out with a dense matrix."""
    n = len(values)
    weights = np.eye(n)
    weights[pairs] = 1
    total, mean = weights.sum(axis=1), values.mean()
    spread = np.sqrt((values**2).mean() - mean**2)
    return (weights @ values - mean * total) / (spread * np.sqrt((n * total - total**2) / (n - 1)))


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample data of Getis and Ord is not here")
def test_the_published_grid_gives_the_reference_scores() -> None:
    with (SAMPLE / "getisord.csv").open(encoding="utf-8") as file:
        values = np.array([float(row["val"]) for row in csv.DictReader(file)])
    expected = json.loads((SAMPLE / "getisord_expected.json").read_text(encoding="utf-8"))
    found = local_g_star(values, _rook(16))
    np.testing.assert_allclose(found.z, expected["Gi_star_30_all"], rtol=1e-9)
    assert found.z[expected["row_index0"]] == pytest.approx(expected["Gi_star_30"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=SQUARE**2, max_size=SQUARE**2).filter(lambda row: len(set(row)) > 1))
def test_any_counts_give_what_the_formula_gives(counts: list[int]) -> None:
    found = local_g_star(counts, _rook(SQUARE))
    np.testing.assert_allclose(found.z, _by_formula(np.array(counts, dtype=float), _rook(SQUARE)), atol=1e-9)


def test_a_cluster_is_hot_in_its_middle_and_the_far_corner_is_not() -> None:
    counts = np.ones((16, 16))
    counts[:4, :4] = 40
    found = local_g_star(counts.ravel(), _rook(16))
    assert found.bin[17] == 3
    assert found.bin[-1] == 0


def test_the_false_discovery_rate_never_finds_more_than_single_tests() -> None:
    counts = np.random.default_rng(7).poisson(5, 400)
    strict, loose = local_g_star(counts, _rook(20)), local_g_star(counts, _rook(20), fdr=False)
    assert (np.abs(strict.bin) <= np.abs(loose.bin)).all()
    assert np.count_nonzero(loose.bin) > 0
    assert np.count_nonzero(strict.bin) < np.count_nonzero(loose.bin)


@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [7, 7, 7, 7], [3], []])
def test_where_nothing_varies_nothing_is_hot(counts: list[int]) -> None:
    found = local_g_star(counts, ([], []))
    assert found.z.tolist() == [0.0] * len(counts)
    assert found.p.tolist() == [1.0] * len(counts)
    assert found.bin.tolist() == [0] * len(counts)


def test_a_place_without_neighbours_is_judged_by_itself_alone() -> None:
    counts = [1.0, 2.0, 3.0, 90.0]
    found = local_g_star(counts, ([0, 1], [1, 0]))
    np.testing.assert_allclose(found.z, _by_formula(np.array(counts), (np.array([0, 1]), np.array([1, 0]))))


def test_a_pair_given_twice_weighs_once() -> None:
    counts = [1, 5, 9, 2]
    once = local_g_star(counts, ([0, 1], [1, 0]))
    twice = local_g_star(counts, ([0, 1, 0], [1, 0, 1]))
    np.testing.assert_array_equal(once.z, twice.z)


@pytest.mark.parametrize("counts", [[1, float("nan")], [1, -1], [[1, 2]]])
def test_counts_that_cannot_be_counts_are_refused(counts: list) -> None:
    with pytest.raises(Invalid, match="finite"):
        local_g_star(counts, ([], []))


def test_a_neighbour_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid, match="0 to 1"):
        local_g_star([1, 2], ([0], [2]))


def test_a_corner_is_no_border_and_an_edge_is() -> None:
    borders = shared_borders([box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)])
    assert list(zip(borders.left, borders.right, strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert borders.length_m == pytest.approx([110_574, 111_303, 111_303, 110_580], rel=1e-3)


def test_an_enclave_borders_the_cell_around_it_only() -> None:
    ring = Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior.coords])
    borders = shared_borders([box(1, 1, 2, 2), ring, box(3, 0, 4, 3)])
    assert list(zip(borders.left, borders.right, strict=True)) == [(0, 1), (1, 2)]


def test_borders_of_nothing_are_nothing() -> None:
    assert len(shared_borders([box(0, 0, 1, 1)]).left) == 0
