"""The taxonomies as a value, and tables of classes as files."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from spatial.cases.matters.class_files import MatterDraft, read_class_file, read_limits, read_starter
from spatial.cases.matters.taxonomy import Matter, Taxonomy, provisional_limit
from spatial.errors import Invalid, NotFound, SourceUnreadable

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_matter(code: str, rank: str, **changes: object) -> Matter:
    taxonomy = "governance" if rank == "category" else "event"
    plain = {
        "code": code, "name": code, "name_zh": code, "taxonomy": taxonomy, "rank": rank, "major_code": None,
        "minor_code": None, "parent": None, "category": None, "platform": "governance", "step_limit": HOUR,
        "due_limit": HOUR, "since": None, "until": None,
    }  # fmt: skip
    return Matter(**plain | changes)  # type: ignore[arg-type]


def a_taxonomy() -> Taxonomy:
    return Taxonomy(
        (
            a_matter("order", "category"),
            a_matter("care", "category"),
            a_matter("E01", "major", category="order"),
            a_matter("E0101", "minor", parent="E01"),
            a_matter("E0110", "minor", parent="E01", category="care"),
            a_matter("E0112", "minor", parent="E01", category="order", until=NOW),
        )
    )


def test_a_minor_class_falls_under_its_major_and_that_ones_category() -> None:
    assert a_taxonomy().nodes("E0101") == ("E0101", "E01", "order")
    assert a_taxonomy().nodes("E01") == ("E01", "order")
    assert a_taxonomy().nodes("order") == ("order",)


def test_a_minor_class_may_be_mapped_past_its_major() -> None:
    taxonomy = a_taxonomy()
    assert taxonomy.nodes("E0110") == ("E0110", "E01", "care")
    assert [one.code for one in taxonomy.children("care", at=NOW)] == ["E0110"]
    assert [one.code for one in taxonomy.children("E01", at=NOW)] == ["E0101", "E0110"]
    assert [one.code for one in taxonomy.children("order", at=NOW)] == ["E01"]


def test_what_has_ended_is_no_leaf_from_that_instant_on() -> None:
    before = NOW - timedelta(microseconds=1)
    assert [one.code for one in a_taxonomy().leaves(at=before)] == ["E0101", "E0110", "E0112"]
    assert [one.code for one in a_taxonomy().leaves(at=NOW)] == ["E0101", "E0110"]


def test_a_category_without_classes_is_a_leaf() -> None:
    taxonomy = Taxonomy((a_matter("order", "category"), a_matter("E01", "major", category="order", until=NOW)))
    assert [one.code for one in taxonomy.leaves(at=NOW)] == ["order"]


def test_an_unknown_matter_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFound, match="E9999"):
        a_taxonomy().nodes("E9999")


@pytest.mark.parametrize(
    ("told", "amounts"),
    [
        ("2紧急工作时|4小时|1天", [("2", "urgent_hour"), ("4", "working_hour"), ("1", "working_day")]),
        ("4工作时|3工作日", [("4", "working_hour"), ("3", "working_day")]),
        ("0.5 小时", [("0.5", "working_hour")]),
        ("15自然日|5日", [("15", "calendar_day"), ("5", "working_day")]),
        ("2紧急工作日", [("2", "calendar_day")]),
        ("", []),
    ],
)
def test_limits_of_a_cell_are_standards_in_their_order(told: str, amounts: list[tuple[str, str]]) -> None:
    assert [(str(one.amount), one.unit) for one in read_limits(told)] == amounts
    assert [one.ordinal for one in read_limits(told)] == list(range(1, len(amounts) + 1))


def test_words_behind_a_limit_say_what_closes_it() -> None:
    assert [one.closing_condition for one in read_limits("1紧急工作时制止|5天")] == ["制止", ""]


@pytest.mark.parametrize("told", ["soon", "2", "天", "2 weeks", "0天"])
def test_a_limit_that_cannot_be_read_is_named(told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_limits(f"4小时|{told}")


@pytest.mark.parametrize(
    ("amount", "unit", "limit"),
    [
        ("2", "urgent_hour", timedelta(hours=2)),
        ("1.5", "working_hour", timedelta(minutes=90)),
        ("3", "working_day", timedelta(days=3)),
        ("15", "calendar_day", timedelta(days=15)),
    ],
)
def test_a_limit_is_provisional_clock_time(amount: str, unit: str, limit: timedelta) -> None:
    assert provisional_limit(Decimal(amount), unit) == limit


def test_the_starter_set_hangs_together() -> None:
    drafts = {draft.code: draft for draft in read_starter()}
    assert sum(draft.rank == "category" for draft in drafts.values()) == 8
    assert {draft.major_code for draft in drafts.values() if draft.taxonomy == "event"} == {
        "01", "02", "03", "04", "05", "06"
    }  # fmt: skip
    for draft in drafts.values():
        assert draft.name and draft.name_zh and draft.platform
        if draft.rank == "minor":
            assert drafts[draft.parent or ""].rank == "major"
            assert draft.standards, draft.code
        if draft.rank == "major":
            assert drafts[draft.category or ""].rank == "category"
    assert len(drafts["C0103"].standards or ()) > 1


def test_every_shipped_standard_names_its_own_filing_and_closing() -> None:
    standards = [(draft.code, one) for draft in read_starter() for one in draft.standards or ()]
    assert all(one.filing_condition and one.closing_condition for _, one in standards)
    conditions = [(code, one.filing_condition) for code, one in standards]
    assert len(set(conditions)) == len(conditions)


def write(path: Path, *lines: str) -> Path:
    file = path / "classes.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


HEADER = "kind,major_code,major_name,minor_code,minor_name,handling_limits"


def test_a_citys_table_becomes_majors_and_minors(tmp_path: Path) -> None:
    rows = ("event,05,街面秩序,01,无照经营游商,2紧急工作时|1天", "event,05,街面秩序,06,占道经营,")
    file = write(tmp_path, HEADER, *rows)
    assert [(draft.code, draft.rank, draft.parent, draft.name_zh) for draft in read_class_file(file, {})] == [
        ("E05", "major", None, "街面秩序"),
        ("E0501", "minor", "E05", "无照经营游商"),
        ("E0506", "minor", "E05", "占道经营"),
    ]


def test_columns_of_other_names_are_told(tmp_path: Path) -> None:
    file = write(tmp_path, "种类,大类,小类,名称", "component,01,37,路灯")
    columns = {"taxonomy": "种类", "major_code": "大类", "minor_code": "小类", "minor_name": "名称"}
    drafts = read_class_file(file, columns)
    assert drafts[1] == MatterDraft("C0137", "component", "minor", "路灯", "路灯", "01", "37", "C01", standards=None)
    with pytest.raises(SourceUnreadable, match="--column"):
        read_class_file(file, {})


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("thing,01,甲,01,乙,1天", "thing"),
        ("event,1,甲,01,乙,1天", "major_code"),
        ("event,01,甲,1a,乙,1天", "minor_code"),
        ("event,01,甲,01,,1天", "no name"),
        ("event,01,甲,01,乙,later", "later"),
        ("event,01,甲,02,丙,1天\nevent,01,甲,02,丁,1天", "twice"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, row: str, named: str) -> None:
    file = write(tmp_path, HEADER, "event,01,甲,99,戊,1天", row)
    with pytest.raises(Invalid, match=named) as refused:
        read_class_file(file, {})
    assert refused.value.sentence.startswith(f"line {len(row.splitlines()) + 2}:")


def test_a_table_of_a_real_city_is_read_whole(sample_data: Path) -> None:
    drafts = read_class_file(sample_data / "urban_management_classes.csv", {})
    minors = [draft for draft in drafts if draft.rank == "minor"]
    assert sum(draft.taxonomy == "component" for draft in minors) == 92
    assert sum(draft.taxonomy == "event" for draft in minors) == 98
    assert sum(draft.rank == "major" for draft in drafts) == 11
    assert all(draft.standards for draft in minors)
