"""Which precedent decides: the newest that is in force, alike in all that was asked, and about this place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.disputes.precedents import WHY_NOT, Precedent, choose

DAY_0 = datetime(2026, 3, 1, tzinfo=UTC)
HERE = (120.0015, 30.0015)
PATH = ("330199", "330199001", "330199001001", "330199001001001")
MATTERS = ("pothole", "road_class", "public_works")
KEYS = ("road", "owner", "size")


def day(n: float) -> datetime:
    """A moment n days after the first."""
    return DAY_0 + timedelta(days=n)


def a_precedent(**changes: Any) -> Precedent:
    """One that decides here from the first day on, with changes."""
    fields: dict[str, Any] = {
        "number": "P2026-0001", "ruling": 1, "matter": "pothole", "attributes": {}, "area_kind": "cells",
        "cells": ("330199001",), "area": None, "radius_m": None, "origin": HERE, "lead": "roads", "assisting": (),
        "in_force_from": DAY_0, "recorded_at": DAY_0,
    }  # fmt: skip
    return Precedent(**fields | changes)


def asked(precedents: list[Precedent], **changes: Any) -> tuple[Precedent | None, dict[str, str]]:
    """Choose for a case here on day 10; answers the chosen and the reasons of the others by number."""
    question: dict[str, Any] = {
        "matters": MATTERS, "attributes": {"road": "trunk"}, "path": PATH, "lon": HERE[0], "lat": HERE[1],
        "at": day(10), "known_at": day(10),
    }  # fmt: skip
    chosen, rejected = choose(precedents, **question | changes)
    return chosen, {precedent.number: why for precedent, why in rejected}


attributes = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["a", "b"]), max_size=3)
moments = st.integers(min_value=-3, max_value=20).map(day)


@st.composite
def libraries(draw: st.DrawFn) -> list[Precedent]:
    """Some precedents of every kind, numbered without a repeat."""
    count = draw(st.integers(min_value=0, max_value=6))
    return [
        a_precedent(
            number=f"P2026-{n:04d}",
            matter=draw(st.sampled_from([*MATTERS, "litter"])),
            attributes=draw(attributes),
            cells=(draw(st.sampled_from(["330199", "330199001", "330199002"])),),
            in_force_from=draw(moments),
            recorded_at=draw(moments),
            superseded_at=(over := draw(st.none() | moments)),
            superseded_by="P2026-9999" if over else None,
        )
        for n in range(count)
    ]


@given(libraries(), attributes, moments, moments)
def test_the_newest_of_those_that_fit_decides_and_every_other_says_why_not(
    precedents: list[Precedent], has: dict[str, str], at: datetime, known_at: datetime
) -> None:
    chosen, why = asked(precedents, attributes=has, at=at, known_at=known_at)

    fitting = [
        p
        for p in precedents
        if p.matter in MATTERS
        and all(has.get(key) == value for key, value in p.attributes.items())
        and p.cells[0] in PATH
        and p.in_force_from <= at
        and p.recorded_at <= known_at
        and not (p.superseded_at and p.superseded_at <= at and p.superseded_at <= known_at)
    ]
    assert chosen == (max(fitting, key=lambda p: (p.in_force_from, p.recorded_at, p.number)) if fitting else None)
    assert set(why) == {p.number for p in precedents} - ({chosen.number} if chosen else set())
    assert set(why.values()) <= set(WHY_NOT)


@given(libraries(), attributes, moments)
def test_what_is_recorded_later_never_changes_what_was_known(
    precedents: list[Precedent], has: dict[str, str], known_at: datetime
) -> None:
    known = [p for p in precedents if p.recorded_at <= known_at]

    with_all, _ = asked(precedents, attributes=has, known_at=known_at)
    with_known, _ = asked(known, attributes=has, known_at=known_at)

    assert with_all == with_known


def test_every_attribute_must_be_the_cases_own() -> None:
    precedent = a_precedent(attributes={"road": "trunk", "owner": "city"})

    assert asked([precedent], attributes={"road": "trunk"}) == (None, {"P2026-0001": "attributes"})
    assert asked([precedent], attributes={"road": "trunk", "owner": "street"}) == (None, {"P2026-0001": "attributes"})
    assert asked([precedent], attributes={"road": "trunk", "owner": "city", "size": "1"})[0] == precedent


def test_a_superseded_one_decides_for_those_who_could_not_know_it() -> None:
    old = a_precedent(superseded_at=day(5), superseded_by="P2026-0002")

    assert asked([old]) == (None, {"P2026-0001": "superseded"})
    assert asked([old], at=day(4), known_at=day(4))[0] == old
    assert asked([old], at=day(10), known_at=day(4))[0] == old


def test_a_matter_above_decides_and_a_matter_beside_does_not() -> None:
    assert asked([a_precedent(matter="public_works")])[0] is not None
    assert asked([a_precedent(matter="litter")]) == (None, {"P2026-0001": "other_matter"})


@pytest.mark.parametrize(("lon", "inside"), [(120.0, True), (119.99999, False), (120.003, False), (120.00299, True)])
def test_a_polygon_takes_its_western_border_and_leaves_its_eastern(lon: float, inside: bool) -> None:
    drawn = a_precedent(area_kind="polygon", cells=(), area=shapely.box(120.0, 30.0, 120.003, 30.003))

    chosen, _ = asked([drawn], lon=lon)

    assert (chosen is not None) == inside


@pytest.mark.parametrize(("metres_north", "inside"), [(0, True), (99, True), (101, False)])
def test_a_radius_is_counted_along_the_ground_from_where_it_was_ruled(metres_north: float, inside: bool) -> None:
    around = a_precedent(area_kind="radius", cells=(), radius_m=100.0)

    chosen, why = asked([around], lat=HERE[1] + metres_north / 110_850)

    assert (chosen is not None) == inside
    assert inside or why == {"P2026-0001": "elsewhere"}
