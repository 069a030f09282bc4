"""The command that imports, on small towns and on the three real cities."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box
from typer.testing import CliRunner, Result

from api.cli.main import app
from spatial.errors import GridmapsError
from spatial.store.opening import Store
from tests.commands import Program
from tests.reporting import file_at

Run = Callable[..., Result]


@pytest.fixture
def run(empty_db: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `gridmaps grid ...` against an empty database; errors of the domain are raised."""
    monkeypatch.setenv("GRIDMAPS_DATABASE_URL", empty_db.url)

    def invoke(*words: str) -> Result:
        result = CliRunner().invoke(app, ["grid", *words])
        if result.exception is not None and isinstance(result.exception, GridmapsError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return invoke


def _count(store: Store, table: str) -> int:
    with store.app.connect() as conn:
        return int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def _units(path: Path, width: float = 0.003) -> Path:
    shapes = [box(120.0, 30.0, 120.0 + width, 30.003), box(120.003, 30.0, 120.006, 30.003)]
    codes = ["330198001001001", "330198001001002"]
    gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


_GB15 = ("--level", "district=", "--level", "street=", "--level", "community=", "--code", "unit=code")


def test_units_alone_make_four_levels_by_their_codes_and_come_out_again(run: Run, tmp_path: Path) -> None:
    units = _units(tmp_path / "u.geojson")
    result = run("import", *_GB15, "--level", f"unit={units}", "--name", "unit=name", "--json")
    assert json.loads(result.stdout)["cells"] == 5
    run("export", str(tmp_path / "out.gpkg"), "--level", "unit")
    out = gpd.read_file(tmp_path / "out.gpkg")
    assert set(out["code"]) == {"330198001001001", "330198001001002"} and set(out["parent"]) == {"330198001001"}
    assert out.geometry.iloc[0].equals(box(120.0, 30.0, 120.003, 30.003))
    again = run("import", *_GB15, "--level", f"unit={units}", "--name", "unit=name", "--json")
    assert json.loads(again.stdout)["revision"] == 2


def test_dirt_is_refused_without_a_trace_and_recorded_when_it_is_accepted(
    run: Run, empty_db: Store, tmp_path: Path
) -> None:
    words = ("import", *_GB15, "--level", f"unit={_units(tmp_path / 'u.geojson', 0.0031)}")
    with pytest.raises(GridmapsError, match="1 overlap "):
        run(*words)
    assert _count(empty_db, "cell") == _count(empty_db, "grid_revision") == 0
    run(*words, "--accept-dirty")
    assert _count(empty_db, "grid_finding") == 1
    with pytest.raises(GridmapsError, match="not clean"):
        run("check", *words[1:])


def test_a_refused_import_prints_its_report_as_json_all_the_same(
    empty_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    program = Program(monkeypatch, capsys, empty_db.url)
    for word in ("import", "check"):
        ran = program("grid", word, *_GB15, "--level", f"unit={_units(tmp_path / 'u.geojson', 0.0031)}", "--json")
        told = json.loads(ran.out)
        assert ran.code == 2 and told["refused"] == ran.err.strip() and "1 overlap " in told["refused"]
        assert "overlap" in {found["kind"] for found in told["findings"]}


def test_an_import_over_a_grid_says_what_it_withdraws_and_a_second_one_brings_it_back(
    run: Run, empty_db: Store, tmp_path: Path
) -> None:
    whole = ("import", *_GB15, "--level", f"unit={_units(tmp_path / 'u.geojson')}", "--json")
    run(*whole)
    lon, lat = 120.0045, 30.0015
    file_at(empty_db, lon, lat)
    gpd.read_file(tmp_path / "u.geojson").iloc[:1].to_file(tmp_path / "half.geojson")
    half = json.loads(run("import", *_GB15, "--level", f"unit={tmp_path / 'half.geojson'}", "--json").stdout)
    kinds = {found["kind"]: found for found in half["report"]["findings"]}
    assert kinds["withdrawn"]["codes"] == ["330198001001002"] and kinds["uncovered"]["area_m2"] > 90_000
    assert (half["moved"], half["outside"]) == (1, 1)
    assert "1 open case has a new unit; 0 of them lie outside now." in run(*whole[:-1]).stdout
    run("import", *_GB15, "--level", f"unit={tmp_path / 'half.geojson'}")
    again = json.loads(run(*whole).stdout)
    kinds = {found["kind"]: found for found in again["report"]["findings"]}
    assert kinds["revived"]["codes"] == ["330198001001002"] and "withdrawn" not in kinds
    assert (again["moved"], again["outside"]) == (1, 0)
    told = run(*whole[:-1]).stdout
    assert "Revision 6 is in force." in told and "open case" not in told


@pytest.mark.parametrize("option", ["--report-json", "--report-gpkg"])
def test_a_report_that_cannot_be_written_is_refused_before_the_work(run: Run, tmp_path: Path, option: str) -> None:
    words = (*_GB15, "--level", f"unit={_units(tmp_path / 'u.geojson')}", option, str(tmp_path / "nowhere" / "r"))
    for word in ("import", "check"):
        with pytest.raises(GridmapsError, match=f"{option} .*cannot be written"):
            run(word, *words)


def test_a_later_grid_with_a_day_of_its_own_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    words = ("import", *_GB15, "--level", f"unit={_units(tmp_path / 'u.geojson')}")
    run(*words)
    with pytest.raises(GridmapsError, match="already in force"):
        run("import", *_GB15, "--level", "unit=/nowhere.gpkg", "--from", "2020-01-01")


def test_a_city_may_declare_its_own_levels_while_the_grid_is_empty_and_not_later(run: Run, tmp_path: Path) -> None:
    units = _units(tmp_path / "u.geojson")
    words = (
        "--level",
        "town=",
        "--level",
        f"cell={units}",
        "--code",
        "cell=code",
        "--top",
        "T:Town",
        "--code-system",
        "free",
    )
    run("import", *words, "--time-zone", "Europe/Berlin", "--city-name", "Town", "--from", "2020-01-01")
    with pytest.raises(GridmapsError, match="already has levels"):
        run("import", *_GB15, "--level", "unit=/nowhere.gpkg")


def test_one_file_with_all_levels_is_told_apart_by_a_column_and_an_orphan_is_named(
    run: Run, empty_db: Store, tmp_path: Path
) -> None:
    west, east, far = (box(x, 30.0, x + 0.5, 30.5) for x in (120.0, 120.5, 125.0))
    shapes = [west, east, box(120.0, 30.0, 120.5, 30.5), box(120.5, 30.0, 121.0, 30.5), far]
    table = {"kind": ["town", "town", "cell", "cell", "cell"], "code": ["W", "E", "1", "2", "3"]}
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326").to_file(tmp_path / "all.gpkg", layer="areas")
    words = ["--code-system", "free"]
    for key in ("town", "cell"):
        words += ["--level", f"{key}={tmp_path / 'all.gpkg'}:areas?kind={key}", "--code", f"{key}=code"]
    with pytest.raises(GridmapsError, match="1 orphan"):
        run("import", *words)
    run("import", *words, "--accept-dirty")
    with empty_db.app.connect() as conn:
        parents = conn.exec_driver_sql("SELECT code, parent FROM cell_version WHERE rank = 2 ORDER BY code").all()
        kinds = conn.exec_driver_sql("SELECT kind FROM grid_finding").scalars().all()
    assert [tuple(row) for row in parents] == [("1", "W"), ("2", "E"), ("3", None)]
    assert kinds == ["orphan"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--level", "unit"), "KEY=VALUE"),
        (("--level", "city=", "--level", "unit=/nowhere.gpkg"), "does not exist"),
        (("--level", "city=", "--level", "unit="), "nothing below"),
        (("--level", "city=", "--level", "unit=x", "--datum", "nad27"), "nad27"),
        (("--level", "city=", "--level", "unit=x", "--time-zone", "Mars/North"), "Mars/North"),
        (("--level", "city=", "--level", "unit=x", "--code", "ward=ID"), "ward"),
    ],
)
def test_options_that_cannot_be_read_are_named(run: Run, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(GridmapsError, match=said):
        run("import", *words)


def _washington(data: Path) -> list[str]:
    place = data / "washington_dc"
    files = {
        "ward": "ward-2012",
        "commission": "advisory-neighborhood-commission-2013",
        "unit": "single-member-district-2013",
    }
    words = ["--level", "city=", "--top", "DC:Washington", "--code-system", "free", "--parent", "unit=ANC_ID"]
    for key, column in (("ward", "WARD_ID"), ("commission", "ANC_ID"), ("unit", "SMD_ID")):
        words += [
            "--level",
            f"{key}={place / files[key]}.geojson",
            "--code",
            f"{key}={column}",
            "--name",
            f"{key}=NAME",
        ]
    return words


def test_washington_is_imported_and_the_districts_that_cross_ward_lines_are_named(
    run: Run, sample_data: Path, tmp_path: Path
) -> None:
    told = tmp_path / "report.json"
    run("import", *_washington(sample_data), "--from", "2013-01-01", "--report-json", str(told), "--report-gpkg",
        str(tmp_path / "report.gpkg"), "--time-zone", "America/New_York")  # fmt: skip
    report = json.loads(told.read_text())
    assert [(level["key"], level["cells"]) for level in report["levels"]] == [
        ("city", 1), ("ward", 8), ("commission", 40), ("unit", 296),
    ]  # fmt: skip
    crossing = {found["codes"][0] for found in report["findings"] if found["kind"] == "crosses_parent"}
    assert crossing == {"3G", "6D", "3G03", "6D04", "6D05"}
    assert report["clean"] and len(gpd.read_file(tmp_path / "report.gpkg", layer="findings")) == len(report["findings"])


def _prefixes(**digits: int) -> list[str]:
    return [word for key, many in digits.items() for word in ("--prefix", f"{key}={many}")]


def _layer(key: str, file: Path, *, code: str, name: str) -> list[str]:
    return ["--level", f"{key}={file}", "--code", f"{key}={code}", "--name", f"{key}={name}"]


def _berlin(data: Path) -> list[str]:
    files = {
        "city": "city", "district": "districts", "forecast": "forecast-areas-until-2020",
        "region": "district-regions-until-2020", "area": "planning-areas-until-2020",
    }  # fmt: skip
    words = ["--code-system", "lor", "--home", "district", "--serial", "area=2"]
    words += _prefixes(forecast=2, region=4, area=6)
    for key, name in files.items():
        words += _layer(key, data / "berlin_lor" / f"berlin-lor-{name}.geojson", code="id", name="name")
    return words


def test_berlin_is_refused_as_it_is_and_imported_with_cleaning(
    run: Run, empty_db: Store, sample_data: Path, tmp_path: Path
) -> None:
    told = tmp_path / "report.json"
    words = [*_berlin(sample_data), "--report-json", str(told)]
    with pytest.raises(GridmapsError):
        run("import", *words)
    kinds = {found["kind"]: found for found in json.loads(told.read_text())["findings"]}
    assert kinds["overlap"]["area_m2"] == pytest.approx(0.1, abs=0.01)
    assert kinds["gap"]["area_m2"] == pytest.approx(0.11, abs=0.01)
    assert kinds["duplicate_code"]["codes"] == ["06010102"]
    assert _count(empty_db, "cell") == 0
    without = [word for word in words if word not in ("--serial", "area=2")]
    with pytest.raises(GridmapsError, match="--serial area=2"):
        run("import", *without, "--clean")
    run("import", *words, "--clean")
    report = json.loads(told.read_text())
    assert report["clean"] and {found["kind"] for found in report["repaired"]} == {"overlap", "gap"}
    city = next(found for found in report["findings"] if found["kind"] == "deviation" and found["codes"] == ["0"])
    assert city["area_m2"] == pytest.approx(69_026, rel=0.01)
    assert _count(empty_db, "cell_evidence") == 1 + 12 + 60 + 138


def _jeju(data: Path) -> list[str]:
    files = {"province": "sido_1", "city": "sigungu_2", "town": "emd_74", "village": "ri_122"}
    names = {"province": "sido", "city": "sigungu", "town": "emd", "village": "ri"}
    words = ["--code-system", "jeju", "--serial", "village=2", *_prefixes(city=2, town=5, village=8)]
    for key, name in files.items():
        words += _layer(key, data / "jeju" / f"jeju_{name}.geojson", code="code", name=names[key])
    return words


def test_jeju_is_refused_as_it_is_and_imported_with_cleaning(
    run: Run, empty_db: Store, sample_data: Path, tmp_path: Path
) -> None:
    words = _jeju(sample_data)
    with pytest.raises(GridmapsError, match="224 overlaps .* 446 gaps .*--clean --tolerance-m 51.*--fill-childless"):
        run("import", *words)
    run(
        "import",
        *words,
        "--clean",
        "--tolerance-m",
        "51",
        "--fill-childless",
        "--report-json",
        str(tmp_path / "r.json"),
    )
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["clean"] and len(report["repaired"]) > 1000
    assert [level["cells"] for level in report["levels"]] == [1, 2, 74, 184]
