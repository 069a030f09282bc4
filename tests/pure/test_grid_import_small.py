"""Small towns with one thing wrong: each wrong is named, measured, and refused or mended."""

import io
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from rich.console import Console
from shapely import LineString, MultiPolygon, Polygon, affinity, box
from shapely.geometry.base import BaseGeometry

from spatial.errors import CoverageBroken, Invalid, SourceUnreadable
from spatial.grid.datum import from_wgs84
from spatial.grid.geodesy import area_m2
from spatial.grid.importing.findings import NOTICE, Found
from spatial.grid.importing.numbering import reading_order
from spatial.grid.importing.plan import (
    LayerSource,
    LevelPlan,
    Plan,
    make_levels,
    make_rules,
    parse_source,
)
from spatial.grid.importing.reading import read_rows
from spatial.grid.importing.report import ImportReport, render
from spatial.grid.importing.running import Prepared, prepare
from spatial.grid.returning import Withdrawn

_X, _Y = (120.0, 120.003, 120.006), (30.0, 30.003, 30.006)
_HALVES: dict[str, BaseGeometry] = {"A": box(_X[0], _Y[1], _X[2], _Y[2]), "B": box(_X[0], _Y[0], _X[2], _Y[1])}


def _square(column: int, row: int) -> Polygon:
    return box(_X[column], _Y[row], _X[column + 1], _Y[row + 1])


def _town() -> dict[str, BaseGeometry]:
    return {"A1": _square(0, 1), "A2": _square(1, 1), "B1": _square(0, 0), "B2": _square(1, 0)}


def _write(path: Path, shapes: dict[str, BaseGeometry], crs: str | None = "EPSG:4326", **columns: list[Any]) -> Path:
    table: dict[str, list[Any]] = {"code": list(shapes), "name": [f"cell {code}" for code in shapes], **columns}
    gpd.GeoDataFrame(table, geometry=list(shapes.values()), crs=crs).to_file(path, engine="pyogrio")
    return path


def _prepare(units: Path, *, upper: Path | None = None, **how: Any) -> Prepared:
    levels = make_levels(["city", "quarter", "unit"], home=None, names={})
    rules = make_rules("town", levels, patterns={}, prefixes={"unit": 1}, serials={"unit": 1})
    sources = (None, LayerSource(upper) if upper else None, LayerSource(units))
    columns = (None, "code" if upper else None, "code")
    plans = tuple(
        LevelPlan(level, source, code, "name" if code else None)
        for level, source, code in zip(levels, sources, columns, strict=True)
    )
    return prepare(Plan(plans, "town", rules, top=("TOWN", "Town"), **how))


def _prepare_over(
    units: Path, standing: dict[int, dict[str, BaseGeometry]], withdrawn: dict[str, Withdrawn] | None = None
) -> Prepared:
    levels = make_levels(["city", "quarter", "unit"], home=None, names={})
    rules = make_rules("town", levels, patterns={}, prefixes={"unit": 1}, serials={"unit": 1})
    plans = (LevelPlan(levels[0]), LevelPlan(levels[1]), LevelPlan(levels[2], LayerSource(units), "code", "name"))
    return prepare(Plan(plans, "town", rules, top=("TOWN", "Town")), standing=standing, withdrawn=withdrawn or {})


def _kinds(prepared: Prepared) -> dict[str, list[Found]]:
    kinds: dict[str, list[Found]] = {}
    for found in prepared.report.findings:
        kinds.setdefault(found.kind, []).append(found)
    return kinds


def test_a_clean_town_has_no_findings_and_its_upper_levels_are_unions_by_prefix(tmp_path: Path) -> None:
    prepared = _prepare(_write(tmp_path / "units.geojson", _town()))
    assert prepared.report.findings == ()
    by_code = {draft.code: draft for draft in prepared.drafts}
    assert set(by_code) == {"TOWN", "A", "B", "A1", "A2", "B1", "B2"}
    assert by_code["A1"].parent == "A" and by_code["A"].parent == "TOWN"
    assert by_code["A"].geometry.equals(_square(0, 1).union(_square(1, 1)))


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "shp"])
def test_every_format_is_read_alike(tmp_path: Path, ending: str) -> None:
    rows = read_rows(LayerSource(_write(tmp_path / f"units.{ending}", _town())))
    assert {row.columns["code"]: row.shape.area for row in rows}.keys() == _town().keys()


