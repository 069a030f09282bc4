"""Matters in the store: the starter set, a city's own table, validity."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection

from spatial.cases.matters.class_files import MatterDraft, StandardDraft, read_starter
from spatial.cases.matters.loading import load_matters, retire_matter
from spatial.cases.matters.reading import MatterFilter, list_matters, list_standards, nodes_of, read_taxonomy
from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.events import list_events
from spatial.store.opening import Store
from tests.commands import Program

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def load_starter(conn: Connection, now: datetime = NOW) -> None:
    load_matters(conn, drafts=read_starter(), now=now, actor="system")


def test_the_starter_set_is_loaded_once_and_a_second_time_changes_nothing(conn: Connection) -> None:
    first = load_matters(conn, drafts=read_starter(), now=NOW, actor="system")
    again = load_matters(conn, drafts=read_starter(), now=LATER, actor="system")
    assert (first.added, first.kept) == (len(read_starter()), 0)
    assert first.standards_begun == sum(len(draft.standards or ()) for draft in read_starter())
    assert (again.added, again.kept, again.standards_begun, again.standards_ended) == (0, len(read_starter()), 0, 0)
    links = list_events(conn, district="", subject="matter", subject_id="load")
    assert [(link.seq, link.kind) for link in links] == [(1, "matter.loaded"), (2, "matter.loaded")]


def test_the_limit_of_a_matter_is_its_first_standards_as_clock_time(conn: Connection) -> None:
    load_starter(conn)
    matters = read_taxonomy(conn)
    assert matters.get("C0103").due_limit == timedelta(hours=2)
    assert matters.get("E0110").due_limit == timedelta(hours=4)
    assert matters.get("E0201").due_limit == timedelta(days=1)
    assert matters.get("E0201").step_limit == timedelta(hours=1)


def test_a_matter_is_found_with_what_it_falls_under(conn: Connection) -> None:
    load_starter(conn)
    assert nodes_of(conn, "E0110") == ("E0110", "E01", "service")
    assert nodes_of(conn, "E0129") == ("E0129", "E01", "enforcement")
    assert nodes_of(conn, "litter") == ("litter",)
    with pytest.raises(NotFound):
        nodes_of(conn, "E0100")


def test_the_kept_taxonomy_is_read_anew_when_a_row_changes(conn: Connection) -> None:
    load_starter(conn)
    kept = read_taxonomy(conn)
    assert read_taxonomy(conn) is kept
    conn.exec_driver_sql("UPDATE matter SET category = 'social' WHERE code = 'E0110'")
    assert nodes_of(conn, "E0110") == ("E0110", "E01", "social")
    conn.exec_driver_sql("UPDATE matter SET category = 'party' WHERE code = 'E0110'")
    assert nodes_of(conn, "E0110") == ("E0110", "E01", "party")


def test_a_retired_major_class_takes_its_minor_classes_along(conn: Connection) -> None:
    load_starter(conn)
    ended = retire_matter(conn, code="E04", until=LATER, now=NOW, actor="1")
    assert sorted(ended) == ["E04", "E0401", "E0406", "E0498", "E0499"]
    assert "E0401" in {one.code for one in read_taxonomy(conn).leaves(at=LATER - timedelta(seconds=1))}
    assert "E0401" not in {one.code for one in read_taxonomy(conn).leaves(at=LATER)}
    only = MatterFilter(words="E04")
    assert len(list_matters(conn, narrowed=only, at=NOW, limit=9)) == 5
    assert list_matters(conn, narrowed=only, at=LATER, limit=9) == []
    assert nodes_of(conn, "E0401") == ("E0401", "E04", "enforcement")  # old cases are about it still


def test_a_matter_ends_once(conn: Connection) -> None:
    load_starter(conn)
    retire_matter(conn, code="E0401", until=NOW, now=NOW, actor="1")
    with pytest.raises(Conflict, match="ended"):
        retire_matter(conn, code="E0401", until=LATER, now=NOW, actor="1")


def a_class(*standards: StandardDraft, code: str = "E0701", **changes: str) -> list[MatterDraft]:
    major = MatterDraft("E07", "event", "major", "Local", "本地", "07")
    told = {"code": code, "taxonomy": "event", "rank": "minor", "name": "Kites", "name_zh": "风筝"}
    minor = MatterDraft(**told | {"major_code": "07", "minor_code": "01", "parent": "E07"} | changes, standards=standards)  # type: ignore[arg-type]  # noqa: E501
    return [major, minor]


def test_a_changed_standard_ends_and_its_successor_begins(conn: Connection) -> None:
    old, new = (StandardDraft(1, "线上挂风筝", "取下", Decimal(hours), "working_hour") for hours in (4, 2))
    other = StandardDraft(2, "断线", "收线", Decimal(1), "working_day")
    load_matters(conn, drafts=a_class(old, other), now=NOW, actor="system")
    changed = load_matters(conn, drafts=a_class(new), now=LATER, actor="system")
    assert (changed.standards_begun, changed.standards_ended) == (1, 2)
    before = list_standards(conn, matters=["E0701"], at=LATER - timedelta(seconds=1))["E0701"]
    after = list_standards(conn, matters=["E0701"], at=LATER)["E0701"]
    assert [(one.ordinal, one.amount) for one in before] == [(1, 4), (2, 1)]
    assert [(one.ordinal, one.amount) for one in after] == [(1, 2)]
    assert read_taxonomy(conn).get("E0701").due_limit == timedelta(hours=2)


@pytest.mark.parametrize(
    ("changes", "named"), [({"category": "E01"}, "E01"), ({"parent": "E99"}, "E99"), ({"platform": "sky"}, "sky")]
)
def test_what_a_table_refers_to_must_be_there(conn: Connection, changes: dict[str, str], named: str) -> None:
    load_starter(conn)
    with pytest.raises(Invalid, match=named):
        load_matters(conn, drafts=a_class(**changes), now=NOW, actor="system")


def test_a_code_keeps_its_place_in_the_taxonomies(conn: Connection) -> None:
    load_starter(conn)
    with pytest.raises(Invalid, match="another place"):
        load_matters(conn, drafts=a_class(code="C0137"), now=NOW, actor="system")


@pytest.fixture
def gridmaps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh_db: Store) -> Program:
    return Program(monkeypatch, capsys, fresh_db.url)


def test_a_table_of_the_size_of_a_real_citys_loads(gridmaps: Program, sample_data: Path) -> None:
    file = sample_data / "urban_management_classes.csv"
    columns = ("--column", "taxonomy=kind", "--column", "limits=handling_limits")
    loaded = gridmaps("matters", "load", file, *columns, "--json")
    assert (loaded.code, loaded.err) == (0, "")
    assert json.loads(loaded.out)["minor_classes"] == {"component": 92, "event": 98}
    for taxonomy, classes in (("component", 92), ("event", 98)):
        listed = gridmaps("matters", "list", "--taxonomy", taxonomy, "--rank", "minor", "--json")
        rows = json.loads(listed.out)
        assert len(rows) == classes
        assert all(row["standards"] for row in rows)


def test_the_starter_set_is_loaded_and_retired_by_commands(gridmaps: Program) -> None:
    assert "56 matters added" in gridmaps("matters", "load", "--starter").out
    ended = gridmaps("matters", "retire", "E0499", "--until", "2026-07-01")
    assert "E0499 end at 2026-07-01T00:00:00+08:00" in ended.out
    assert "E0499" in gridmaps("matters", "list", "--at", "2026-06-30").out
    assert "E0499" not in gridmaps("matters", "list", "--at", "2026-07-01").out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("load",), "--starter"),
        (("load", "nowhere.csv"), "nowhere.csv"),
        (("load", "nowhere.csv", "--starter"), "not both"),
        (("retire", "E0499", "--until", "soon"), "--until"),
        (("retire", "X1", "--until", "2026-07-01"), "X1"),
    ],
)
def test_bad_input_is_one_sentence(gridmaps: Program, words: tuple[str, ...], named: str) -> None:
    ran = gridmaps("matters", *words)
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err
    assert len(ran.err.strip().splitlines()) == 1
