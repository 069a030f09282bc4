"""From any figure to exactly the cases that make it: every indicator, of every subject, in every way of asking."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.referring import refer_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.evaluation.answering import contact_citizen, record_call_back
from spatial.cases.evaluation.call_backs import Said, mark_unreasonable
from spatial.cases.evaluation.evaluations import give_score
from spatial.cases.evaluation.fragmentation import list_handed, read_fragments
from spatial.cases.evaluation.indicators import INDICATORS, say
from spatial.cases.evaluation.scores import DIMENSIONS, Asked, Score, list_behind, read_scores
from spatial.cases.evaluation.spans import read_period
from spatial.cases.evaluation.weights import set_weights
from spatial.cases.lifecycle.flexible import appeal_case, extend_case, suspend_case
from spatial.errors import GridmapsError, Invalid
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import add_rows, held
from tests.living import CLERK, HANDLER, OFFICER, OPERATOR, SUPERVISOR, Life, live, utc, with_photo
from tests.worlds import SOUTH, WILLOW, T, V, W

OCTOBER = read_period("2026-10", "Asia/Shanghai")
MONDAY = utc("2026-10-12T09:00")
Late = Callable[[Connection, LockedCase, Random], object]


def _moment(case: LockedCase, hours: float) -> Any:
    return (case.closed_at or case.received_at) + timedelta(hours=hours)


def _give_back(conn: Connection, case: LockedCase, dice: Random) -> None:
    at = _moment(case, 1.5)
    back = return_case(conn, case, unit=None, reason="no", basis="list", own=None, actor=HANDLER, now=at)
    if dice.random() < 0.5 and back.state == "returned":
        dispatch_case(conn, back, lead=None, assisting=None, reason=None, actor=CLERK, now=at + timedelta(hours=1))


def _ask(conn: Connection, case: LockedCase, act: Any, hours: float, actors: tuple[str, ...], **more: Any) -> None:
    for i, actor in enumerate(actors):
        phase, at = "approve" if i else "ask", _moment(case, hours + i)
        act(conn, held(conn, case.case_no), phase=phase, reason="flooded", own=None, actor=actor, now=at, **more)


def _appeal(conn: Connection, case: LockedCase, _: Random) -> None:
    _ask(conn, case, appeal_case, 1, (HANDLER, OPERATOR, SUPERVISOR))


def _extend(conn: Connection, case: LockedCase, _: Random) -> None:
    _ask(conn, case, extend_case, 2, (HANDLER, OPERATOR))


def _suspend(conn: Connection, case: LockedCase, _: Random) -> None:
    _ask(conn, case, suspend_case, 2, (HANDLER, OPERATOR), until=_moment(case, 24 * 90))


def _contact(conn: Connection, case: LockedCase, dice: Random) -> None:
    contact_citizen(conn, case, note=None, own=None, actor=HANDLER, now=_moment(case, dice.choice([3, 40])))


def _call(conn: Connection, case: LockedCase, dice: Random) -> None:
    said = dice.choice([Said("satisfied", "fixed", score=dice.randint(1, 5)), Said("dissatisfied", "not_fixed"),
                        Said("not_reached")])  # fmt: skip
    record_call_back(conn, case, said=said, spoken_by="clerk", actor=OPERATOR, now=_moment(case, 3))
    if said.verdict == "dissatisfied" and dice.random() < 0.5:
        mark_unreasonable(
            conn, held(conn, case.case_no), ordinal=1, is_unreasonable=True, reason="his own lane", actor=SUPERVISOR,
            now=_moment(case, 9),
        )  # fmt: skip


def _score(conn: Connection, case: LockedCase, dice: Random) -> None:
    for subject in ("department", "report"):
        score = dice.randint(1, 5)
        case = give_score(conn, case, subject=subject, score=score, words="", actor=CLERK, now=_moment(case, 2))


def _not_the_governments(conn: Connection, case: LockedCase, _: Random) -> None:
    refer_case(conn, case, nature="market", provider="plumber", actor=CLERK, now=_moment(case, 1))


_LATE: list[Late] = [_give_back, _appeal, _extend, _suspend, _contact, _call, _call, _score, _not_the_governments]


def _a_month(conn: Connection, seed: int, many: int = 36) -> None:
    """Lives as dice have them, each with what may happen to it; an act that does not fit its life is left out."""
    dice = Random(seed)
    with_photo(conn)
    add_rows(conn, "INSERT INTO provider (code, name, kind, contact) VALUES ('plumber', 'Plumber', 'market', '1')")
    for _ in range(many):
        life = Life(
            dice.choice(["litter", "pothole"]), MONDAY + timedelta(hours=dice.randint(-190, 440)),
            source=dice.choice(["grid", "public", "visit"]), is_void=dice.random() < 0.1,
            filed_h=dice.choice([0.25, 0.25, 0.25, None]), is_opened=dice.random() < 0.8,
            closed_h=dice.choice([None, 3.0, 3.0, 30.0, 200.0]), reworks=dice.choice([0, 0, 1]),
            at=dice.choice([W, V, T]),
        )  # fmt: skip
        case = live(conn, life)
        for late in dice.sample(_LATE, 3):
            undone = conn.begin_nested()
            try:
                late(conn, held(conn, case.case_no), dice)
                undone.commit()
            except GridmapsError:
                undone.rollback()


def _behind(conn: Connection, asked: Asked, indicator: str, key: str | None, counted: str, reach: Reach) -> Any:
    return list_behind(conn, asked, indicator=indicator, key=key, counted=counted, reach=reach, limit=5000)


def _check_row(conn: Connection, asked: Asked, row: Score, reach: Reach) -> int:
    checked = 0
    for name, indicator in INDICATORS.items():
        ratio, where = row.ratio(name), (asked.by, row.key, name)
        found = {part: _behind(conn, asked, name, row.key, part, reach) for part in ("denominator", "numerator")}
        assert sum((one.denominator for one in found["denominator"]), Decimal(0)) == ratio.denominator, where
        assert sum((one.numerator for one in found["numerator"]), Decimal(0)) == ratio.numerator, where
        if ratio.denominator or ratio.excluded:
            missed = _behind(conn, asked, name, row.key, "missed", reach)
            lost = sum((one.denominator - (0 if indicator.is_share else one.numerator) for one in missed), Decimal(0))
            assert lost == ratio.denominator - ratio.numerator, where
            excluded = _behind(conn, asked, name, row.key, "excluded", reach)
            assert len(excluded) == ratio.excluded and all(one.cause for one in excluded), where
        checked += bool(ratio.denominator)
    return checked


def _rows(conn: Connection, asked: Asked, reach: Reach) -> list[Score]:
    found = read_scores(conn, asked, reach=reach)
    return found.totals if asked.by == "total" else found.rows


@pytest.mark.parametrize(
    "by", [by if by in ("post", "total") else pytest.param(by, marks=pytest.mark.long) for by in DIMENSIONS]
)
def test_every_figure_of_every_subject_is_the_cases_behind_it(conn: Connection, by: str) -> None:
    _a_month(conn, seed=len(by))
    asked = Asked(OCTOBER, by=by, level="street" if by == "cell" else None)
    rows = _rows(conn, asked, WHOLE_CITY)
    checked = sum(_check_row(conn, asked, row, WHOLE_CITY) for row in rows)
    assert checked > 15, "a month in which nothing could be counted proves nothing"


@pytest.mark.long
def test_a_part_of_the_city_and_a_unit_see_behind_their_own_figures(conn: Connection) -> None:
    _a_month(conn, seed=3)
    for asked, reach in (
        (Asked(OCTOBER, by="department"), Reach((SOUTH,))),
        (Asked(OCTOBER, by="source"), Reach(("roads@",))),
        (Asked(OCTOBER, by="post", cell=WILLOW), WHOLE_CITY),
        (Asked(OCTOBER, by="total", unit="sanitation"), WHOLE_CITY),
    ):
        assert sum(_check_row(conn, asked, row, reach) for row in _rows(conn, asked, reach)) > 5


@pytest.mark.parametrize(("grain", "periods"), [("week", 5), ("day", 31)])
def test_a_part_of_a_period_leads_to_the_cases_of_its_own_days(conn: Connection, grain: str, periods: int) -> None:
    _a_month(conn, seed=11, many=20)
    parts = read_scores(conn, Asked(OCTOBER, grain=grain), reach=WHOLE_CITY).totals
    assert 3 <= len(parts) <= periods
    for part in parts:
        assert part.part is not None
        first = max(part.part, OCTOBER.first)
        last = min(part.part + timedelta(days=6 if grain == "week" else 0), OCTOBER.last)
        own = Asked(type(OCTOBER)(first, last, OCTOBER.zone))
        for name in ("closing", "closing_on_time", "valid_report", "filed_share", "rework", "coverage"):
            found = _behind(conn, own, name, None, "denominator", WHOLE_CITY)
            assert len(found) == part.ratio(name).denominator, (first, name)
            met = _behind(conn, own, name, None, "numerator", WHOLE_CITY)
            assert len(met) == part.ratio(name).numerator, (first, name)


def test_pages_of_a_drill_lose_nothing_and_tell_nothing_twice(conn: Connection) -> None:
    _a_month(conn, seed=5)
    for by, name in (("total", "valid_report"), ("total", "coverage"), ("role", "coverage")):
        asked = Asked(OCTOBER, by=by)
        key = "grid_officer" if by == "role" else None
        more = {"indicator": name, "key": key, "counted": "denominator", "reach": WHOLE_CITY}
        whole = list_behind(conn, asked, limit=5000, **more)  # type: ignore[arg-type]
        paged: list[Any] = []
        while page := list_behind(
            conn,
            asked,
            limit=7,
            after=(paged[-1].at, paged[-1].place) if paged else None,
            **more,  # type: ignore[arg-type]
        ):
            paged += page
        assert paged == whole and len(whole) > 14, (by, name)


def test_how_cases_wander_leads_to_the_dispatches_behind_it(conn: Connection) -> None:
    _a_month(conn, seed=9)
    for reach in (WHOLE_CITY, Reach((SOUTH,))):
        units = read_fragments(conn, span=OCTOBER, reach=reach)
        assert any(one.returned for one in units) or reach is not WHOLE_CITY
        for one in units:
            rows = {
                counted: list_handed(conn, span=OCTOBER, unit=one.key, counted=counted, reach=reach, limit=999)
                for counted in ("dispatches", "cases", "returned", "opened")
            }
            told = {counted: len(found) for counted, found in rows.items()}
            assert (told["dispatches"], told["cases"], told["returned"]) == (one.dispatches, one.cases, one.returned)
            assert Decimal(sum(row.hands for row in rows["cases"])) / told["cases"] == pytest.approx(one.hand_overs)
            hours = [row.opening_hours for row in rows["opened"] if row.opening_hours is not None]
            assert len(hours) == told["opened"]
            if hours and one.opening_hours is not None:
                assert sum(hours) / len(hours) == pytest.approx(one.opening_hours)
    with pytest.raises(Invalid, match="dispatches"):
        list_handed(conn, span=OCTOBER, unit="roads", counted="mood", reach=WHOLE_CITY, limit=1)


def test_what_others_found_first_is_missed_by_whose_ground_it_is(conn: Connection) -> None:
    for source in ("grid", "grid", "grid", "public"):
        live(conn, Life("litter", MONDAY, source=source))
    live(conn, Life("litter", MONDAY, source="public", at=T))  # nobody walks there
    live(conn, Life("litter", MONDAY, source="public", is_void=True))
    whole = _rows(conn, Asked(OCTOBER), WHOLE_CITY)[0]
    assert say(whole.ratio("missed_report").rate) == "40.00%"
    posts = {row.key: row.ratio("missed_report") for row in _rows(conn, Asked(OCTOBER, by="post"), WHOLE_CITY)}
    assert (posts[OFFICER].numerator, posts[OFFICER].denominator) == (1, 4)
    assert (posts[None].numerator, posts[None].denominator) == (1, 1)


def test_units_are_covered_on_days_on_which_somebody_was_there(conn: Connection) -> None:
    add_rows(conn, "SELECT make_check_in_partitions('2026-10-01', 1)")
    add_rows(
        conn,
        f"""
        INSERT INTO check_in (district, id, received_at, account, unit, position, accuracy_m, located_in, counts,
            reason, captured_at)
        SELECT '330199', gen_random_uuid(), at, {OFFICER}, unit, ST_SetSRID(ST_MakePoint(120, 30), 4326), 5, unit,
               counts, 'ok', at
        FROM (VALUES ('{V}', timestamptz '2026-10-12T09:00+08', true), ('{V}', '2026-10-12T10:00+08', true),
              ('{V}', '2026-10-13T23:59+08', true), ('{W}', '2026-10-14T09:00+08', false)) AS said(unit, at, counts)""",
    )
    live(conn, Life("litter", MONDAY, source="grid"))  # in W on the 12th
    live(conn, Life("litter", MONDAY + timedelta(days=2), source="public"))  # a citizen patrols nothing
    week = Asked(read_period("2026-W42", "Asia/Shanghai"), by="cell", level="unit")
    units = {row.key: row.ratio("coverage") for row in _rows(conn, week, WHOLE_CITY)}
    assert (units[W].numerator, units[W].denominator, units[V].numerator) == (1, 7, 2)
    assert T not in units or units[T].denominator == 0, "nobody is posted there"
    total = Asked(week.span, now=utc("2026-10-14T12:00"))
    whole = _rows(conn, total, WHOLE_CITY)[0].ratio("coverage")
    assert (whole.numerator, whole.denominator) == (3, 4), "two units on the two days that are over"
    [officer] = [row for row in _rows(conn, Asked(week.span, by="post"), WHOLE_CITY) if row.key == OFFICER]
    assert (officer.ratio("coverage").numerator, officer.ratio("coverage").denominator) == (3, 14)
    behind = _behind(conn, week, "coverage", V, "numerator", WHOLE_CITY)
    assert [(one.case_no, one.cell, one.at) for one in behind] == [
        (None, V, utc("2026-10-12T00:00")), (None, V, utc("2026-10-13T00:00")),
    ]  # fmt: skip
    assert read_period("2026-W42", "Asia/Shanghai").first == date(2026, 10, 12)


def test_citizens_cases_are_counted_apart_and_three_rates_are_weighed(conn: Connection) -> None:
    with_photo(conn)
    good = live(conn, Life("litter", MONDAY, source="public", closed_h=3.0))
    live(conn, Life("litter", MONDAY, source="public", closed_h=200.0))
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    record_call_back(
        conn, good, said=Said("satisfied", "not_fixed"), spoken_by="clerk", actor=OPERATOR, now=_moment(good, 2)
    )
    whole = _rows(conn, Asked(OCTOBER), WHOLE_CITY)[0]
    assert say(whole.ratio("settled_on_time").rate) == "50.00%" and say(whole.ratio("closing_on_time").rate) == "66.67%"
    # 响应 0 of 2 weighs 20, 解决 0 of 1 weighs 40, 满意 1 of 1 weighs 40
    assert whole.three_rates.score == Decimal("40.00")
    set_weights(conn, dimension="three_rates", weights={"satisfaction": Decimal(1)}, actor=OPERATOR, now=MONDAY)
    assert _rows(conn, Asked(OCTOBER), WHOLE_CITY)[0].three_rates.score == Decimal("100.00")
    nobody = _rows(conn, Asked(OCTOBER, by="total", unit="roads"), WHOLE_CITY)
    assert nobody == [] or nobody[0].three_rates.score is None
