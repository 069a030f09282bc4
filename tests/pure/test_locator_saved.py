"""A saved index is the index, or it is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from shapely import box

from spatial.errors import SourceUnreadable
from spatial.grid.index import LocatorIndex, build_index, find_units, load_index, one_point, save_index

UNITS = [box(x, y, x + 1.1, y + 1) for x in range(4) for y in range(3)]
CODES = [f"u{number}" for number in range(10, 22)]
FILES = ["table", "blocks", "versions", "deep_blocks", "deep_starts", "deep_units", "parents_3"]


@pytest.fixture
def index() -> LocatorIndex:
    return build_index(codes=CODES, geometries=UNITS, revision=7, levels={3: ["p", "q", None] * 4}, cells=3000)


@pytest.fixture
def saved(index: LocatorIndex, tmp_path: Path) -> Path:
    save_index(index, tmp_path / "revision-7")
    return tmp_path / "revision-7"


def test_a_saved_index_answers_as_before_from_a_memory_map(index: LocatorIndex, saved: Path) -> None:
    loaded = load_index(saved)
    assert (loaded.revision, loaded.codes, loaded.bounds) == (7, index.codes, index.bounds)
    assert (loaded.raster, loaded.levels[3].codes) == (index.raster, ("p", "q"))
    assert loaded.nbytes == index.nbytes
    assert not loaded.table.flags.writeable and not loaded.table.flags.owndata
    rng = np.random.default_rng(3)
    lons, lats = rng.uniform(-0.2, 5, 2000), rng.uniform(-0.2, 3.2, 2000)
    before = find_units(index, lons, lats)
    for compiled in (False, None):
        after = find_units(loaded, lons, lats, compiled=compiled)
        assert np.array_equal(after.units, before.units) and np.array_equal(after.overlaps, before.overlaps)
    find = one_point(loaded)
    assert [find(x, y) for x, y in zip(lons.tolist(), lats.tolist(), strict=True)] == before.units.tolist()


def test_saving_again_puts_the_new_index_in_place_of_the_old(index: LocatorIndex, saved: Path) -> None:
    save_index(build_index(codes=["only"], geometries=[box(0, 0, 1, 1)], cells=100), saved)
    assert load_index(saved).codes == ("only",)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


@pytest.mark.parametrize("name", FILES)
def test_one_changed_bit_is_noticed(saved: Path, name: str) -> None:
    path = saved / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(SourceUnreadable, match=name):
        load_index(saved)


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_short_or_missing_is_refused(saved: Path, name: str, verify: bool) -> None:
    path = saved / f"{name}.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SourceUnreadable, match="build it anew"):
        load_index(saved, verify=verify)
    path.unlink()
    with pytest.raises(SourceUnreadable):
        load_index(saved, verify=verify)


def test_a_directory_that_is_not_there_or_not_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable):
        load_index(tmp_path / "nowhere")
    for content in ("", "[]", "{}", "{", '{"index": 3, "sha256": ""}', "\x00"):
        (tmp_path / "manifest.json").write_text(content)
        with pytest.raises(SourceUnreadable):
            load_index(tmp_path)


def test_a_manifest_that_was_changed_is_refused(saved: Path) -> None:
    path = saved / "manifest.json"
    sealed = json.loads(path.read_text())
    sealed["index"] = sealed["index"].replace('"u10"', '"u99"')
    path.write_text(json.dumps(sealed))
    with pytest.raises(SourceUnreadable, match="changed"):
        load_index(saved)


def test_another_version_of_the_format_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spatial.grid.index.persist.FORMAT_VERSION", 2)
    with pytest.raises(SourceUnreadable, match="another format"):
        load_index(saved)