def test_an_overlap_is_measured_refused_and_mended(tmp_path: Path) -> None:
    town = _town() | {"A1": box(_X[0], _Y[1], _X[1] + 0.0001, _Y[2])}
    path = _write(tmp_path / "units.geojson", town)
    [overlap] = _kinds(_prepare(path))["overlap"]
    assert set(overlap.codes) == {"A1", "A2"}
    assert overlap.area_m2 == pytest.approx(area_m2(box(_X[1], _Y[1], _X[1] + 0.0001, _Y[2])), rel=1e-3)
    assert overlap.place is not None and abs(overlap.place[0] - 120.00305) < 0.0001
    with pytest.raises(CoverageBroken, match="1 overlap "):
        _prepare(path).report.check(accept_dirty=False)
    mended = _prepare(path, clean=True)
    mended.report.check(accept_dirty=False)
    assert {change.code for change in mended.report.changes if change.moved_m2 > 1} <= {"A1", "A2", "B1", "B2"}
    assert mended.report.repaired[0].kind == "overlap"


def test_a_sliver_of_a_gap_is_found_and_closed_only_up_to_the_tolerance(tmp_path: Path) -> None:
    notch = Polygon([(_X[1], _Y[1]), (_X[1], _Y[2]), (_X[0], _Y[2]), (_X[0], _Y[1]), (120.0015, 30.003)])
    sliver = Polygon([(120.0010, 30.003), (120.0015, 30.00301), (120.0020, 30.003)])
    town = _town() | {"A1": Polygon(notch.exterior.coords).difference(sliver)}
    path = _write(tmp_path / "units.geojson", town)
    [gap] = _kinds(_prepare(path))["gap"]
    assert set(gap.codes) == {"A1", "B1"}
    assert gap.area_m2 == pytest.approx(area_m2(sliver), rel=1e-2)
    assert "gap" in _kinds(_prepare(path, clean=True, tolerance_m=0.1))
    assert "gap" not in _kinds(_prepare(path, clean=True, tolerance_m=2.0))


def test_borders_that_touch_without_sharing_vertices_are_named(tmp_path: Path) -> None:
    lower = {"B1": Polygon([(_X[0], _Y[0]), (_X[2], _Y[0]), (_X[2], _Y[1]), (_X[0], _Y[1])])}
    town = {"A1": _square(0, 1), "A2": _square(1, 1)} | lower
    path = _write(tmp_path / "units.geojson", town)
    assert {found.codes[0] for found in _kinds(_prepare(path))["unmatched_border"]} == {"A1", "A2", "B1"}
    _prepare(path, clean=True).report.check(accept_dirty=False)


def test_a_bow_tie_cannot_be_published_and_cleaning_mends_it(tmp_path: Path) -> None:
    town = _town() | {"A1": Polygon([(_X[0], _Y[1]), (_X[1], _Y[2]), (_X[1], _Y[1]), (_X[0], _Y[2])])}
    path = _write(tmp_path / "units.gpkg", town)
    [ring] = _kinds(_prepare(path))["invalid_ring"]
    assert "Self-intersection" in ring.sentence
    with pytest.raises(Invalid, match="cannot be published.*Self-intersection"):
        _prepare(path).report.check(accept_dirty=True)
    mended = {draft.code: draft for draft in _prepare(path, clean=True).drafts}
    assert mended["A1"].geometry.is_valid


def test_a_hole_that_the_supplied_parent_has_too_is_no_gap(tmp_path: Path) -> None:
    pond = box(120.0010, 30.0010, 120.0020, 30.0020)
    units = _write(tmp_path / "units.geojson", _town() | {"B1": _square(0, 0).difference(pond)})
    south = box(_X[0], _Y[0], _X[2], _Y[1])
    supplied = {"A": box(_X[0], _Y[1], _X[2], _Y[2]), "B": south.difference(pond)}
    kinds = _kinds(_prepare(units, upper=_write(tmp_path / "upper.geojson", supplied)))
    assert "gap" not in kinds and len(kinds["shared_hole"]) == 1
    kinds = _kinds(_prepare(units, upper=_write(tmp_path / "full.geojson", supplied | {"B": south})))
    assert len(kinds["gap"]) == 1


