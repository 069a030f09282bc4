"""`gridmaps responsibility`: a file is loaded whole or not at all, and a proposal goes its way."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box, mapping

from api.duty_files import OPTIONAL, REQUIRED, read_duty_file, read_shape_file
from spatial.store.opening import Store
from tests.commands import Program
from tests.worlds import SOUTH, WILLOW

_HEAD = "matter,place_kind,place,lead,assisting,priority,from,until\n"
_DITCH = mapping(box(120.0005, 30.0005, 120.0055, 30.001))
_EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture
def gridmaps(fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def _csv(tmp_path: Path, *lines: str, head: str = _HEAD) -> Path:
    path = tmp_path / "duties.csv"
    path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _shapes(tmp_path: Path, *properties: dict[str, Any], geometry: Any = _DITCH) -> Path:
    path = tmp_path / "ditches.geojson"
    features = [{"type": "Feature", "properties": one, "geometry": geometry} for one in properties]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def _written(store: Store) -> tuple[int, int]:
    with store.app.connect() as conn:
        rows = conn.exec_driver_sql("SELECT count(*) FROM responsibility WHERE recorded_by = 'operator'").scalar_one()
        return int(rows), int(conn.exec_driver_sql("SELECT count(*) FROM jurisdiction").scalar_one())


def test_a_table_and_its_jurisdictions_are_put_in_force_together(
    fresh_db: Store, gridmaps: Program, tmp_path: Path
) -> None:
    shapes = _shapes(tmp_path, {"code": "ditch", "name": "South ditch", "department": "roads", "feature": "river"})
    path = _csv(
        tmp_path, f"litter,cell,{SOUTH},order,roads;@street,2,2026-03-02,", "stall,level,street,@street,,,,2199-01-01",
        "litter,jurisdiction,ditch,roads,sanitation、@community,,,",
    )  # fmt: skip
    ran = gridmaps("responsibility", "load", path, "--jurisdictions", shapes)
    assert (ran.code, ran.out) == (0, "3 rows and 1 jurisdiction put in force\n"), ran.err
    assert _written(fresh_db) == (3, 1)
    listed = json.loads(gridmaps("responsibility", "list", "--cell", SOUTH, "--json").out)["items"]
    assert [(row["lead"]["ref"], row["from"], row["priority"]) for row in listed] == [
        ("order", "2026-03-01T16:00:00Z", 2)
    ], "a date means midnight in the city's time"
    assert [unit["ref"] for unit in listed[0]["assisting"]] == ["roads", "@street"]


def test_every_bad_line_is_told_with_its_number_and_field_and_nothing_is_written(
    fresh_db: Store, gridmaps: Program, tmp_path: Path
) -> None:
    shapes = _shapes(tmp_path, {"code": "ditch", "name": "South ditch", "department": "ghosts"})
    path = _csv(
        tmp_path, f"litter,cell,{SOUTH},order,,,,", "dragons,cell,999,order,order,,,",
        "litter,level,street,order,,high,,", "litter,level,street,order,,,soon,",
        "litter,jurisdiction,ditch,roads,,,,", "litter,level,street,order,,,,,,7",
        "litter,level,street,order,,,2026-01-01,2025-01-01",
    )  # fmt: skip
    ran = gridmaps("responsibility", "load", path, "--jurisdictions", shapes, "--json")
    told = json.loads(ran.out)
    assert ran.code == 2 and ran.err == "6 lines cannot be loaded, so nothing was; mend and load again\n"
    assert [(bad["file"], bad["line"], bad["field"]) for bad in told["bad"]] == [
        ("ditches.geojson", 1, "department"), ("duties.csv", 3, "matter"), ("duties.csv", 3, "place"),
        ("duties.csv", 3, "assisting"), ("duties.csv", 4, "priority"), ("duties.csv", 5, "from"),
        ("duties.csv", 7, "line"), ("duties.csv", 8, "until"),
    ]  # fmt: skip
    assert all(bad["detail"] for bad in told["bad"]) and (told["rows"], _written(fresh_db)) == (0, (0, 0))


def test_good_jurisdictions_are_not_drawn_when_a_row_is_bad(fresh_db: Store, gridmaps: Program, tmp_path: Path) -> None:
    shapes = _shapes(tmp_path, {"code": "ditch", "name": "South ditch", "department": "roads"})
    ran = gridmaps("responsibility", "load", _csv(tmp_path, "litter,level,parish,order,,,,"), "--jurisdictions", shapes)
    assert ran.code == 2 and "duties.csv, line 2, place" in ran.out and _written(fresh_db) == (0, 0)


def test_a_shape_that_is_drawn_already_needs_to_be_superseded(gridmaps: Program, tmp_path: Path) -> None:
    shapes = _shapes(tmp_path, {"code": "ditch", "name": "South ditch", "department": "roads"})
    words = ("responsibility", "load", _csv(tmp_path), "--jurisdictions", shapes)
    assert [gridmaps(*words).code, gridmaps(*words).code, gridmaps(*words, "--supersede").code] == [0, 2, 0]


@pytest.mark.parametrize(
    ("head", "words", "said"),
    [
        ("matter,place,lead\n", (), "no column place_kind"),
        (_HEAD.replace("priority", "prioritty"), (), "prioritty"),
        (_HEAD, ("--datum", "nad27"), "nad27"),
        (_HEAD, ("--jurisdictions", "nowhere.geojson"), "does not exist"),
        (_HEAD.replace(",", ";"), (), "semicolons"),
        (_HEAD, (), "holds no row"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    fresh_db: Store, gridmaps: Program, tmp_path: Path, head: str, words: tuple[str, ...], said: str
) -> None:
    ran = gridmaps("responsibility", "load", _csv(tmp_path, head=head), *words)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1


def test_lines_without_a_beginning_take_the_one_that_is_said(gridmaps: Program, tmp_path: Path) -> None:
    path = _csv(tmp_path, f"litter,cell,{SOUTH},order,,,,", f"litter,cell,{SOUTH},roads,,,2026-01-01,")
    assert gridmaps("responsibility", "load", path, "--from", "2025-05-05").code == 0
    listed = json.loads(gridmaps("responsibility", "list", "--cell", SOUTH, "--json").out)["items"]
    assert [row["from"][:10] for row in listed] == ["2025-05-04", "2025-12-31"]
    then = json.loads(gridmaps("responsibility", "list", "--cell", SOUTH, "--at", "2025-07-01", "--json").out)
    assert [row["id"] for row in then["items"]] == [listed[0]["id"]]


def test_a_proposal_is_made_answered_and_ended(gridmaps: Program) -> None:
    ran = gridmaps("responsibility", "propose", "litter", "cell", WILLOW, "order", "--assisting", "@street", "--json")
    row = json.loads(ran.out)
    assert row["state"] == "proposed" and [unit["ref"] for unit in row["waits_for"]] == ["order", "@street"]
    assert gridmaps("responsibility", "list", "--overdue", "--json").out == '{"items": []}\n'
    refused = gridmaps("responsibility", "answer", row["id"], "order", "object")
    assert refused.code == 2 and "reason" in refused.err
    assert "waits for @street" in gridmaps("responsibility", "answer", row["id"], "order", "agree").out
    assert "in_force" in gridmaps("responsibility", "answer", row["id"], "@street", "agree").out
    assert "Willow" in gridmaps("responsibility", "list", "--cell", WILLOW).out
    past = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    assert gridmaps("responsibility", "end", row["id"], "--until", past).code == 2
    assert json.loads(gridmaps("responsibility", "end", row["id"], "--json").out)["until"]
    assert gridmaps("responsibility", "end", 10**6).code == 2
    assert gridmaps("responsibility", "list", "--state", "asleep").code == 2


def test_the_example_files_are_read_without_a_bad_line() -> None:
    rows = read_duty_file(_EXAMPLES / "duties.csv", time_zone="Asia/Shanghai")
    shapes = read_shape_file(_EXAMPLES / "jurisdictions.geojson", time_zone="Asia/Shanghai")
    assert rows.drafts and shapes.drafts and not rows.unread and not shapes.unread
    codes = {one.code for one in shapes.drafts}
    assert {draft.place for draft in rows.drafts if draft.place_kind == "jurisdiction"} == codes
    with (_EXAMPLES / "duties.csv").open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == [*REQUIRED, *OPTIONAL]
