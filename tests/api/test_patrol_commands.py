"""The commands redraw, silence, hotspots and map on the tiny town."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import adopt
from spatial.store.opening import Store
from tests.commands import Program
from tests.reporting import file_at
from tests.worlds import SOUTH, UNITS, B, G, M, T, W, inside

LINE = "120.0012 29.999, 120.0011 30.004"
FRESH = "330199001001003"


@pytest.fixture
def gridmaps(fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def _revisions(store: Store) -> int:
    with store.app.begin() as conn:
        return conn.exec_driver_sql("SELECT count(*) FROM grid_revision").scalar_one()


def test_a_dry_run_shows_the_effect_and_changes_nothing(fresh_db: Store, gridmaps: Program) -> None:
    case_no = file_at(fresh_db, 120.0005, 30.001)
    ran = gridmaps("redraw", "split", W, "--line", LINE, "--dry-run", "--json")
    effect = json.loads(ran.out)
    assert ran.code == 0
    assert effect["revision"] is None
    assert [unit["code"] for unit in effect["units"]] == [W, FRESH]
    assert effect["touched"] == [T]
    assert effect["cases"] == [{"case_no": case_no, "from": W, "to": FRESH}]
    assert _revisions(fresh_db) == 1


def test_an_account_that_hangs_on_a_redrawn_unit_is_named(fresh_db: Store, gridmaps: Program) -> None:
    with fresh_db.app.begin() as conn:
        bind = "UPDATE posting SET cell = %s FROM account WHERE account.id = posting.account AND login = 'officer'"
        conn.exec_driver_sql(bind, (W,))
    assert json.loads(gridmaps("redraw", "split", W, "--line", LINE, "--dry-run", "--json").out)["accounts"] == [
        "officer"
    ]
    assert "account officer" in gridmaps("redraw", "split", W, "--line", LINE, "--dry-run").out


def test_a_split_from_a_file_does_what_its_dry_run_showed(fresh_db: Store, gridmaps: Program, tmp_path: Path) -> None:
    file = tmp_path / "line.geojson"
    pairs = [[float(number) for number in pair.split()] for pair in LINE.split(",")]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": pairs}}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    shown = json.loads(gridmaps("redraw", "split", W, "--line-file", file, "--dry-run", "--json").out)
    done = json.loads(gridmaps("redraw", "split", W, "--line-file", file, "--note", "too large", "--json").out)
    assert done["revision"] == 2
    assert done | {"revision": None} == shown


def test_a_redraw_says_what_it_does_to_the_table_of_responsibility_before_it_does_it(
    fresh_db: Store, gridmaps: Program
) -> None:
    with fresh_db.app.begin() as conn:
        drafts = [RowDraft("litter", "cell", cell, lead) for cell, lead in ((W, "roads"), (B, "roads"), (M, "order"))]
        split, stays, goes = adopt(conn, drafts=drafts, now=datetime.now(UTC), actor="tests")
    told = gridmaps("redraw", "split", W, "--line", LINE, "--dry-run").out
    assert f"row {split} (in_force)  litter in {W}, lead roads: holds in {FRESH} too" in told
    assert "1 rows of the table of responsibility follow. 0 open cases move. Nothing was changed." in told
    told = gridmaps("redraw", "merge", B, M, "--dry-run").out
    assert f"row {goes} (in_force)  litter in {M}, lead order: ends with its cell, whose ground goes to {B}" in told
    assert f"row {stays} (in_force)  litter in {B}, lead roads: holds in the new shape of {B}" in told
    assert f"matter litter  the merged units disagree on the lead: {B} says roads; {M} says order" in told
    assert json.loads(gridmaps("redraw", "merge", B, M, "--json").out)["responsibility"]["rows"][1]["id"] == goes


def test_a_planner_redraws_within_his_own_cells_only(fresh_db: Store, gridmaps: Program) -> None:
    with fresh_db.app.begin() as conn:
        bind = "UPDATE posting SET cell = %s FROM account WHERE account.id = posting.account AND login = 'planner'"
        conn.exec_driver_sql(bind, (SOUTH,))
    for who, units in [("planner", (T, G)), ("officer", (B, M))]:
        ran = gridmaps("redraw", "merge", *units, "--by", who)
        assert ran.code == 2 and f"{who} may not redraw" in ran.err
    assert _revisions(fresh_db) == 1
    assert gridmaps("redraw", "merge", B, M, "--by", "planner").code == 0


def test_a_merge_is_told_in_words(fresh_db: Store, gridmaps: Program) -> None:
    file_at(fresh_db, *inside(M))
    ran = gridmaps("redraw", "merge", B, M)
    assert ran.code == 0
    assert f"{M}  withdrawn" in ran.out
    assert "1 open cases move. Published as revision 2." in ran.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("split", W, "--line", "121 30, 122 30"), "misses"),
        (("split", W, "--line", "30 120, 31 120"), "longitude comes first"),
        (("split", W, "--line", "somewhere"), "lon lat"),
        (("split", W), "--line or --line-file"),
        (("split", "nowhere", "--line", LINE), "no unit in force"),
        (("split", W, "--line-file", "missing.geojson"), "not GeoJSON"),
        (("merge", W, T), "different communities"),
    ],
)
def test_a_bad_redraw_is_one_sentence_and_code_two(
    fresh_db: Store, gridmaps: Program, words: tuple[str, ...], sentence: str
) -> None:
    ran = gridmaps("redraw", *words)
    assert ran.code == 2
    assert sentence in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert _revisions(fresh_db) == 1


def test_silence_lists_the_units_that_said_nothing(fresh_db: Store, gridmaps: Program) -> None:
    ran = gridmaps("silence", "--date", "2026-03-02")
    assert ran.code == 0
    assert f"{len(UNITS)} silent" in ran.out
    assert W in ran.out
    told = json.loads(gridmaps("silence", "--date", "2026-03-02", "--json").out)
    assert len(told["silent"]) == told["counts"]["silent"] == len(UNITS)
    assert gridmaps("silence", "--date", "yesterday").code == 2
    assert "has not begun" in gridmaps("silence", "--date", "2199-01-01").err


def test_hot_spots_are_numbers_and_one_file_without_outside_links(
    fresh_db: Store, gridmaps: Program, tmp_path: Path
) -> None:
    for _ in range(6):
        file_at(fresh_db, *inside(W))
    out = tmp_path / "hotspots.html"
    ran = gridmaps("hotspots", "--out", out, "--json", "--since", "2020-01-01")
    told = json.loads(ran.out)
    assert ran.code == 0
    assert told["cases"] == 6
    assert {item["code"]: item["count"] for item in told["items"]}[W] == 6
    page = out.read_text(encoding="utf-8")
    assert "n = 9 units, 6 cases" in page
    assert "Getis-Ord" in page
    assert "captured from 2020-01-01 00:00" in page
    assert 'src="http' not in page
    assert 'href="http' not in page.replace('href="https://leafletjs.com"', "")


def test_hot_spots_say_where_to_and_when(gridmaps: Program) -> None:
    assert "9 units" in gridmaps("hotspots").out
    assert "not a moment" in gridmaps("hotspots", "--json", "--since", "spring").err
    assert "directory that exists" in gridmaps("hotspots", "--out", "/nowhere/at/all.html").err


@pytest.mark.parametrize("kind", ["cases", "hotspots", "grid"])
def test_each_kind_of_map_is_one_file(fresh_db: Store, gridmaps: Program, tmp_path: Path, kind: str) -> None:
    file_at(fresh_db, *inside(W))
    out = tmp_path / f"{kind}.html"
    ran = gridmaps("map", kind, "--out", out)
    assert ran.code == 0, ran.err
    page = out.read_text(encoding="utf-8")
    assert "<html" in page
    assert 'src="http' not in page


def test_an_unknown_kind_of_map_is_refused(gridmaps: Program, tmp_path: Path) -> None:
    assert gridmaps("map", "weather", "--out", tmp_path / "x.html").code == 2
    assert not (tmp_path / "x.html").exists()