def test_duplicate_codes_are_refused_and_cleaning_numbers_the_one_that_broke_its_prefix(tmp_path: Path) -> None:
    shapes = [*_town().values()]
    frame = gpd.GeoDataFrame(
        {"code": ["A1", "A2", "A1", "B2"], "name": list("wxyz")}, geometry=[*shapes], crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "units.geojson")
    upper = _write(tmp_path / "up.geojson", _HALVES)
    prepared = _prepare(tmp_path / "units.geojson", upper=upper)
    assert len(_kinds(prepared)["duplicate_code"]) == 1 and len(_kinds(prepared)["code_prefix"]) == 1
    with pytest.raises(Invalid, match="A1"):
        prepared.report.check(accept_dirty=True)
    numbered = _prepare(tmp_path / "units.geojson", upper=upper, clean=True, number_doubles=True)
    numbered.report.check(accept_dirty=False)
    assert {draft.name: draft.code for draft in numbered.drafts if draft.rank == 3} == {
        "w": "A1", "x": "A2", "y": "B3", "z": "B2",
    }  # fmt: skip


def test_code_and_area_that_disagree_are_both_named_with_the_share(tmp_path: Path) -> None:
    upper = {"A": box(_X[0], 30.0025, _X[2], _Y[2]), "B": box(_X[0], _Y[0], _X[2], 30.0025)}
    town = _town() | {"B1": _square(0, 0), "A3": box(_X[1], _Y[0], _X[2], _Y[1])}
    del town["B2"]
    kinds = _kinds(_prepare(_write(tmp_path / "u.geojson", town), upper=_write(tmp_path / "up.geojson", upper)))
    [found] = kinds["parent_disagreement"]
    assert "its code says A (16.7% of it lies there)" in found.sentence
    assert "its area says B (83.3% of it lies there)" in found.sentence and "it went to A" in found.sentence


def test_cells_that_leave_their_supplied_parent_are_listed_with_square_metres(tmp_path: Path) -> None:
    upper = {"A": box(_X[0], 30.0033, _X[2], _Y[2]), "B": box(_X[0], _Y[0], _X[2], 30.0033)}
    prepared = _prepare(_write(tmp_path / "u.geojson", _town()), upper=_write(tmp_path / "up.geojson", upper))
    crossing = {found.codes: found.area_m2 for found in _kinds(prepared)["crosses_parent"]}
    assert set(crossing) == {("A1", "A"), ("A2", "A")}
    assert crossing["A1", "A"] == pytest.approx(area_m2(box(_X[0], _Y[1], _X[1], 30.0033)), rel=1e-3)
    assert {found.codes[0] for found in _kinds(prepared)["deviation"]} == {"A", "B"}


def _by_serial(tmp_path: Path, units: Path, *, name: str) -> Plan:
    """Two halves over units, of which one may have no code and then takes the next serial of its half."""
    levels = make_levels(["city", "quarter", "unit"], home=None, names={})
    rules = make_rules("town", levels, patterns={}, prefixes={"unit": 1}, serials={"unit": 1})
    upper = _write(tmp_path / "up.geojson", _HALVES)
    plans = (
        LevelPlan(levels[0]), LevelPlan(levels[1], LayerSource(upper), "code", "name"),
        LevelPlan(levels[2], LayerSource(units), "id", name),
    )  # fmt: skip
    return Plan(plans, "town", rules, top=("TOWN", "Town"))


def test_rows_without_code_or_name_and_cells_of_several_parts_are_told(tmp_path: Path) -> None:
    town = _town() | {"B2": MultiPolygon([_square(1, 0), box(121.0, 30.0, 121.001, 30.001)])}
    path = _write(tmp_path / "u.gpkg", town, label=["w", None, "y", "z"], id=["A1", None, "B1", "B2"])
    prepared = prepare(_by_serial(tmp_path, path, name="label"))
    kinds = _kinds(prepared)
    assert kinds["no_code"][0].codes == ("A2",) and kinds["no_name"][0].codes == ("A2",)
    assert kinds["multipart"][0].codes == ("B2",)


def test_a_unit_without_a_code_keeps_the_one_that_its_land_already_has(tmp_path: Path) -> None:
    plan = _by_serial(tmp_path, _write(tmp_path / "u.gpkg", _town(), id=["A1", None, "B1", "B2"]), name="name")
    again = prepare(plan, taken=["A1", "A2", "A7"], standing={3: {"A7": _square(1, 1), "A1": _square(0, 1)}})
    assert {draft.code for draft in again.drafts if draft.rank == 3} == {"A1", "A7", "B1", "B2"}
    anew = prepare(plan, taken=["A1", "A2", "A7"])
    assert {draft.code for draft in anew.drafts if draft.rank == 3} == {"A1", "A8", "B1", "B2"}


