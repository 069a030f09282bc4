"""Whose is it: the table, precedents and territory decide, with reasons, over the tiny town."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, box
from sqlalchemy import Connection

from spatial.cases.responsibility.decision import Decision, Question
from spatial.cases.responsibility.reading import resolve
from spatial.cases.rules import read_rules
from spatial.grid.locate import locate_points
from spatial.store.db import as_array, run
from spatial.store.queries import load_queries
from tests.worlds import BRIDGE, NORTH, SOUTH, B, M, R, T, V, W, inside

SQL = load_queries(__file__, "resolving.sql")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ask(
    conn: Connection,
    lon: float,
    lat: float,
    *,
    matter: str | None = "litter",
    accuracy_m: float = 0.0,
    at: datetime = NOW,
    known_at: datetime | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Decision:
    rules = read_rules(conn)
    [placement] = locate_points(
        conn, lons=[lon], lats=[lat], accuracies_m=[accuracy_m], moments=[at], rule=rules.certainty
    )
    category = rules.categories[matter] if matter else None
    question = Question(category, lon, lat, accuracy_m, placement, attributes or {}, at, known_at or NOW)
    return resolve(conn, question, rules=rules)


def add_row(conn: Connection, **changes: Any) -> int:
    row: dict[str, Any] = {
        "matter": "litter", "kind": "cell", "level": None, "cell": None, "jurisdiction": None, "lead": "roads",
        "assisting": [], "supervising": [], "priority": None, "since": None, "until": None,
        "adopted_at": datetime(2025, 1, 1, tzinfo=UTC),
    } | changes  # fmt: skip
    return int(run(conn, SQL["add_row"], row).scalar_one())


def add_jurisdiction(conn: Connection, shape: shapely.Geometry, *, kind: str = "polygon", code: str = "river") -> int:
    row = {"code": code, "kind": kind, "wkb": shapely.to_wkb(MultiPolygon([shape])), "department": "roads"}
    return int(run(conn, SQL["add_jurisdiction"], row).scalar_one())


def test_one_metre_either_side_of_a_street_border_is_two_territories_and_one_department(conn: Connection) -> None:
    metre = 1 / 111_000
    south = ask(conn, 120.0015, 30.003 - metre)
    north = ask(conn, 120.0015, 30.003 + metre)
    assert [body.cell for body in south.territorial][2] == SOUTH
    assert [body.cell for body in north.territorial][2] == NORTH
    assert south.lead == north.lead and south.lead is not None and south.lead.code == "sanitation"
    assert south.certainty == north.certainty == "certain"


def test_a_more_specific_place_decides_and_the_beaten_row_is_named(conn: Connection) -> None:
    row = add_row(conn, cell=W, lead="order")
    decided = ask(conn, *inside(W))
    assert decided.lead is not None and decided.lead.code == "order"
    assert [one.id for one in decided.rows] == [row]
    assert [(one.lead, one.why) for one in decided.rejected] == [("sanitation", "less_specific")]
    assert ask(conn, *inside(V)).lead.code == "sanitation"  # type: ignore[union-attr]


def test_place_and_matter_may_not_be_traded_against_each_other(conn: Connection) -> None:
    run(conn, SQL["add_class"])
    add_row(conn, matter="E0110", kind="level", level=1, lead="order")
    add_row(conn, matter="litter", cell=W, lead="roads")
    decided = ask(conn, *inside(W), matter="E0110")
    assert decided.lead is None and decided.certainty == "ambiguous"
    assert {one.lead.code for one in decided.alternatives} == {"order", "roads"}


def test_a_priority_settles_a_tie(conn: Connection) -> None:
    add_row(conn, cell=W, lead="roads")
    add_row(conn, cell=W, lead="order", priority=5)
    decided = ask(conn, *inside(W))
    assert decided.lead is not None and decided.lead.code == "order"
    assert ("roads", "lower_priority") in [(one.lead, one.why) for one in decided.rejected]


def test_rows_that_agree_on_the_lead_are_no_tie_and_join_their_helpers(conn: Connection) -> None:
    add_row(conn, cell=W, lead="roads", assisting=["order"])
    add_row(conn, cell=W, lead="roads", assisting=["sanitation"], supervising=["@street"])
    decided = ask(conn, *inside(W))
    assert decided.lead is not None and decided.lead.code == "roads" and decided.certainty == "certain"
    assert [unit.ref for unit in decided.assisting] == ["order", "sanitation"]
    assert [(unit.ref, unit.name) for unit in decided.supervising] == [(f"@{SOUTH}", "South street office")]


def test_a_level_names_the_body_of_the_place(conn: Connection) -> None:
    add_row(conn, kind="level", level=2, lead="@street")
    leads = [ask(conn, *inside(unit)).lead for unit in (W, T)]
    assert [lead.name for lead in leads if lead] == ["South street office", "North street office"]


def test_an_exclusive_grid_comes_before_a_polygon_and_that_before_a_unit(conn: Connection) -> None:
    lon, lat = inside(W)
    around = box(lon - 0.0005, lat - 0.0005, lon + 0.0005, lat + 0.0005)
    add_row(conn, cell=W, lead="order")
    river = add_jurisdiction(conn, around)
    add_row(conn, kind="jurisdiction", jurisdiction=river, lead="roads")
    assert ask(conn, lon, lat).lead.code == "roads"  # type: ignore[union-attr]
    school = add_jurisdiction(conn, around, kind="exclusive_grid", code="school")
    add_row(conn, kind="jurisdiction", jurisdiction=school, lead="sanitation")
    decided = ask(conn, lon, lat)
    assert decided.lead is not None and decided.lead.code == "sanitation"
    assert len(decided.rejected) == 3


def test_the_edge_of_a_jurisdiction_follows_the_border_rule(conn: Connection) -> None:
    river = add_jurisdiction(conn, box(120.0005, 30.0005, 120.0015, 30.0015))
    add_row(conn, kind="jurisdiction", jurisdiction=river, lead="roads")
    sides = {
        "west": (120.0005, 30.001), "south": (120.001, 30.0005),
        "east": (120.0015, 30.001), "north": (120.001, 30.0015),
    }  # fmt: skip
    leads = {side: ask(conn, *at).lead.code for side, at in sides.items()}  # type: ignore[union-attr]
    assert leads == {"west": "roads", "south": "roads", "east": "sanitation", "north": "sanitation"}


def test_near_the_edge_of_a_jurisdiction_the_other_lead_is_told(conn: Connection) -> None:
    river = add_jurisdiction(conn, box(120.0005, 30.0005, 120.0015, 30.0015))
    add_row(conn, kind="jurisdiction", jurisdiction=river, lead="roads")
    decided = ask(conn, 120.00149, 30.001, accuracy_m=20)
    assert decided.lead is not None and decided.lead.code == "roads"
    assert decided.certainty == "ambiguous"
    [other] = decided.alternatives
    assert other.lead.code == "sanitation" and 0.3 < other.share < 0.5
    assert "outside" in other.says


def test_near_a_border_between_two_leads_both_are_told(conn: Connection) -> None:
    add_row(conn, cell=BRIDGE, lead="order")
    decided = ask(conn, 120.006, 30.001, accuracy_m=25)
    assert decided.lead is not None and decided.lead.code == "order" and decided.certainty == "ambiguous"
    assert [one.lead.code for one in decided.alternatives] == ["sanitation"]


def test_without_a_row_territory_holds_it_and_acts_first(conn: Connection) -> None:
    run(conn, SQL["add_matter"])
    decided = ask(conn, *inside(B), matter="bees")
    assert decided.lead is None and decided.certainty == "none" and decided.is_gap
    assert decided.decided_by == "territory"
    assert decided.interim is not None and decided.interim.name == "Bridge community committee"
    assert any("属地兜底" in reason.says for reason in decided.reasons)


def test_outside_the_city_nobody_is_named_and_it_is_no_gap(conn: Connection) -> None:
    decided = ask(conn, 121.0, 31.0)
    assert decided.decided_by == "nobody" and not decided.is_gap and decided.interim is None


def test_who_was_responsible_on_a_day_is_answered_for_any_day(conn: Connection) -> None:
    spring, autumn = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    add_row(conn, cell=M, lead="roads", until=spring)
    add_row(conn, cell=M, lead="order", since=spring, until=autumn)
    leads = [
        ask(conn, *inside(M), at=at).lead.code  # type: ignore[union-attr]
        for at in (spring - timedelta(seconds=1), spring, autumn - timedelta(seconds=1), autumn)
    ]
    assert leads == ["roads", "order", "order", "sanitation"]


def test_what_was_adopted_later_was_not_known_then(conn: Connection) -> None:
    add_row(conn, cell=R, lead="order", adopted_at=NOW + timedelta(days=1))
    assert ask(conn, *inside(R)).lead.code == "sanitation"  # type: ignore[union-attr]
    later = ask(conn, *inside(R), known_at=NOW + timedelta(days=2))
    assert later.lead is not None and later.lead.code == "order"


@pytest.mark.parametrize("matter", ["litter", None])
def test_a_decision_reads_as_sentences_in_both_languages(conn: Connection, matter: str | None) -> None:
    from spatial.cases.responsibility.saying import tell

    english, chinese = tell(ask(conn, *inside(W), matter=matter))
    assert len(english) == len(chinese) >= 2
    assert all(line.endswith(".") for line in english) and all(line.endswith("。") for line in chinese)


def test_a_reason_says_what_its_row_says_and_calls_a_body_by_its_name(conn: Connection) -> None:
    run(conn, SQL["add_class"])
    add_row(conn, matter="litter", cell=W, lead="@street")
    matters = read_rules(conn).categories
    [said] = [reason for reason in ask(conn, *inside(W), matter="E0110").reasons if reason.rule == "row"]
    assert matters["litter"].name in said.says and matters["E0110"].name not in said.says
    assert "South street office" in said.says and "South street office" in said.says_zh
    assert "@" not in said.says + said.says_zh


def test_beyond_the_edge_of_a_unit_and_of_its_polygon_stands_the_neighbours_lead(conn: Connection) -> None:
    """One sample lies in the next unit and outside the polygon at once; nobody else may be named."""
    around = add_jurisdiction(conn, box(120.0, 30.0, 120.003, 30.003))  # exactly Willow west
    add_row(conn, kind="jurisdiction", jurisdiction=around, lead="roads")
    add_row(conn, cell=V, lead="order")
    decided = ask(conn, 120.003 - 3e-5, 30.0015, accuracy_m=10)
    assert decided.lead is not None and decided.lead.code == "roads" and decided.certainty == "ambiguous"
    assert [one.lead.code for one in decided.alternatives] == ["order"]
    back = ask(conn, 120.003 + 3e-5, 30.0015, accuracy_m=10)
    assert back.lead is not None and back.lead.code == "order"
    assert [one.lead.code for one in back.alternatives] == ["roads"]


def test_between_two_polygons_that_share_an_edge_nobody_else_is_named(conn: Connection) -> None:
    for code, shape, lead in (
        ("left", box(120.0005, 30.0005, 120.0015, 30.0025), "roads"),
        ("right", box(120.0015, 30.0005, 120.0025, 30.0025), "order"),
    ):
        add_row(conn, kind="jurisdiction", jurisdiction=add_jurisdiction(conn, shape, code=code), lead=lead)
    decided = ask(conn, 120.00149, 30.0015, accuracy_m=10)
    assert decided.lead is not None and decided.lead.code == "roads"
    assert [one.lead.code for one in decided.alternatives] == ["order"]


def test_texts_and_numbers_are_read_as_they_were_bound(conn: Connection) -> None:
    texts = ["330199", "a,b", "{}", 'say "x"', "back\\slash", "", "NULL", "网格", "x\ny"]
    numbers = [120.00000000000001, -0.1, 1e-12, 3.0]
    read = run(
        conn,
        "SELECT %(texts)s::text[], %(numbers)s::float8[]",
        {"texts": as_array(texts), "numbers": as_array(numbers)},
    )
    assert read.one() == (texts, numbers)


def test_near_an_edge_beyond_which_nobody_is_named_it_is_not_certain(conn: Connection) -> None:
    run(conn, SQL["add_matter"])
    hive = add_jurisdiction(conn, box(120.0005, 30.0005, 120.0015, 30.0015))
    add_row(conn, matter="bees", kind="jurisdiction", jurisdiction=hive, lead="roads")
    decided = ask(conn, 120.00149, 30.001, matter="bees", accuracy_m=10)
    assert decided.lead is not None and decided.lead.code == "roads" and decided.certainty == "ambiguous"
    assert [one.lead.name for one in decided.alternatives] == ["Willow community committee"]
    deep = ask(conn, 120.001, 30.001, matter="bees", accuracy_m=10)
    assert deep.certainty == "certain" and not deep.alternatives
