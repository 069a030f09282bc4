"""`gridmaps reports load` on the tiny town: refused before anything is filed, or told row by row."""

import json
from pathlib import Path

import pytest

from spatial.store.opening import Store
from tests.commands import Program, Ran
from tests.worlds import W, inside

_LON, _LAT = inside(W)
_HEAD = "lon,lat,captured_at,text,ward\n"
_GOOD = f"{_LON},{_LAT},2026-01-05T08:00:00,litter,{W}\n"
_BAD = f"somewhere,{_LAT},2026-01-05T08:00:00,litter,{W}\n"


@pytest.fixture
def gridmaps(fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def _filed(store: Store) -> int:
    with store.app.connect() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM report").scalar_one())


def _load(gridmaps: Program, tmp_path: Path, *rows: str | bytes, words: tuple[object, ...] = ()) -> Ran:
    path = tmp_path / "calls.csv"
    path.write_bytes(b"".join(row if isinstance(row, bytes) else row.encode() for row in (_HEAD, *rows)))
    return gridmaps("reports", "load", path, *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--datum", "nad27"), "--datum nad27"),
        (("--source", "gossip"), "--source gossip"),
        (("--source", "rumour"), "--source rumour"),
        (("--time-zone", "Mars/North"), "--time-zone Mars/North"),
        (("--rejects", "nowhere/rejects.csv"), "--rejects nowhere/rejects.csv"),
        (("--expect", "unit"), "LEVEL=COLUMN"),
        (("--expect", "parish=ward"), "no level parish"),
        (("--expect", "unit=parish"), "no column parish"),
    ],
)
def test_an_option_that_cannot_hold_is_refused_before_anything_is_filed(
    fresh_db: Store, gridmaps: Program, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = _load(gridmaps, tmp_path, _GOOD, words=words)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1
    assert _filed(fresh_db) == 0


def test_a_row_that_is_not_utf8_is_refused_with_its_line_before_anything_is_filed(
    fresh_db: Store, gridmaps: Program, tmp_path: Path
) -> None:
    ran = _load(gridmaps, tmp_path, _GOOD * 1200, b"1,2,3,\xff,x\n")
    assert ran.code == 2 and "line 1202" in ran.err
    assert _filed(fresh_db) == 0


def test_a_refused_row_is_in_the_json_and_only_a_file_of_nothing_else_ends_with_1(
    fresh_db: Store, gridmaps: Program, tmp_path: Path
) -> None:
    ran = _load(gridmaps, tmp_path, _GOOD, _BAD, words=("--json", "--expect", "unit=ward"))
    told = json.loads(ran.out)
    assert ran.code == 0 and (told["created"], told["refused"]) == (1, 1)
    assert [one["line"] for one in told["refusals"]] == [3] and "lon" in told["refusals"][0]["detail"]
    assert told["labels"]["labelled"] == told["labels"]["by_chain"] == 1
    ran = _load(gridmaps, tmp_path, _BAD)
    assert ran.code == 1 and "every row was refused" in ran.err
    assert _filed(fresh_db) == 1


def test_a_moment_without_an_offset_is_the_city_s_own(fresh_db: Store, gridmaps: Program, tmp_path: Path) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE setting SET value = '\"Asia/Shanghai\"' WHERE key = 'time_zone'")
    assert _load(gridmaps, tmp_path, _GOOD).code == 0
    with fresh_db.app.connect() as conn:
        moment = conn.exec_driver_sql("SELECT captured_at AT TIME ZONE 'UTC' FROM case_file").scalar_one()
    assert moment.isoformat() == "2026-01-05T00:00:00"