def test_units_are_numbered_in_bands_from_the_north_and_west_to_east_inside_a_band() -> None:
    shapes = [_square(1, 0), affinity.translate(_square(1, 1), yoff=-0.0004), _square(0, 0), _square(0, 1)]
    assert reading_order(shapes) == [3, 1, 2, 0]


def test_an_undeclared_gcj02_is_suspected_and_a_declared_one_comes_home(tmp_path: Path) -> None:
    def shifted(shape: BaseGeometry) -> BaseGeometry:
        return Polygon([from_wgs84(x, y, "gcj02") for x, y in shape.exterior.coords])

    path = _write(tmp_path / "u.geojson", {code: shifted(shape) for code, shape in _town().items()})
    upper = _write(tmp_path / "up.geojson", _HALVES)
    assert "gcj02" in _kinds(_prepare(path, upper=upper))["datum"][0].sentence
    home = _prepare(path, datum="gcj02")
    assert home.report.findings == ()
    a1 = next(draft.geometry for draft in home.drafts if draft.code == "A1")
    assert a1.symmetric_difference(_square(0, 1)).area < 1e-10


def test_another_crs_keeps_shared_borders_shared(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": list(_town())}, geometry=list(_town().values()), crs="EPSG:4326")
    frame["name"] = frame["code"]
    frame.to_crs("EPSG:4549").to_file(tmp_path / "u.gpkg")
    assert _prepare(tmp_path / "u.gpkg").report.findings == ()


def test_a_code_that_stands_on_two_levels_is_refused_and_both_are_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "u.geojson", {"TOWN": box(_X[0], _Y[0], _X[2], _Y[2])})
    levels = make_levels(["city", "unit"], home=None, names={})
    rules = make_rules("free", levels, patterns={}, prefixes={}, serials={})
    plans = (LevelPlan(levels[0]), LevelPlan(levels[1], LayerSource(path), "code", "name"))
    prepared = prepare(Plan(plans, "free", rules, top=("TOWN", "Town")))
    [found] = _kinds(prepared)["duplicate_code"]
    assert "city TOWN" in found.sentence and "unit TOWN" in found.sentence and "more than one level" in found.sentence
    with pytest.raises(Invalid, match="more than one level"):
        prepared.report.check(accept_dirty=True)


def test_what_an_import_would_withdraw_and_uncover_is_told_before(tmp_path: Path) -> None:
    standing = {3: _town() | {"C1": box(_X[2], _Y[0], _X[2] + 0.001, _Y[2])}, 2: _HALVES | {"C": _square(0, 0)}}
    path = _write(tmp_path / "u.geojson", {code: shape for code, shape in _town().items() if code != "B2"})
    kinds = _kinds(_prepare_over(path, standing))
    assert [found.codes for found in kinds["withdrawn"]] == [("B2", "C1"), ("C",)]
    [left] = kinds["uncovered"]
    gone = area_m2(_square(1, 0)) + area_m2(box(_X[2], _Y[0], _X[2] + 0.001, _Y[2]))
    assert left.area_m2 == pytest.approx(gone, rel=1e-6)
    same = _kinds(_prepare_over(path, {3: {"A1": _square(0, 1)}}))
    assert "withdrawn" not in same and "uncovered" not in same


def test_a_withdrawn_code_comes_back_at_its_place_and_nowhere_else(tmp_path: Path) -> None:
    path = _write(tmp_path / "u.geojson", _town())
    gone = {"A1": Withdrawn("A1", 3, 2, _square(0, 1)), "A": Withdrawn("A", 2, 2, _HALVES["A"])}
    kinds = _kinds(_prepare_over(path, {}, gone))
    assert [found.codes for found in kinds["revived"]] == [("A",), ("A1",)]
    elsewhere = _prepare_over(path, {}, {"A1": Withdrawn("A1", 3, 2, _square(1, 0))})
    with pytest.raises(Invalid, match="A1' was withdrawn in revision 2 and comes back at another place"):
        elsewhere.report.check(accept_dirty=True)
    with pytest.raises(Invalid, match="named a cell of level 2"):
        _prepare_over(path, {}, {"A1": Withdrawn("A1", 2, 2, _square(0, 1))}).report.check(accept_dirty=True)


