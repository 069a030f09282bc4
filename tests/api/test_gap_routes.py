"""The gap list over HTTP and by command, in the tiny town."""

import csv
import io
import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.gap_cache import MOST_KEPT, GapCache
from spatial.store.db import transaction
from spatial.store.opening import Store
from tests.api.conftest import LogIn
from tests.commands import Program
from tests.db.test_gap_list import NOW, add_lake, add_matter, add_row
from tests.worlds import SOUTH, UNITS, WILLOW, B, V, W

GAPS = "/api/v1/responsibilities/gaps"


@pytest.fixture
def gappy(fresh_db: Store) -> Store:
    """The town with a matter of nobody's but in Willow, and a lake that two departments claim."""
    with transaction(fresh_db.app) as conn:
        add_matter(conn, "noise")
        add_row(conn, "noise", "@street", cell=WILLOW)
        lake = add_lake(conn)
        for lead in ("order", "roads"):
            add_row(conn, "litter", lead, jurisdiction=lake)
    return fresh_db


def test_the_list_pages_through_every_matter_and_unit(gappy: Store, log_in: LogIn) -> None:
    client = log_in("planner")
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(GAPS, params={"limit": 7} | ({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        cursor = page["next"]
    assert len(found) == len({(line["matter"], line["cell"]) for line in found}) == 4 * len(UNITS)


def test_the_list_filters(gappy: Store, log_in: LogIn) -> None:
    client = log_in("operator")
    [conflict] = client.get(GAPS, params={"status": "conflict"}).json()["items"]
    assert (conflict["matter"], conflict["cell"], conflict["name"]) == ("litter", W, "Willow west")
    assert conflict["leads"] == ["order", "roads", "sanitation"]
    names = conflict["lead_names"], conflict["lead_names_zh"]
    assert all(len(called) == 3 and "order" not in called for called in names) and conflict["matter_name_zh"]
    gaps = client.get(GAPS, params={"status": "gap,tiled", "matter": "noise"}).json()["items"]
    assert {line["cell"] for line in gaps} == set(UNITS) - {W, V}
    [south, north] = client.get(GAPS, params={"matter": "noise", "level": "street"}).json()["items"]
    assert (south["status"], south["leads"], north["leads"]) == ("gap", [f"@{SOUTH}"], [])
    below = client.get(GAPS, params={"cell": WILLOW, "matter": "noise"}).json()["items"]
    assert [(line["cell"], line["status"]) for line in below] == [(W, "one"), (V, "one")]


WRONG = {
    "status=bad": (422, "status"), "level=planet": (422, "level"), "matter=nothing": (404, "matter"),
    "cell=1": (404, "cell"), "cursor=zzz": (422, "cursor"), "cursor=WyJhIiwgImIiXQ": (422, "cursor"),
    "colour=red": (422, "colour"), "format=csv&status=bad": (422, "status"),
}  # fmt: skip


def test_a_wrong_question_is_told_by_its_field(log_in: LogIn) -> None:
    client = log_in("operator")
    answers = {query: client.get(f"{GAPS}?{query}") for query in WRONG}
    assert {query: (answer.status_code, answer.json()["field"]) for query, answer in answers.items()} == WRONG


def test_totals_count_cells_and_the_map_joins_by_code(gappy: Store, log_in: LogIn) -> None:
    client = log_in("supervisor")
    totals = client.get(f"{GAPS}/totals").json()
    assert {name: totals[name] for name in ("one", "tiled", "gap", "conflict")} == {
        "one": 3 * 9 - 1 + 2, "tiled": 0, "gap": 7, "conflict": 1,
    }  # fmt: skip
    assert [row["matter"] for row in totals["by_matter"]] == ["litter", "noise", "pothole", "stall"]
    told = client.get(f"{GAPS}/map").json()
    assert told["level"] == "unit"
    assert told["cells"][W][0] == "conflict" and told["cells"][V] == ["one", 0, 0]
    assert told["cells"][B][0] == "gap" and told["cells"][B][1] > 90_000
    streets = client.get(f"{GAPS}/map", params={"matter": "noise", "level": "street"}).json()
    assert streets["cells"][SOUTH][0] == "gap"


def test_csv_holds_all_lines_whatever_the_limit(gappy: Store, log_in: LogIn) -> None:
    answer = log_in("planner").get(GAPS, params={"format": "csv", "limit": 2})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbfmatter,"), "Excel reads it as UTF-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 4 * len(UNITS)
    torn = next(row for row in rows if row["status"] == "conflict")
    assert torn["leads"] == "order roads sanitation" and torn["lead_names_zh"].count("、") == 2
    of_street = next(row for row in rows if row["matter"] == "noise" and row["status"] == "one")
    assert (of_street["leads"], of_street["lead_names"]) == (f"@{SOUTH}", "South street office")


def test_a_person_lists_the_cells_within_reach(gappy: Store, log_in: LogIn) -> None:
    client = log_in("leader")
    assert {line["cell"] for line in client.get(GAPS).json()["items"]} == {W, V}
    assert set(client.get(f"{GAPS}/map").json()["cells"]) == {W, V}
    assert client.get(f"{GAPS}/totals").json()["gap"] == 0
    assert client.get(GAPS, params={"cell": B}).json()["items"] == []
    assert {line["cell"] for line in log_in("handler").get(GAPS).json()["items"]} == set(UNITS)


def test_the_public_and_officers_may_not(client: TestClient, log_in: LogIn) -> None:
    for path in (GAPS, f"{GAPS}/totals", f"{GAPS}/map"):
        client.cookies.clear()
        assert client.get(path).status_code == 401
        assert log_in("officer").get(path).status_code == 403


def test_a_list_is_computed_once_until_the_table_changes(gappy: Store) -> None:
    cache = GapCache()
    with transaction(gappy.app) as conn:
        first = cache.table(conn, at=NOW, now=NOW)
        assert cache.table(conn, at=NOW.replace(month=6), now=NOW) is first
        add_row(conn, "noise", "order", level=1)
        assert cache.table(conn, at=NOW, now=NOW) is not first
        for month in range(2, 12):
            add_row(conn, "noise", "order", cell=B, since=f"2026-{month:02}-01T00:00:00Z")
            cache.table(conn, at=NOW, now=NOW)
    assert len(cache._kept) == MOST_KEPT


@pytest.fixture
def gridmaps(gappy: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, gappy.url)


def test_the_command_counts_lists_and_writes(gridmaps: Program, tmp_path: Path) -> None:
    ran = gridmaps("gaps", "--matter", "noise")
    assert (ran.code, ran.err) == (0, "")
    assert "1 matters, by cell: 2 one, 0 tiled, 7 gap, 0 conflict" in ran.out
    assert json.loads(gridmaps("gaps", "--json").out)["totals"]["conflict"] == 1
    sheet, drawn = tmp_path / "gaps.csv", tmp_path / "gaps.html"
    assert gridmaps("gaps", "--out", sheet).code == 0
    with sheet.open(encoding="utf-8") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["conflict"] + ["gap"] * 7
    assert gridmaps("gaps", "--out", drawn).code == 0
    text = drawn.read_text(encoding="utf-8")
    assert "gap: nobody is named (7)" in text and "conflict: several claim it (1)" in text
    assert "Noise (gap)" in text and "Exposed litter (conflict)" in text


def test_the_command_refuses_what_it_cannot_do(gridmaps: Program) -> None:
    for words, sentence in {
        ("--status", "bad"): "status bad is unknown", ("--out", "gaps.pdf"): ".csv or .html",
        ("--at", "soon"): "at 'soon' is not a moment", ("--matter", "nothing"): "Matter 'nothing' is not in force",
    }.items():  # fmt: skip
        ran = gridmaps("gaps", *words)
        assert (ran.code, sentence in ran.err) == (2, True), ran.err


@pytest.mark.long
def test_planted_gaps_and_conflicts_are_found_and_none_else(empty_db: Store) -> None:
    from api.bench.gaps import Wanted, measure_gaps

    rows = list(measure_gaps(empty_db, Wanted(units=2_000, rows=8_000, polygons=60, planted=60)))
    assert [row.equal for row in rows] == [None, True, None, True, None, True, True]
