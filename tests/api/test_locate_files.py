"""`gridmaps locate`: every format in and out, bad rows by number, nothing written when something is refused."""

import csv
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from shapely import Point

from api.bulk_locate.sources import Asked, open_source
from spatial.grid.datum import from_wgs84
from spatial.store.opening import Store
from tests.commands import Program
from tests.worlds import BRIDGE, DISTRICT, SOUTH, B, E, G, W, inside

PLACES = {W: inside(W), E: inside(E), G: inside(G), None: (119.9, 30.001)}


@pytest.fixture
def gridmaps(fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def _frame(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    lons, lats = zip(*PLACES.values(), strict=True)
    frame = gpd.GeoDataFrame({"no": ["007", "008", "009", "010"]}, geometry=gpd.points_from_xy(lons, lats), crs=4326)
    return frame.to_crs(crs)


def _csv(path: Path, rows: list[list[object]], header: str = "no,lon,lat") -> Path:
    lines = [header, *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _town_csv(path: Path) -> Path:
    return _csv(path, [[f"{nth:03d}", *place] for nth, place in enumerate(PLACES.values(), 7)])


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson", "gpkg", "fgb"])
@pytest.mark.parametrize("out_ending", ["csv", "parquet", "geojson", "gpkg"])
def test_each_format_is_read_and_written(gridmaps: Program, tmp_path: Path, ending: str, out_ending: str) -> None:
    source, out = tmp_path / f"points.{ending}", tmp_path / f"located.{out_ending}"
    if ending == "csv":
        _town_csv(source)
    elif ending == "parquet":
        _frame().to_parquet(source)
    else:
        _frame().to_file(source)
    ran = gridmaps("locate", source, "--out", out)
    assert ran.code == 0, ran.err
    if out_ending == "csv":
        got = {row["no"]: row["unit"] or None for row in _rows(out)}
    elif out_ending == "parquet":
        table = pyarrow.parquet.read_table(out)
        got = dict(zip(table["no"].to_pylist(), table["unit"].to_pylist(), strict=True))
    else:
        read = gpd.read_file(out)
        got = {no: unit if isinstance(unit, str) else None for no, unit in zip(read["no"], read["unit"], strict=True)}
    # FlatGeobuf orders its rows in space; codes still belong to their points.
    assert got == dict(zip(["007", "008", "009", "010"], PLACES, strict=True))


def test_the_levels_above_come_along_and_codes_keep_their_zeros(gridmaps: Program, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    gridmaps("locate", _town_csv(tmp_path / "in.csv"), "--out", out)
    row = _rows(out)[1]
    assert (row["no"], row["unit"], row["community"], row["street"], row["district"]) == (
        "008", E, BRIDGE, SOUTH, DISTRICT,
    )  # fmt: skip


def test_geometry_in_another_crs_goes_out_in_wgs84(gridmaps: Program, tmp_path: Path) -> None:
    source, out = tmp_path / "points.gpkg", tmp_path / "located.parquet"
    _frame("EPSG:4549").to_file(source)
    assert gridmaps("locate", source, "--out", out).code == 0
    read = gpd.read_parquet(out)
    assert read["unit"].iloc[0] == W
    assert np.allclose([read.geometry.x[0], read.geometry.y[0]], inside(W), atol=1e-9)


def test_a_declared_datum_is_taken_off_before_locating(gridmaps: Program, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    _csv(source, [["a", *from_wgs84(*inside(W), "gcj02")]], "no,X,Y")
    assert gridmaps("locate", source, "--out", out, "--lon", "X", "--lat", "Y", "--datum", "gcj02").code == 0
    assert _rows(out)[0]["unit"] == W


def test_bad_rows_are_named_and_the_rest_is_answered(gridmaps: Program, tmp_path: Path) -> None:
    lon, lat = inside(W)
    rows: list[list[object]] = [["a", lon, lat], ["b", "", lat], ["c", lon, "north"], ["d", lon]]
    rows += [["e", "nan", lat], ["f", lon, "inf"], ["g", lat, lon], ["h", lon, lat]]
    source, out, rejects = _csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", tmp_path / "rejects.csv"
    ran = gridmaps("locate", source, "--out", out, "--rejects", rejects, "--json")
    told = json.loads(ran.out)
    assert (told["rows"], told["inside"], told["bad"]) == (8, 2, 6)
    assert [bad["row"] for bad in told["named"]] == [2, 3, 4, 5, 6, 7]
    details = " ".join(bad["detail"] for bad in told["named"])
    for said in ("lon is missing", "'north', not a", "has 2 fields", "lat is not finite", "longitude comes first"):
        assert said in details
    assert sorted(int(row["row"]) for row in _rows(rejects)) == [2, 3, 4, 5, 6, 7]
    assert {row["no"]: row["unit"] for row in _rows(out)} == dict.fromkeys("abcefgh", "") | {"a": W, "h": W}


def test_bad_rows_keep_their_numbers_across_batches(gridmaps: Program, tmp_path: Path) -> None:
    lon, lat = inside(W)
    rows: list[list[object]] = [["x" * 50, lon, lat] for _ in range(200_000)]
    rows[10] = ["short", lon]
    rows[150_000] = ["short", lon]
    rows[199_998] = ["late", "nan", lat]
    told = json.loads(gridmaps("locate", _csv(tmp_path / "in.csv", rows), "--out", tmp_path / "out.csv", "--json").out)
    assert told["rows"] == 200_000
    assert [bad["row"] for bad in told["named"]] == [11, 150_001, 199_999]


def test_bad_rows_of_geometry_are_named(gridmaps: Program, tmp_path: Path) -> None:
    frame = _frame()
    frame.loc[1, "geometry"] = Point()
    frame.loc[2, "geometry"] = frame.geometry[2].buffer(0.001)
    source = tmp_path / "in.gpkg"
    frame.to_file(source)
    told = json.loads(gridmaps("locate", source, "--out", tmp_path / "out.geojson", "--json").out)
    assert [bad["row"] for bad in told["named"]] == [2, 3]
    assert gpd.read_file(tmp_path / "out.geojson").geometry.isna().tolist() == [False, True, True, False]


def test_parquet_columns_keep_their_types(gridmaps: Program, tmp_path: Path) -> None:
    table = pa.table({"lng": [inside(B)[0], None], "LAT": pa.array([inside(B)[1], 30.0]), "n": pa.array([1, 2])})
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    ran = gridmaps("locate", tmp_path / "in.parquet", "--out", tmp_path / "out.parquet")
    assert "row 2: lon is missing" in ran.out
    read = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert read["n"].type == pa.int64()
    assert read["unit"].to_pylist() == [B, None]


def test_a_synthetic_city_needs_no_store(gridmaps: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAPS_DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
    source = _csv(tmp_path / "in.csv", [["a", 120.19, 30.25]])
    told = json.loads(gridmaps("locate", source, "--out", tmp_path / "o.csv", "--units", 1200, "--json").out)
    assert told["rows"] == 1
    assert told["inside"] == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("missing.csv", "--out", "o.csv"), "There is no file"),
        (("points.xlsx", "--out", "o.csv"), "must end in one of"),
        (("in.csv", "--out", "o.xlsx"), "must end in one of"),
        (("in.csv", "--out", "nowhere/o.csv"), "directory that exists"),
        (("in.csv", "--out", "in.csv"), "read and written at once"),
        (("in.csv", "--out", "o.csv", "--lon", "X", "--lat", "lat"), "has the columns no, lon, lat"),
        (("in.csv", "--out", "o.csv", "--accuracy", "radius"), "has the columns no, lon, lat"),
        (("in.csv", "--out", "o.csv", "--datum", "tokyo"), "say one of wgs84"),
        (("in.csv", "--out", "o.csv", "--units", "7"), "between 1200"),
        (("in.csv", "--out", "o.csv", "--units", "1200", "--at", "2026-01-01"), "give one"),
        (("in.csv", "--out", "o.csv", "--at", "spring"), "not a moment"),
        (("gbk.csv", "--out", "o.csv"), "--encoding gb18030"),
        (("empty.csv", "--out", "o.csv"), "is empty"),
        (("damaged.parquet", "--out", "o.csv"), "cannot be read as Parquet"),
        (("damaged.geojson", "--out", "o.csv"), "cannot be read"),
        (("taken.csv", "--out", "o.csv"), "--prefix"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(
    gridmaps: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    _town_csv(tmp_path / "in.csv")
    _csv(tmp_path / "taken.csv", [["a", 1, 2]], "unit,lon,lat")
    (tmp_path / "gbk.csv").write_bytes("编号,lon,lat\n一,120,30\n".encode("gb18030"))
    for name in ("empty.csv", "damaged.parquet", "damaged.geojson"):
        (tmp_path / name).write_bytes(b"" if name == "empty.csv" else b"PAR1 no")
    before = {path.name for path in tmp_path.iterdir()}
    ran = gridmaps("locate", *words)
    assert ran.code == 2, ran.out + ran.err
    assert sentence in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == before


def test_another_encoding_is_read_when_it_is_said(gridmaps: Program, tmp_path: Path) -> None:
    lon, lat = inside(W)
    (tmp_path / "gbk.csv").write_bytes(f"编号,lon,lat\n一,{lon},{lat}\n".encode("gb18030"))
    assert gridmaps("locate", tmp_path / "gbk.csv", "--out", tmp_path / "o.csv", "--encoding", "gb18030").code == 0
    assert _rows(tmp_path / "o.csv")[0]["编号"] == "一"


def test_a_column_of_radii_adds_certainty(gridmaps: Program, tmp_path: Path) -> None:
    lon, lat = inside(W)
    rows: list[list[object]] = [["a", lon, lat, 5], ["b", 120.003, 30.0015, 30], ["c", 119.9, 30.0, 5]]
    rows += [["d", lon, lat, ""], ["e", "", lat, 5], ["f", lon, lat, 4000]]
    out = tmp_path / "out.csv"
    ran = gridmaps("locate", _csv(tmp_path / "in.csv", rows, "no,lon,lat,r"), "--out", out, "--accuracy", "r")
    assert ran.code == 0, ran.err
    assert [row["certainty"] for row in _rows(out)] == ["certain", "ambiguous", "outside", "", "", "outside"]
    assert float(_rows(out)[0]["share"]) == 1.0
    assert "certainty: outside 2" in ran.out


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path, rows = tmp_path / "many.parquet", 20_000
    rng = np.random.default_rng(1)
    with pyarrow.parquet.ParquetWriter(path, pa.schema([("lon", pa.float64()), ("lat", pa.float64())])) as writer:
        for _ in range(60):
            writer.write_table(pa.table({"lon": rng.uniform(size=rows), "lat": rng.uniform(size=rows)}))
    before, most, read = pa.total_allocated_bytes(), 0, 0
    for batch in open_source(path, Asked()).batches():
        read += len(batch.numbers)
        most = max(most, pa.total_allocated_bytes() - before)
    assert read == 60 * rows
    assert most < path.stat().st_size / 4


def test_a_radius_that_is_none_is_named_by_its_row_and_the_unit_is_told(gridmaps: Program, tmp_path: Path) -> None:
    lon, lat = inside(W)
    file = _csv(tmp_path / "p.csv", [[lon, lat, acc] for acc in ("10", "-3", "", "nan", "inf")], "lon,lat,acc")
    out, rejects = tmp_path / "o.csv", tmp_path / "r.csv"
    ran = gridmaps("locate", file, "--out", out, "--accuracy", "acc", "--rejects", rejects)
    assert ran.code == 0, ran.err
    assert [row["unit"] for row in _rows(out)] == [W] * 5
    assert [row["certainty"] for row in _rows(out)] == ["certain", "", "", "", ""]
    assert [row["row"] for row in _rows(rejects)] == ["2", "3", "4", "5"]
    assert all("accuracy" in ",".join(row.values()) for row in _rows(rejects))