def test_a_refusal_names_the_tolerance_that_closes_the_widest_gap(tmp_path: Path) -> None:
    slot = box(120.0010, 30.0020, 120.00102, 30.003)  # about 1.9 m wide
    path = _write(tmp_path / "u.geojson", _town() | {"B1": _square(0, 0).difference(slot)})
    for how in ({}, {"clean": True}):
        with pytest.raises(
            CoverageBroken, match=r"1 gap \(.*repair it with .*--tolerance-m (2|1\.9|2\.1)\b"
        ) as refused:
            _prepare(path, **how).report.check(accept_dirty=False)
        assert ("--clean" in refused.value.sentence) != bool(how)
    _prepare(path, clean=True, tolerance_m=2.1).report.check(accept_dirty=False)


def test_a_refusal_names_the_childless_cell_that_is_the_gap(tmp_path: Path) -> None:
    pond = box(120.0010, 30.0010, 120.0020, 30.0020)
    units = _write(tmp_path / "u.geojson", _town() | {"B1": _square(0, 0).difference(pond)})
    south = box(_X[0], _Y[0], _X[2], _Y[1]).difference(pond)
    upper = _write(tmp_path / "up.geojson", {"A": _HALVES["A"], "B": south, "P": pond})
    with pytest.raises(CoverageBroken, match="--clean --fill-childless.*1 cell without children is left out"):
        _prepare(units, upper=upper).report.check(accept_dirty=False)
    _prepare(units, upper=upper, fill_childless=True).report.check(accept_dirty=False)


def test_a_level_without_a_serial_is_told_how_it_would_be_numbered(tmp_path: Path) -> None:
    path = _write(tmp_path / "u.gpkg", _town(), id=["A01", None, "B01", "B02"])
    levels = make_levels(["city", "quarter", "unit"], home=None, names={})
    rules = make_rules("town", levels, patterns={}, prefixes={"unit": 1}, serials={})
    upper = LevelPlan(levels[1], LayerSource(_write(tmp_path / "up.geojson", _HALVES)), "code", "name")
    plans = (LevelPlan(levels[0]), upper, LevelPlan(levels[2], LayerSource(path), "id", "name"))
    prepared = prepare(Plan(plans, "town", rules, top=("TOWN", "Town")))
    with pytest.raises(Invalid, match="1 row has no code and gets none.*--serial unit=2"):
        prepared.report.check(accept_dirty=True)


def test_a_city_of_no_size_is_suspected_of_another_crs(tmp_path: Path) -> None:
    path = _write(tmp_path / "u.gpkg", _town(), crs="EPSG:3857")
    assert "--crs EPSG:4326" in _kinds(_prepare(path))["datum"][0].sentence
    assert _prepare(path, crs="EPSG:4326").report.findings == ()


def test_small_deviations_are_one_line_for_people(tmp_path: Path) -> None:
    small = [Found("deviation", NOTICE, (str(i),), f"deviates {i}", 0.01) for i in range(30)]
    large = Found("deviation", NOTICE, ("L",), "deviates much", 5.0)
    report = ImportReport((), (large, *small))
    console = Console(record=True, width=200, file=io.StringIO())
    render(report, console)
    told = console.export_text()
    assert "30 of them by less than 1 m2, 0.3 m2 together" in told and "deviates much" in told
    assert "deviates 7" not in told and len(report.as_json()["findings"]) == 31


@pytest.mark.parametrize("what", ["text", "missing", "lines", "empty", "no crs", "no column", "no layer", "far"])
def test_a_file_that_is_not_what_it_should_be_is_refused_with_a_sentence(tmp_path: Path, what: str) -> None:
    path, source = tmp_path / "units.gpkg", None
    if what == "text":
        path.write_text("not a vector file")
    elif what == "lines":
        _write(path, {"A1": LineString([(0, 0), (1, 1)])})
    elif what == "empty":
        gpd.GeoDataFrame({"code": []}, geometry=[], crs="EPSG:4326").to_file(path)
    elif what == "no crs":
        with pytest.warns(UserWarning, match="crs"):
            path = _write(tmp_path / "units.shp", _town(), crs=None)
    elif what == "far":
        _write(path, {"A1": box(500000, 0, 500100, 100)})
    elif what != "missing":
        _write(path, _town())
        source = parse_source(f"{path}:nowhere" if what == "no layer" else f"{path}?nocolumn=1")
    with pytest.raises(SourceUnreadable) as refused:
        read_rows(source or LayerSource(path))
    assert refused.value.sentence.endswith(".")
