"""Ruling: who wins, what it does to its case, what it leaves behind, and what takes that one's place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shapely.geometry import mapping

from spatial.cases.disputes.precedents import list_of_matters
from spatial.cases.disputes.rulings import Ruled, RulingDraft, list_rulings, rule
from spatial.cases.disputes.scopes import Area, ScopeDraft, read_area
from spatial.cases.disputes.superseding import supersede_settled
from spatial.errors import AlreadyRuled, GeometryInvalid, Invalid, NotFound
from spatial.store.events import list_events
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.disputing import a_ruling, both_at_once, dispute_in, scalars
from tests.worlds import NORTH, SOUTH, UNIT_GEOMETRIES, WILLOW, B, V, W

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def ruled(store: Store, draft: RulingDraft, *, now: datetime = LATER, reach: Reach = WHOLE_CITY) -> Ruled:
    """Rule and commit."""
    with store.app.begin() as conn:
        return rule(conn, draft=draft, reach=reach, actor="9", now=now)


def standing(store: Store, number: str) -> tuple[datetime | None, str | None]:
    """When and by what a precedent was superseded."""
    with store.app.begin() as conn:
        rows = conn.exec_driver_sql("SELECT superseded_at, superseded_by FROM precedent WHERE number = %s", (number,))
        return tuple(rows.one())


def a_scope(**changes: Any) -> ScopeDraft:
    """A scope of all South street, with changes."""
    return ScopeDraft(**{"area": Area("cells", cells=(SOUTH,))} | changes)


def adopt_row(store: Store, lead: str, *, place: str, matter: str = "pothole", until: str = "") -> int:
    """A row of the table in force from now on, at a level (a digit) or a cell; its id."""
    kind = "level" if place.isdigit() and len(place) == 1 else "cell"
    with store.app.begin() as conn:
        [row] = scalars(
            conn,
            "INSERT INTO responsibility (matter, place_kind, place_level, place_cell, lead, during, adopted_at, "
            "recorded_at, recorded_by) VALUES (%s, %s, %s, %s, %s, tstzrange(%s, nullif(%s, '')::timestamptz), "
            "%s, %s, 'test') RETURNING id",
            matter, kind, place if kind == "level" else None, place if kind == "cell" else None, lead, NOW, until,
            NOW, NOW,
        )  # fmt: skip
        return int(row)


def test_a_ruling_hands_the_case_over_locks_it_and_leaves_a_precedent(fresh_db: Store) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=NOW)

    done = ruled(fresh_db, a_ruling(dispute, assisting=("@street",)))

    assert (done.state, done.precedent.number, done.ruling.precedent) == ("pending", "P2026-0001", "P2026-0001")
    assert (done.precedent.matter, done.precedent.cells, done.precedent.lead) == ("pothole", (SOUTH,), "order")
    with fresh_db.app.begin() as conn:
        row = conn.exec_driver_sql("SELECT * FROM case_file WHERE case_no = %s", (case_no,)).one()
        assert (row.state, row.step, row.lead, row.assisting) == ("pending", "handed_over", "order", [f"@{SOUTH}"])
        assert (row.holders, row.ruling, row.precedent) == (["order"], done.ruling.id, "P2026-0001")
        assert (row.owner["lead"]["ref"], row.owner["lead"]["name"]) == ("order", "Public order")
        assert row.owner["reasons"][-1]["rule"] == "ruling"
        assert "P2026-0001" in row.owner["reasons"][-1]["says_zh"]
        assert scalars(conn, "SELECT state FROM dispute WHERE id = %s", dispute) == ["ruled"]
        assert scalars(conn, "SELECT cause FROM case_decision WHERE case_no = %s", case_no) == ["ruling"]
        kinds = [e.kind for e in list_events(conn, district=row.district, subject="case", subject_id=case_no)]
        assert kinds[-3:] == ["case.disputed", "case.ruled", "case.dispatched"]


def test_events_of_a_ruling_hold_codes_and_no_words(fresh_db: Store) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=NOW)
    ruled(fresh_db, a_ruling(dispute, grounds="SECRET WORDS", members=("NAMED PERSON",)))
    with fresh_db.app.begin() as conn:
        told = scalars(conn, "SELECT payload::text FROM event WHERE subject_id = %s", case_no)
    assert not [text for text in told if "SECRET" in text or "NAMED" in text]


def test_of_two_who_rule_at_once_one_wins_and_the_other_is_told_the_winners_ruling(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    leads = ("order", "roads")

    answers = both_at_once(lambda i: ruled(fresh_db, a_ruling(dispute, lead=leads[i])))

    [won] = [answer for answer in answers if isinstance(answer, Ruled)]
    [lost] = [answer for answer in answers if isinstance(answer, AlreadyRuled)]
    assert lost.extra["ruling"] == vars(won.ruling)
    assert lost.extra["ruling"]["lead"] == leads[answers.index(won)]
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM precedent") == [1]


def test_a_ruling_on_a_case_outside_the_reach_finds_nothing(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    with pytest.raises(NotFound):
        ruled(fresh_db, a_ruling(dispute), reach=Reach((NORTH,)))
    assert ruled(fresh_db, a_ruling(dispute), reach=Reach((WILLOW,))).state == "pending"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"form": "by phone"}, "form"),
        ({"form": "joint_conference"}, "members"),
        ({"form": "joint_conference", "members": ("A", "A")}, "members"),
        ({"members": ()}, "members"),
        ({"lead": "nobody"}, "lead"),
        ({"lead": "@nowhere"}, "lead"),
        ({"assisting": ("nobody",)}, "assisting"),
        ({"assisting": ("order",)}, "assisting"),
        ({"lead": "@street", "assisting": (f"@{SOUTH}",)}, "assisting"),
        ({"grounds": "  "}, "grounds"),
        ({"effective_from": NOW - timedelta(days=3)}, "effective_from"),
        ({"effective_from": NOW + timedelta(days=60)}, "effective_from"),
        ({"scope": a_scope(matter="litter")}, "scope.matter"),
        ({"scope": a_scope(attributes={"road": "branch"})}, "scope.attributes"),
        ({"scope": a_scope(attributes={"owner": "city"})}, "scope.attributes"),
        ({"scope": a_scope(area=Area("cells", cells=(NORTH,)))}, "scope.area.cells"),
        ({"scope": a_scope(area=Area("cells", cells=(SOUTH, "330199009")))}, "scope.area.cells"),
        ({"scope": a_scope(area=Area("polygon", polygon=UNIT_GEOMETRIES[B]))}, "scope.area.geometry"),
    ],
)
def test_a_ruling_that_does_not_fit_names_the_field(fresh_db: Store, changes: dict[str, Any], field: str) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW, attributes='{"road": "trunk"}')
    with pytest.raises(Invalid) as refused:
        ruled(fresh_db, a_ruling(dispute, **changes))
    assert refused.value.field == field
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM ruling") == [0]


BOWTIE = {"type": "Polygon", "coordinates": [[[120, 30], [120.1, 30.1], [120.1, 30], [120, 30.1], [120, 30]]]}


@pytest.mark.parametrize(
    ("kind", "fields", "refusal"),
    [
        ("circle", {}, Invalid),
        ("cells", {}, Invalid),
        ("radius", {"radius_m": -1.0}, Invalid),
        ("radius", {"radius_m": float("nan")}, Invalid),
        ("radius", {"radius_m": 5.0, "cells": ["a"]}, Invalid),
        ("polygon", {"geometry": {"type": "Point", "coordinates": [120, 30]}}, GeometryInvalid),
        ("polygon", {"geometry": {"type": "Polygon"}}, GeometryInvalid),
        ("polygon", {"geometry": BOWTIE}, GeometryInvalid),
        ("polygon", {"geometry": {"type": "Polygon", "coordinates": [[[1e3, 0], [1e3, 1], [2e3, 1], [1e3, 0]]]}},
         GeometryInvalid),
    ],
)  # fmt: skip
def test_an_area_that_cannot_be_one_is_refused(kind: str, fields: dict[str, Any], refusal: type[Invalid]) -> None:
    with pytest.raises(refusal):
        read_area(kind, **fields)


def test_a_ruling_in_force_later_locks_the_case_at_once_and_waits(fresh_db: Store) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=NOW)

    done = ruled(fresh_db, a_ruling(dispute, effective_from=LATER + timedelta(days=2)))

    assert (done.state, done.precedent.in_force_from) == ("ruled", LATER + timedelta(days=2))
    with fresh_db.app.begin() as conn:
        row = conn.exec_driver_sql("SELECT lead, ruling FROM case_file WHERE case_no = %s", (case_no,)).one()
    assert (row.lead, row.ruling) == (None, done.ruling.id)


def test_a_joint_conference_on_a_polygon_is_kept_as_it_was_drawn(fresh_db: Store) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    area = read_area("polygon", geometry=mapping(UNIT_GEOMETRIES[W]))
    done = ruled(
        fresh_db,
        a_ruling(dispute, form="joint_conference", members=("Roads", "Order"), scope=ScopeDraft(area)),
    )
    assert done.precedent.area == UNIT_GEOMETRIES[W]
    with fresh_db.app.begin() as conn:
        [listed] = list_rulings(conn, reach=WHOLE_CITY, brief=None, matter="pothole", before=None, limit=5)
        assert listed == done.ruling
        assert list_rulings(conn, reach=Reach((NORTH,)), brief=None, matter=None, before=None, limit=5) == []


BIG, SMALL = Area("radius", radius_m=500.0), Area("radius", radius_m=50.0)
WEST = Area("polygon", polygon=UNIT_GEOMETRIES[W])


@pytest.mark.parametrize(
    ("earlier", "later", "is_superseded"),
    [
        (Area("cells", cells=(W,)), Area("cells", cells=(SOUTH,)), True),
        (Area("cells", cells=(SOUTH,)), Area("cells", cells=(W,)), False),
        (Area("cells", cells=(SOUTH,)), Area("cells", cells=(WILLOW, "330199001002")), False),
        (Area("cells", cells=(W, NORTH)), Area("cells", cells=(SOUTH,)), False),
        (SMALL, BIG, True), (BIG, SMALL, False), (BIG, BIG, True),
        (WEST, Area("cells", cells=(WILLOW,)), True), (WEST, Area("cells", cells=(W,)), True),
        (Area("cells", cells=(W,)), WEST, True), (WEST, BIG, True), (BIG, WEST, False), (SMALL, WEST, True),
    ],
)  # fmt: skip
def test_a_later_ruling_over_all_of_the_area_supersedes_an_earlier_one(
    fresh_db: Store, earlier: Area, later: Area, is_superseded: bool
) -> None:
    first, _ = dispute_in(fresh_db, W, at=NOW)
    second, _ = dispute_in(fresh_db, W, at=NOW)
    ruled(fresh_db, a_ruling(first, scope=ScopeDraft(earlier)))

    done = ruled(fresh_db, a_ruling(second, lead="roads", scope=ScopeDraft(later)), now=LATER + timedelta(hours=1))

    expected = (LATER + timedelta(hours=1), "P2026-0002") if is_superseded else (None, None)
    assert standing(fresh_db, "P2026-0001") == expected
    assert done.superseded == (("P2026-0001",) if is_superseded else ())


def test_a_ruling_on_other_attributes_supersedes_nothing(fresh_db: Store) -> None:
    first, _ = dispute_in(fresh_db, W, at=NOW, attributes='{"road": "trunk"}')
    second, _ = dispute_in(fresh_db, W, at=NOW, attributes='{"road": "trunk"}')
    ruled(fresh_db, a_ruling(first, scope=a_scope(attributes={"road": "trunk"})))
    assert ruled(fresh_db, a_ruling(second)).superseded == ()


def test_a_ruling_in_force_later_supersedes_from_its_day(fresh_db: Store) -> None:
    first, _ = dispute_in(fresh_db, W, at=NOW)
    second, _ = dispute_in(fresh_db, W, at=NOW)
    ruled(fresh_db, a_ruling(first))
    day = LATER + timedelta(days=3)
    ruled(fresh_db, a_ruling(second, effective_from=day))
    assert standing(fresh_db, "P2026-0001") == (day, "P2026-0002")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # The town's own row stands at the district's level: a row of the street beats it everywhere.
        ([("roads", SOUTH)], True),
        ([("order", "2")], True),
        # Half of the area.
        ([("roads", WILLOW)], False),
        # It ends, so it settles nothing for good.
        ([("roads", SOUTH, "2027-01-01T00:00:00Z")], False),
        # In a part another lead beats it; the same lead may.
        ([("roads", SOUTH), ("order", B)], False),
        ([("roads", SOUTH), ("roads", B)], True),
        # A tie over the same street.
        ([("roads", SOUTH), ("order", SOUTH)], False),
        # The district's level ties with the town's own row of another lead.
        ([("order", "1")], False),
    ],
)
def test_a_row_that_settles_the_matter_alone_over_the_whole_area_supersedes(
    fresh_db: Store, rows: list[tuple[str, ...]], expected: bool
) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    ruled(fresh_db, a_ruling(dispute))
    ids = [adopt_row(fresh_db, row[0], place=row[1], until=row[2] if len(row) > 2 else "") for row in rows]

    with fresh_db.app.begin() as conn:
        marked = supersede_settled(conn, row_ids=ids[:1], now=LATER)

    assert marked == (["P2026-0001"] if expected else [])
    assert standing(fresh_db, "P2026-0001") == ((LATER, f"responsibility {ids[0]}") if expected else (None, None))


@pytest.mark.parametrize(
    ("area", "place", "expected"),
    [(WEST, W, True), (WEST, V, False), (SMALL, W, True), (BIG, W, False), (BIG, SOUTH, False)],
)
def test_a_row_must_hold_over_all_of_a_drawn_area(fresh_db: Store, area: Area, place: str, expected: bool) -> None:
    dispute, _ = dispute_in(fresh_db, W, at=NOW)
    ruled(fresh_db, a_ruling(dispute, scope=ScopeDraft(area)))
    row = adopt_row(fresh_db, "roads", place=place)
    with fresh_db.app.begin() as conn:
        assert bool(supersede_settled(conn, row_ids=[row], now=LATER)) == expected


def test_a_superseded_precedent_keeps_its_case_and_is_still_listed(fresh_db: Store) -> None:
    first, case_no = dispute_in(fresh_db, W, at=NOW)
    second, _ = dispute_in(fresh_db, W, at=NOW)
    ruled(fresh_db, a_ruling(first))
    ruled(fresh_db, a_ruling(second, lead="roads"), now=LATER + timedelta(hours=1))
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT precedent FROM case_file WHERE case_no = %s", case_no) == ["P2026-0001"]
        numbers = [one.number for one in list_of_matters(conn, matters=["pothole"])]
    assert numbers == ["P2026-0002", "P2026-0001"]
