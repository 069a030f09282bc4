"""How sure a decision is never contradicts what it tells of who else may lead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spatial.cases.disputes.precedents import Precedent
from spatial.cases.responsibility.decision import Decision, DutyRow, Ground, Place, Question, Scene
from spatial.cases.responsibility.resolving import decide
from spatial.cases.responsibility.saying import share_words
from spatial.cases.responsibility.scenes import list_scenes
from spatial.cases.rules import Category
from spatial.cases.territory import CellName
from spatial.grid.placement import Candidate, Placement

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TOWN, STREET, UNITS = "330199", "330199001", ("A", "B", "C")
PATHS: dict[str | None, tuple[str, ...]] = {unit: (TOWN, STREET, "330199001001", unit) for unit in UNITS} | {None: ()}
NAMES = {code: CellName(code, code, "unit", None, PATHS.get(code, (code,))) for code in (TOWN, STREET, *UNITS)}
MATTER = Category("litter", "Litter", "", "category", "p", ("litter",), timedelta(1), timedelta(1))
SAMPLES, CERTAIN, VISIBLE = 64, 0.95, 0.005


def a_row(number: int, lead: str, place: Place, **changes: Any) -> DutyRow:
    row = DutyRow(number, "litter", "category", place, lead, (), (), None, "", None, None, None)
    return replace(row, **changes)


def a_precedent(number: int, lead: str, **area: Any) -> Precedent:
    kept: dict[str, Any] = {"area_kind": "cells", "cells": (), "area": None, "radius_m": None} | area
    return Precedent(
        number=f"P{number}", ruling=number, matter="litter", attributes={}, origin=(120.0, 30.0), lead=lead,
        assisting=(), in_force_from=NOW - timedelta(days=number), recorded_at=NOW - timedelta(days=number), **kept,
    )  # fmt: skip


leads = st.sampled_from(["roads", "order", "@street", "@unit"])
units = st.sampled_from([*UNITS, None])
places = st.one_of(
    st.sampled_from(UNITS).map(lambda code: Place("cell", 4, code, code)),
    st.just(Place("level", 2, "street", "Street")),
    st.integers(1, 2).map(lambda n: Place("polygon", None, f"J{n}", f"J{n}", n)),
)
rows = st.lists(st.tuples(leads, places, st.sampled_from([None, None, 1])), max_size=4).map(
    lambda drawn: tuple(a_row(n, lead, place, priority=rank) for n, (lead, place, rank) in enumerate(drawn))
)
areas = st.one_of(
    st.sampled_from([STREET, *UNITS]).map(lambda code: {"cells": (code,)}),
    st.sampled_from([1.0, 9.0]).map(lambda metres: {"area_kind": "radius", "radius_m": metres}),
)
precedents = st.lists(st.tuples(leads, areas), max_size=3).map(
    lambda drawn: [a_precedent(n, lead, **area) for n, (lead, area) in enumerate(drawn)]
)
inside = st.frozensets(st.integers(1, 2))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Scene, ...]:
    """The ways that 64 samples may fall, the position's own first."""
    alike = draw(st.lists(st.tuples(units, inside), min_size=1, max_size=4, unique=True))
    cuts = sorted(draw(st.sets(st.integers(1, SAMPLES - 1), min_size=len(alike) - 1, max_size=len(alike) - 1)))
    counts = [after - before for before, after in zip([0, *cuts], [*cuts, SAMPLES], strict=True)]
    return tuple(Scene(PATHS[unit], held, n / SAMPLES, "x") for (unit, held), n in zip(alike, counts, strict=True))


def decided(
    ways: tuple[Scene, ...], table: tuple[DutyRow, ...], ruled: list[Precedent], certainty: str, doubt: str | None
) -> Decision:
    levels = {"district": 1, "street": 2, "community": 3, "unit": 4}
    ground = Ground(table, ways, NAMES, {}, levels, _LevelNames(), CERTAIN)
    unit = ways[0].path[-1] if ways[0].path else None
    candidates = tuple(Candidate(way.path[-1], way.share) for way in ways if way.path)
    placement = Placement(unit, 1, TOWN, ways[0].path, certainty, candidates)
    question = Question(MATTER, 120.0, 30.0, 8.0, placement, {}, NOW, NOW, doubt)
    return decide(question, ground, lambda: ruled, revision=1)


class _LevelNames(dict[int, Any]):
    def __missing__(self, rank: int) -> Any:
        return type("Named", (), {"key": "street", "name": "Street", "name_zh": ""})


certainties = st.sampled_from(["certain", "ambiguous"])
doubts = st.sampled_from([None, None, "the form begins here"])


