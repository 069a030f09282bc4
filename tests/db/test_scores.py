"""The figures of a period against a handful of cases whose moments are known by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.returning import return_case
from spatial.cases.evaluation.answering import contact_citizen, record_call_back
from spatial.cases.evaluation.call_backs import Said, list_call_backs, list_waiting, mark_unreasonable
from spatial.cases.evaluation.evaluations import evaluate_case, give_score, list_evaluations, list_missing
from spatial.cases.evaluation.fragmentation import read_fragments
from spatial.cases.evaluation.indicators import say
from spatial.cases.evaluation.scores import Asked, Score, list_behind, list_excluded, read_scores
from spatial.cases.evaluation.settling import settle_case
from spatial.cases.evaluation.spans import read_period
from spatial.cases.evaluation.weights import read_weights, set_weights
from spatial.cases.lifecycle.ending import merge_case, void_case
from spatial.cases.lifecycle.flexible import appeal_case
from spatial.errors import Conflict, IllegalAct, Invalid, NotFound
from spatial.store.events import list_events
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import add_rows, held
from tests.living import CLERK, HANDLER, OPERATOR, SUPERVISOR, Life, close, live, utc, with_photo
from tests.worlds import NORTH, SOUTH, T, W

OCTOBER = read_period("2026-10", "Asia/Shanghai")
MONDAY = utc("2026-10-12T09:00")
HAPPY = Said("satisfied", "fixed")
ANGRY = Said("dissatisfied", "not_fixed", "The bag is still there.")


def _whole(conn: Connection, by: str = "total", reach: Reach = WHOLE_CITY) -> dict[str | None, Score]:
    found = read_scores(conn, Asked(OCTOBER, by=by), reach=reach)
    return {row.key: row for row in (found.rows if by != "total" else found.totals)}


def _told(score: Score, indicator: str) -> tuple[int, int, str]:
    one = score.ratio(indicator)
    return int(one.numerator), int(one.denominator), say(one.rate)


def _closed(conn: Connection, source: str = "public", **more: object) -> LockedCase:
    with_photo(conn)
    return live(conn, Life("litter", MONDAY, source=source, closed_h=3.0, **more))  # type: ignore[arg-type]


def _call(conn: Connection, case: LockedCase, said: Said, *, hours: float, by: str = "clerk") -> LockedCase:
    at = MONDAY + timedelta(hours=hours)
    return record_call_back(conn, case, said=said, spoken_by=by, actor=OPERATOR, now=at)


def test_nothing_is_told_of_a_period_in_which_nothing_happened(conn: Connection) -> None:
    _closed(conn)
    found = read_scores(conn, Asked(read_period("2025-01", "Asia/Shanghai"), by="department"), reach=WHOLE_CITY)
    assert found.rows == [] and found.totals == []


def test_a_handful_of_cases_is_counted_as_by_hand(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    live(conn, Life("litter", MONDAY, closed_h=3.0, reworks=1, at=T))
    live(conn, Life("litter", MONDAY, closed_h=200.0))  # a day is the limit
    live(conn, Life("pothole", MONDAY))
    live(conn, Life("litter", MONDAY, is_void=True))
    whole = _whole(conn)[None]
    assert _told(whole, "closing") == (3, 4, "75.00%")
    assert _told(whole, "closing_on_time") == (2, 4, "50.00%")
    assert _told(whole, "rework") == (1, 3, "33.33%")
    assert _told(whole, "valid_report") == (4, 5, "80.00%")
    assert _told(whole, "filing") == (4, 4, "100.00%")
    assert _told(whole, "receiving") == (4, 4, "100.00%")
    assert _told(whole, "extension") == (0, 4, "0.00%")
    assert _told(whole, "satisfaction") == (0, 0, "无")
    units = _whole(conn, "department")
    assert _told(units["sanitation"], "closing") == (3, 3, "100.00%")
    assert _told(units["roads"], "closing") == (0, 1, "0.00%")
    assert units["roads"].name_zh == "市政"
    posts = _whole(conn, "post")
    assert _told(posts[HANDLER], "rework") == (1, 3, "33.33%")
    assert posts[HANDLER].name == "Hanna Handler"
    assert _told(_whole(conn, "role")["department_handler"], "closing") == (3, 4, "75.00%")


def test_a_period_in_parts_adds_up_to_the_whole(conn: Connection) -> None:
    with_photo(conn)
    for day in (12, 13, 21):
        live(conn, Life("litter", utc(f"2026-10-{day}T09:00"), closed_h=3.0))
    parts = read_scores(conn, Asked(OCTOBER, grain="week"), reach=WHOLE_CITY).totals
    filed = {str(part.part): int(part.ratio("filed_share").numerator) for part in parts}
    assert filed == {"2026-09-28": 0, "2026-10-05": 0, "2026-10-12": 2, "2026-10-19": 1, "2026-10-26": 0}
    assert parts[0].ratio("coverage").denominator == 2 * 4, "two units, and of that week the four days of October"


def test_what_is_closed_behind_the_end_of_the_period_was_not_closed_in_it(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", utc("2026-10-29T09:00"), closed_h=96.0))
    assert _told(_whole(conn)[None], "closing") == (0, 1, "0.00%")


def test_a_street_sees_its_own_and_a_department_itself(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    live(conn, Life("pothole", MONDAY, closed_h=3.0, at=T))
    assert set(_whole(conn, "department", Reach((SOUTH,)))) == {"sanitation"}
    assert set(_whole(conn, "department", Reach((NORTH,)))) == {"roads"}
    assert set(_whole(conn, "department", Reach(("roads@",)))) == {"roads"}
    assert _whole(conn, "department", Reach((f"roads@{SOUTH}",))) == {}
    assert _whole(conn, "department", Reach(())) == {}


def test_a_department_sees_the_dispatch_that_it_sent_back(conn: Connection) -> None:
    case = live(conn, Life("pothole", MONDAY, is_opened=False))
    back = return_case(
        conn, case, unit=None, reason="not ours", basis="duty list", own=None, actor=HANDLER,
        now=MONDAY + timedelta(hours=1),
    )  # fmt: skip
    assert back.lead is None
    mine = _whole(conn, "department", Reach(("roads@",)))
    assert _told(mine["roads"], "return") == (1, 1, "100.00%")
    assert _told(mine["roads"], "dispatch_accuracy") == (0, 1, "0.00%")
    [fragments] = read_fragments(conn, span=OCTOBER, reach=Reach(("roads@",)))
    assert (fragments.key, fragments.returned_share, fragments.opening_hours) == ("roads", 1, None)


def test_what_nobody_could_help_is_listed_and_does_not_count(conn: Connection) -> None:
    with_photo(conn)
    late = live(conn, Life("litter", MONDAY, closed_h=200.0))
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    for hours, phase, actor in ((210, "ask", HANDLER), (220, "approve", OPERATOR), (230, "approve", SUPERVISOR)):
        appeal_case(
            conn, held(conn, late.case_no), phase=phase, reason="the road was flooded", own=None, actor=actor,
            now=MONDAY + timedelta(hours=hours),
        )  # fmt: skip
        assert _whole(conn)[None].ratio("closing_on_time").excluded == (phase == "approve" and actor == SUPERVISOR)
    whole = _whole(conn)[None]
    assert _told(whole, "closing_on_time") == (1, 1, "100.00%") and whole.ratio("closing_on_time").excluded == 1
    [behind] = list_behind(
        conn, Asked(OCTOBER), indicator="closing_on_time", key=None, counted="excluded", reach=WHOLE_CITY, limit=9
    )
    assert (behind.case_no, behind.cause) == (late.case_no, "appeal")
    assert read_scores(conn, Asked(OCTOBER), reach=WHOLE_CITY).causes == {"appeal": 1}


def test_not_fixed_is_closed_and_stands_beside_what_was_fixed(conn: Connection) -> None:
    with_photo(conn)
    for outcome in ("fixed", "fixed", "not_fixed", "not_possible", "no_action_needed", "not_found"):
        live(conn, Life("litter", MONDAY, closed_h=3.0, outcome=outcome))
    live(conn, Life("litter", MONDAY))
    whole = _whole(conn)[None]
    assert _told(whole, "closing") == (6, 7, "85.71%")
    assert _told(whole, "fixed") == (2, 4, "50.00%")  # where nothing was to be fixed, nobody fixed or failed to
    live(conn, Life("litter", utc("2026-10-29T09:00"), closed_h=96.0))  # closed behind the end: not closed in it
    assert _told(_whole(conn)[None], "fixed") == (2, 4, "50.00%")
    asked: dict[str, Any] = {"key": None, "reach": WHOLE_CITY, "limit": 9}
    missed = list_behind(conn, Asked(OCTOBER), indicator="fixed", counted="missed", **asked)
    assert len(missed) == 2


def test_what_is_void_or_joined_after_filing_owes_no_closing_and_stays_listed(conn: Connection) -> None:
    with_photo(conn)
    into = live(conn, Life("litter", MONDAY, closed_h=None))
    live(conn, Life("litter", MONDAY, is_void=True))  # before it was filed: it was never due
    early = live(conn, Life("litter", MONDAY, filed_h=None))
    merge_case(conn, early, into=into, reason="the same", actor=CLERK, now=MONDAY + timedelta(hours=1))
    assert _told(_whole(conn)[None], "closing") == (0, 1, "0.00%")
    assert read_scores(conn, Asked(OCTOBER), reach=WHOLE_CITY).causes == {}
    for end in ("void", "merged"):
        case = live(conn, Life("pothole", MONDAY, is_opened=False))
        at = MONDAY + timedelta(hours=90)
        case = return_case(conn, case, unit=None, reason="not ours", basis="list", own=None, actor=HANDLER, now=at)
        if end == "void":
            void_case(conn, case, reason="late", actor=CLERK, now=at)
        else:
            merge_case(conn, case, into=held(conn, into.case_no), reason="the same", actor=CLERK, now=at)
    found = read_scores(conn, Asked(OCTOBER), reach=WHOLE_CITY)
    [whole] = found.totals
    assert (_told(whole, "closing"), whole.ratio("closing").excluded) == ((0, 1, "0.00%"), 2)
    assert found.causes == {"void": 1, "merged": 1}
    listed = list_excluded(conn, Asked(OCTOBER), reach=WHOLE_CITY, limit=9)
    assert sorted(one.cause for one in listed) == ["merged", "void"]


def test_every_figure_lists_as_many_cases_as_it_counts(conn: Connection) -> None:
    _call(conn, _closed(conn), HAPPY, hours=5)
    live(conn, Life("pothole", MONDAY))
    for by in ("department", "source", "cell", "taxonomy", "post"):
        for key, score in _whole(conn, by).items():
            for name, ratio in score.ratios.items():
                if name == "filed_share" or name.endswith("_score"):
                    continue
                missed = ratio.denominator - ratio.numerator
                for counted, wanted in (("numerator", ratio.numerator), ("missed", missed)):
                    asked = {"indicator": name, "key": key, "counted": counted, "limit": 99}
                    found = list_behind(conn, Asked(OCTOBER, by=by), **asked, reach=WHOLE_CITY)  # type: ignore[arg-type]
                    assert len(found) == wanted, (by, key, name, counted)


def test_an_unknown_dimension_level_grain_or_indicator_is_refused(conn: Connection) -> None:
    for asked in (Asked(OCTOBER, by="mood"), Asked(OCTOBER, level="moon"), Asked(OCTOBER, grain="hour")):
        with pytest.raises(Invalid, match="there are|choose"):
            read_scores(conn, asked, reach=WHOLE_CITY)
    with pytest.raises(Invalid, match="closing_on_time"):
        list_behind(conn, Asked(OCTOBER), indicator="mood", key=None, counted="numerator", reach=WHOLE_CITY, limit=1)


def test_weights_are_followed_and_not_changed(conn: Connection) -> None:
    before = read_weights(conn, at=MONDAY)
    later = MONDAY + timedelta(days=30)
    set_weights(conn, dimension="department", weights={"closing": Decimal(1)}, actor=OPERATOR, now=later)
    assert read_weights(conn, at=MONDAY) == before
    assert read_weights(conn, at=later)["department"] == {"closing": Decimal(1)}
    with pytest.raises(Invalid, match="no merit"):
        set_weights(conn, dimension="department", weights={"filing": Decimal(1)}, actor=OPERATOR, now=later)
    with pytest.raises(Invalid, match="no indicator"):
        set_weights(conn, dimension="department", weights={"mood": Decimal(1)}, actor=OPERATOR, now=later)


def test_a_satisfied_call_back_ends_there(conn: Connection) -> None:
    case = _call(conn, _closed(conn), HAPPY, hours=5)
    assert case.state == "called_back"
    assert _told(_whole(conn)[None], "satisfaction") == (1, 1, "100.00%")
    assert _told(_whole(conn)[None], "resolution") == (1, 1, "100.00%")
    assert _told(_whole(conn)[None], "called_back") == (1, 1, "100.00%")
    assert _whole(conn, "department")["sanitation"].ratio("satisfaction").denominator == 1
    with pytest.raises(Conflict, match="has said"):
        _call(conn, case, ANGRY, hours=6, by="citizen")


def test_a_dissatisfied_call_back_reopens_once_and_the_next_comes_before_the_supervisor(conn: Connection) -> None:
    case = _closed(conn)
    before = case.due_at
    again = _call(conn, case, ANGRY, hours=5)
    assert (again.state, again.lead, again.reopens) == ("handling", "sanitation", 1)
    assert again.due_at is not None and before is not None and again.due_at > before
    closed = close(conn, again, Life("litter", MONDAY), MONDAY + timedelta(hours=8))
    twice = _call(conn, closed, ANGRY, hours=9, by="citizen")
    assert twice.state == "called_back"
    assert [one.led_to for one in list_call_backs(conn, case.key)] == ["reopened", "supervisor"]
    [waiting] = list_waiting(conn, reach=WHOLE_CITY, limit=9)
    assert waiting.case_no == case.case_no
    assert list_waiting(conn, reach=Reach((NORTH,)), limit=9) == []
    when = MONDAY + timedelta(hours=10)
    settle_case(conn, twice, outcome="stays_closed", reason="It is swept daily.", actor=SUPERVISOR, now=when)
    assert list_waiting(conn, reach=WHOLE_CITY, limit=9) == []
    assert _told(_whole(conn)[None], "satisfaction") == (0, 2, "0.00%")
    assert _told(_whole(conn)[None], "redo") == (1, 2, "50.00%")


def test_how_often_a_call_back_reopens_is_a_setting(conn: Connection) -> None:
    add_rows(conn, "UPDATE setting SET value = '0' WHERE key = 'reopens_by_call_back'")
    assert _call(conn, _closed(conn), ANGRY, hours=5).state == "called_back"


def test_whoever_is_not_reached_is_tried_again_and_counts_for_nothing(conn: Connection) -> None:
    case = _closed(conn)
    nobody = Said("not_reached")
    assert _call(conn, case, nobody, hours=5).state == "closed"
    assert _call(conn, held(conn, case.case_no), nobody, hours=26).state == "closed"
    last = _call(conn, held(conn, case.case_no), nobody, hours=50)
    assert last.state == "called_back"
    assert _told(_whole(conn)[None], "satisfaction") == (0, 0, "无")
    assert _call(conn, last, HAPPY, hours=51, by="citizen").state == "called_back"
    assert _told(_whole(conn)[None], "satisfaction") == (1, 1, "100.00%")


def test_an_unreasonable_demand_counts_for_nobody_and_stays_listed(conn: Connection) -> None:
    case = _call(conn, _closed(conn), Said("satisfied", "not_fixed"), hours=5)
    assert _told(_whole(conn)[None], "resolution") == (0, 1, "0.00%")
    mark_unreasonable(
        conn, case, ordinal=1, is_unreasonable=True, reason="he wants the street for himself", actor=OPERATOR,
        now=MONDAY + timedelta(hours=9),
    )  # fmt: skip
    whole = _whole(conn)[None]
    assert _told(whole, "resolution") == (0, 0, "无") and whole.ratio("resolution").excluded == 1
    [listed] = list_call_backs(conn, case.key)
    assert listed.is_unreasonable and listed.marked_by == OPERATOR
    with pytest.raises(NotFound):
        mark_unreasonable(
            conn, case, ordinal=7, is_unreasonable=True, reason="x", actor=OPERATOR, now=MONDAY + timedelta(hours=9)
        )


@pytest.mark.parametrize(
    ("said", "field"),
    [(Said("happy", "fixed"), "verdict"), (Said("satisfied"), "outcome"), (Said("satisfied", "good"), "outcome"),
     (Said("not_reached", "fixed"), "outcome"), (Said("not_reached", score=3), "score")],
)  # fmt: skip
def test_a_call_back_that_says_nothing_is_refused(conn: Connection, said: Said, field: str) -> None:
    case = _closed(conn)
    with pytest.raises(Invalid) as refused:
        _call(conn, case, said, hours=5)
    assert refused.value.field == field


def test_what_is_not_closed_is_not_called_back(conn: Connection) -> None:
    with pytest.raises(IllegalAct):
        _call(conn, live(conn, Life("litter", MONDAY, source="public")), HAPPY, hours=5)


def test_words_of_a_call_back_are_in_no_event(conn: Connection) -> None:
    case = _call(conn, _closed(conn), ANGRY, hours=5)
    events = list_events(conn, district=case.district, subject="case", subject_id=case.case_no)
    assert [event.kind for event in events[-2:]] == ["case.called_back", "case.reopened"]
    assert "still there" not in str([event.payload for event in events])


def _score(conn: Connection, case: LockedCase, subject: str, score: int, *, actor: str = CLERK) -> LockedCase:
    at = MONDAY + timedelta(hours=10)
    return give_score(conn, case, subject=subject, score=score, words="", actor=actor, now=at)


def test_a_citizens_case_is_evaluated_when_all_sides_have_scored_behind_the_call_back(conn: Connection) -> None:
    case = _closed(conn)
    assert list_missing(conn, case) == ["call_back", "result", "department", "report"]
    with pytest.raises(Conflict, match="call_back"):
        evaluate_case(conn, case, actor=CLERK, now=MONDAY + timedelta(hours=4))
    case = _call(conn, case, HAPPY, hours=5)
    case = _score(conn, case, "result", 5)
    case = _score(conn, case, "department", 3)
    assert (case.state, list_missing(conn, case)) == ("called_back", ["report"])
    case = _score(conn, case, "report", 4)
    assert case.state == "evaluated"
    about = {one.subject: (one.score, one.unit, one.about) for one in list_evaluations(conn, case.key)}
    assert about["department"] == (3, "sanitation", HANDLER) and about["report"][2] == "public"
    assert _told(_whole(conn)[None], "department_score") == (3, 5, "60.00%")


def test_a_grid_case_needs_no_call_back(conn: Connection) -> None:
    case = _closed(conn, source="grid")
    case = _score(conn, _score(conn, case, "department", 4), "report", 4)
    assert case.state == "evaluated"


def test_a_result_that_nobody_was_reached_to_judge_need_not_be_scored(conn: Connection) -> None:
    add_rows(conn, "UPDATE setting SET value = '1' WHERE key = 'call_back_attempts'")
    case = _call(conn, _closed(conn), Said("not_reached"), hours=5)
    assert list_missing(conn, case) == ["department", "report"]


def test_nobody_scores_twice_or_beyond_the_points_or_before_the_end(conn: Connection) -> None:
    case = _score(conn, _closed(conn), "department", 4)
    for subject, score, error in (("department", 5, Conflict), ("report", 6, Invalid), ("mood", 3, Invalid)):
        with pytest.raises(error):
            _score(conn, case, subject, score)
    with pytest.raises(Conflict, match="closed"):
        _score(conn, live(conn, Life("litter", MONDAY, at=W)), "report", 3)


def test_a_reopened_case_is_scored_anew(conn: Connection) -> None:
    case = _score(conn, _closed(conn), "department", 5)
    again = _call(conn, case, ANGRY, hours=5)
    closed = close(conn, again, Life("litter", MONDAY), MONDAY + timedelta(hours=8))
    _score(conn, closed, "department", 2)
    assert [one.score for one in list_evaluations(conn, case.key)] == [5, 2]


def test_hand_overs_and_waiting_are_counted_by_unit(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("pothole", MONDAY))
    [one] = read_fragments(conn, span=OCTOBER, reach=WHOLE_CITY)
    assert (one.key, one.name_zh, one.cases, one.dispatches, one.returned) == ("roads", "市政", 1, 1, 0)
    assert one.hand_overs == 1 and one.returned_share == 0
    assert one.opening_hours is not None and round(one.opening_hours * 60) == 10
    assert one.acceptance_hours is not None and round(one.acceptance_hours * 60) == 20


def test_a_citizen_scores_with_his_answer_also_where_it_reopens(conn: Connection) -> None:
    again = _call(conn, _closed(conn), Said("dissatisfied", "not_fixed", score=1), hours=5, by="citizen")
    assert again.state == "handling"
    assert [(one.subject, one.score, one.cycle) for one in list_evaluations(conn, again.key)] == [("result", 1, 0)]


def test_the_citizens_answer_evaluates_what_all_others_have_scored(conn: Connection) -> None:
    case = _score(conn, _score(conn, _closed(conn), "department", 4), "report", 4)
    assert case.state == "closed"
    assert _call(conn, case, Said("satisfied", "fixed", score=5), hours=11, by="citizen").state == "evaluated"


def test_a_unit_that_speaks_with_the_citizen_in_time_has_responded(conn: Connection) -> None:
    soon, late = (live(conn, Life("litter", MONDAY, source="public")) for _ in range(2))
    for case, hours in ((soon, 20.0), (late, 30.0)):
        contact_citizen(conn, case, note=None, own=None, actor=HANDLER, now=MONDAY + timedelta(hours=hours))
    live(conn, Life("litter", MONDAY))
    assert _told(_whole(conn)[None], "response") == (1, 2, "50.00%")
    again = held(conn, soon.case_no)
    with pytest.raises(Conflict, match="contacted already"):
        contact_citizen(conn, again, note=None, own=None, actor=HANDLER, now=MONDAY + timedelta(hours=40))