@settings(max_examples=60, deadline=None)
@given(scenes(), rows, precedents, certainties, doubts)
def test_certainty_and_alternatives_never_contradict_one_another(
    ways: tuple[Scene, ...], table: tuple[DutyRow, ...], ruled: list[Precedent], certainty: str, doubt: str | None
) -> None:
    said = decided(ways, table, ruled, certainty, doubt)
    others = [one.lead.ref for one in said.alternatives]
    assert len(set(others)) == len(others) and all(VISIBLE <= one.share <= 1.0 for one in said.alternatives)
    open_place = {reason.rule for reason in said.reasons} & {"fallback", "outside"}
    if said.certainty == "certain":
        assert said.lead is not None and not others and not open_place
    elif said.certainty == "ambiguous":
        assert len({*others, *([said.lead.ref] if said.lead else [])}) >= 2 or open_place
    else:
        assert said.lead is None and not others
    assert said.lead is None or said.lead.ref not in others


@settings(max_examples=25, deadline=None)
@given(scenes(), leads.filter(lambda lead: lead != "@unit"), precedents, certainties)
def test_one_lead_that_has_all_weight_is_certain_in_however_many_units(
    ways: tuple[Scene, ...], lead: str, ruled: list[Precedent], certainty: str
) -> None:
    in_city = tuple(replace(way, path=way.path or PATHS["A"]) for way in ways)
    said = decided(in_city, (a_row(1, lead, Place("level", 1, "district", "District")),), ruled, certainty, None)
    assert said.certainty == "certain" and said.lead is not None and not said.alternatives


def test_of_two_precedents_on_a_place_the_newest_decides_and_is_certain() -> None:
    newer, older = a_precedent(1, "roads", cells=("A",)), a_precedent(2, "order", area_kind="radius", radius_m=9.0)
    said = decided((Scene(PATHS["A"], frozenset(), 1.0),), (), [older, newer], "ambiguous", None)
    assert (said.precedent, said.certainty, said.alternatives) == ("P1", "certain", ())
    assert [(one.id, one.why) for one in said.rejected] == [("P2", "older")]


def test_a_lead_that_only_shares_a_claim_beyond_the_edge_has_no_more_than_its_own_part() -> None:
    table = (a_row(1, "roads", Place("cell", 4, "A", "A")), *_claims("B"))
    ways = (Scene(PATHS["A"], frozenset(), 0.75), Scene(PATHS["B"], frozenset(), 0.25, "25% lies in B"))
    said = decided(ways, table, [], "ambiguous", None)
    assert said.certainty == "ambiguous"
    assert [(one.lead.ref, one.share, one.says) for one in said.alternatives] == [("order", 0.25, "25% lies in B")]


def test_whoever_leads_beyond_the_edge_is_told_beside_those_who_claim_it_here() -> None:
    table = (a_row(1, "@street", Place("cell", 4, "A", "A")), *_claims("B"))
    ways = (Scene(PATHS["B"], frozenset(), 0.75), Scene(PATHS["A"], frozenset(), 0.25, "25% lies in A"))
    said = decided(ways, table, [], "ambiguous", None)
    told = [(one.lead.ref, one.share) for one in said.alternatives]
    assert told == [("order", 0.75), ("roads", 0.75), (f"@{STREET}", 0.25)]


def test_what_lies_outside_the_city_is_told_and_leaves_the_only_lead_uncertain() -> None:
    ways = (Scene(PATHS["A"], frozenset(), 0.75), Scene((), frozenset(), 0.25))
    said = decided(ways, (a_row(1, "roads", Place("cell", 4, "A", "A")),), [], "ambiguous", None)
    assert said.certainty == "ambiguous" and not said.alternatives
    assert said.reasons[-1].says == "25% of the accuracy lies outside the city"


def test_a_place_smaller_than_the_gaps_between_samples_keeps_a_part_of_its_own() -> None:
    placement = Placement("A", 1, TOWN, PATHS["A"], "ambiguous", (Candidate("B", 1.0),))
    question = Question(MATTER, 120.0, 30.0, 150.0, placement, {}, NOW, NOW)
    own, other = list_scenes(question, [], None, NAMES)
    assert round(own.share, 4) == 0.0154 and own.share + other.share == 1.0
    assert other.says == "98% of the accuracy lies in B (B)"


def test_no_part_is_told_as_nothing_or_as_the_whole() -> None:
    assert [share_words(share)[0] for share in (0.001, 0.015, 0.994, 0.996, 1.0)] == [
        "under 1%", "2%", "99%", "over 99%", "over 99%",
    ]  # fmt: skip


def _claims(unit: str) -> tuple[DutyRow, ...]:
    return tuple(a_row(n, lead, Place("cell", 4, unit, unit)) for n, lead in ((7, "roads"), (8, "order")))
