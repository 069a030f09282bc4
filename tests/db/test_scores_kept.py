"""A period that was told is told the same again, whatever comes back; what is not due yet is missed by nobody."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.disputing import dispute_case
from spatial.cases.disputes.referring import recall_case, refer_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.disputes.rulings import RulingDraft, rule
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.evaluation.fragmentation import read_fragments
from spatial.cases.evaluation.scores import Asked, list_behind, read_scores
from spatial.cases.evaluation.spans import Span, read_period
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import reopen_case, void_case
from spatial.cases.lifecycle.flexible import resume_due, suspend_case
from spatial.cases.lifecycle.handling import submit_case
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import add_rows, held, new_photo
from tests.living import CLERK, HANDLER, OFFICER, OPERATOR, Life, close, live, utc, with_photo
from tests.worlds import SOUTH, T

OCTOBER = read_period("2026-10", "Asia/Shanghai")
NOVEMBER = read_period("2026-11", "Asia/Shanghai")
MONDAY = utc("2026-10-12T09:00")
_PROVIDER = "INSERT INTO provider (code, kind, name, contact) VALUES ('fixit', 'market', 'Fix it', '1')"
FIGURES = ("closing", "closing_on_time", "handling_on_time", "fixed", "called_back", "rework")


def told(conn: Connection, span: Span, *, now: datetime | None = None) -> dict[str, tuple[int, int]]:
    """Numerators and denominators of a period, by indicator."""
    scores = read_scores(conn, Asked(span, now=now), reach=WHOLE_CITY)
    found = scores.totals[0].ratios if scores.totals else {}
    return {name: (int(one.numerator), int(one.denominator)) for name, one in found.items()}


def test_a_case_that_comes_back_later_leaves_the_figures_of_the_month_in_which_it_was_late(conn: Connection) -> None:
    with_photo(conn)
    late = live(conn, Life("litter", MONDAY, source="public", closed_h=200.0, reworks=1))
    before = told(conn, OCTOBER)
    assert before["closing_on_time"] == (0, 1) and before["closing"] == (1, 1) and before["rework"] == (1, 1)
    back = reopen_case(conn, late, reason="Again", actor=OPERATOR, now=utc("2026-11-03T09:00"))
    assert {name: told(conn, OCTOBER).get(name) for name in FIGURES} == {name: before.get(name) for name in FIGURES}
    close(conn, back, Life("litter", MONDAY), utc("2026-11-03T11:00"))
    assert {name: told(conn, OCTOBER).get(name) for name in FIGURES} == {name: before.get(name) for name in FIGURES}
    after = told(conn, NOVEMBER)
    assert after["closing"] == after["closing_on_time"] == after["handling_on_time"] == (1, 1)
    assert "filing" not in after and "valid_report" not in after  # it came once
    [behind] = list_behind(
        conn, Asked(OCTOBER), indicator="closing_on_time", key=None, counted="missed", reach=WHOLE_CITY, limit=9
    )
    assert behind.case_no == late.case_no


def test_a_case_that_comes_back_in_the_month_is_due_once_in_it_and_stays_late(conn: Connection) -> None:
    with_photo(conn)
    late = live(conn, Life("litter", MONDAY, closed_h=200.0))
    back = reopen_case(conn, late, reason="Again", actor=OPERATOR, now=MONDAY + timedelta(hours=210))
    close(conn, back, Life("litter", MONDAY), MONDAY + timedelta(hours=212))
    found = told(conn, OCTOBER)
    assert found["closing"] == (1, 1) and found["closing_on_time"] == (0, 1)


def test_what_is_not_due_yet_is_neither_met_nor_missed(conn: Connection) -> None:
    with_photo(conn)
    case = live(conn, Life("litter", MONDAY, source="public", is_opened=False))
    soon = told(conn, OCTOBER, now=MONDAY + timedelta(minutes=45))
    assert "closing" not in soon and "handling_on_time" not in soon
    assert "receiving" not in soon and "response" not in soon
    assert soon["dispatch_accuracy"] == (1, 1)
    assert case.due_at is not None
    later = told(conn, OCTOBER, now=case.due_at + timedelta(hours=30))
    assert later["closing"] == later["closing_on_time"] == later["receiving"] == later["response"] == (0, 1)


def test_a_ruling_and_the_dispatch_that_follows_it_are_one_hand_over(conn: Connection) -> None:
    case = live(conn, Life("litter", MONDAY, filed_h=None))
    dispute_case(conn, case, note="Whose is it?", actor=OPERATOR, now=MONDAY + timedelta(hours=1))
    number = conn.exec_driver_sql("SELECT max(id) FROM dispute").scalar_one()
    scope = ScopeDraft(Area("cells", cells=(SOUTH,)))
    draft = RulingDraft(number, "written_instruction", ("Mayor",), "order", (), "It is the order's.", scope)
    rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=MONDAY + timedelta(hours=2))
    assert held(conn, case.case_no).state == "pending"
    [one] = read_fragments(conn, span=OCTOBER, reach=WHOLE_CITY)
    assert (one.key, one.dispatches, one.hand_overs) == ("order", 1, 1)


def test_a_share_of_all_is_told_to_whoever_sees_all_and_of_no_unit_alone(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY))
    live(conn, Life("pothole", MONDAY, at=T))
    whole = read_scores(conn, Asked(OCTOBER, by="department"), reach=WHOLE_CITY)
    assert sorted(int(row.ratio("filed_share").denominator) for row in whole.rows) == [2, 2]
    roads = Reach(("roads@",))
    for asked, reach in ((Asked(OCTOBER, by="department"), roads), (Asked(OCTOBER, unit="roads"), WHOLE_CITY)):
        seen = read_scores(conn, asked, reach=reach)
        assert seen.totals and all(row.ratio("filed_share").rate is None for row in (*seen.rows, *seen.totals))


def _given_back(conn: Connection, case: LockedCase, at: datetime) -> LockedCase:
    return return_case(conn, case, unit=None, reason="not ours", basis="list", own=None, actor=HANDLER, now=at)


def test_what_is_void_or_rests_only_behind_a_month_was_late_in_it_and_stays_so(conn: Connection) -> None:
    gone = live(conn, Life("litter", MONDAY, is_opened=False))
    resting = live(conn, Life("litter", MONDAY))
    before = told(conn, OCTOBER)
    assert before["closing"] == before["handling"] == (0, 2) and before["filed_share"] == (2, 2)
    back = _given_back(conn, gone, utc("2026-10-30T09:00"))
    assert told(conn, OCTOBER)["closing"] == (0, 2)
    at = utc("2026-11-03T09:00")
    void_case(conn, back, reason="an old one", actor=CLERK, now=at)
    for phase, actor in (("ask", HANDLER), ("approve", OPERATOR)):
        suspend_case(
            conn, held(conn, resting.case_no), phase=phase, reason="frost", until=at + timedelta(days=60), own=None,
            actor=actor, now=at,
        )  # fmt: skip
    after = told(conn, OCTOBER)
    assert after["closing"] == after["handling"] == (0, 2) and after["filed_share"] == (2, 2)
    assert read_scores(conn, Asked(OCTOBER), reach=WHOLE_CITY).causes == {}
    weeks = read_scores(conn, Asked(OCTOBER, grain="week"), reach=WHOLE_CITY).totals
    assert sum(int(week.ratio("closing").denominator) for week in weeks) == 2


def test_a_deadline_that_was_missed_stays_missed_in_its_month_when_the_case_gets_another(conn: Connection) -> None:
    case = live(conn, Life("litter", MONDAY, is_opened=False))
    before = told(conn, OCTOBER)
    assert before["closing"] == before["handling_on_time"] == (0, 1)
    back = _given_back(conn, case, utc("2026-11-02T09:00"))
    again = dispatch_case(conn, back, lead=None, assisting=None, reason=None, actor=CLERK, now=utc("2026-11-02T10:00"))
    assert again.due_at is not None and again.due_at > OCTOBER.until
    after = told(conn, OCTOBER)
    for name in ("closing", "closing_on_time", "handling", "handling_on_time"):
        assert after[name] == before[name], name
    assert told(conn, NOVEMBER)["closing_on_time"] == (0, 1), "and it is due in the month of its new deadline, late"
    [behind] = list_behind(
        conn, Asked(OCTOBER, by="department"), indicator="closing", key="sanitation", counted="missed",
        reach=WHOLE_CITY, limit=9,
    )  # fmt: skip
    assert behind.case_no == case.case_no and behind.at < OCTOBER.until


def test_a_deadline_that_moves_within_a_month_is_due_once_in_it(conn: Connection) -> None:
    case = live(conn, Life("litter", MONDAY, is_opened=False))
    at = MONDAY + timedelta(hours=60)
    back = _given_back(conn, case, at)
    dispatch_case(conn, back, lead=None, assisting=None, reason=None, actor=CLERK, now=at + timedelta(hours=1))
    assert told(conn, OCTOBER)["closing"] == told(conn, OCTOBER)["closing_on_time"] == (0, 1)


def test_a_check_that_fails_behind_a_month_leaves_what_was_handled_in_it(conn: Connection) -> None:
    with_photo(conn)
    case = live(conn, Life("litter", utc("2026-10-29T09:00")))

    def submit(case: LockedCase, at: datetime) -> LockedCase:
        return submit_case(
            conn, case, outcome="fixed", photos_after=[new_photo(conn)], note="swept", own=None, actor=HANDLER, now=at
        )  # fmt: skip

    case = submit(case, utc("2026-10-29T15:00"))
    before = told(conn, OCTOBER)
    assert before["handling"] == before["handling_on_time"] == (1, 1) and before["closing"] == (0, 1)
    case = verify_result(conn, case, passed=False, reason="half", actor=OFFICER, now=utc("2026-11-02T09:00"))
    assert told(conn, OCTOBER)["handling_on_time"] == (1, 1)
    submit(case, utc("2026-11-02T15:00"))
    after = told(conn, OCTOBER)
    assert after["handling"] == after["handling_on_time"] == (1, 1) and after["closing"] == (0, 1)


def test_a_rest_that_begins_behind_the_deadline_is_no_cause_of_missing_it(conn: Connection) -> None:
    case = live(conn, Life("litter", MONDAY))
    in_time = live(conn, Life("litter", utc("2026-10-28T09:00")))
    before = told(conn, OCTOBER)
    assert before["closing"] == (0, 2)
    for one, at in ((in_time, in_time.received_at + timedelta(hours=2)), (case, utc("2026-10-29T09:00"))):
        for phase, actor in (("ask", HANDLER), ("approve", OPERATOR)):
            suspend_case(
                conn, held(conn, one.case_no), phase=phase, reason="frost", until=utc("2026-12-01T09:00"), own=None,
                actor=actor, now=at,
            )  # fmt: skip
    while_it_rests = told(conn, OCTOBER)
    assert while_it_rests["closing"] == while_it_rests["handling"] == (0, 1)
    assert read_scores(conn, Asked(OCTOBER), reach=WHOLE_CITY).causes == {"suspended": 1}
    assert resume_due(conn, now=utc("2026-12-02T09:00"), limit=9) == 2
    assert {name: told(conn, OCTOBER).get(name) for name in FIGURES} == {
        name: while_it_rests.get(name) for name in FIGURES
    }


def _filed(conn: Connection, at: datetime) -> LockedCase:
    case = live(conn, Life("litter", at, filed_h=None))
    return accept_case(conn, case, standard=None, actor=CLERK, now=at + timedelta(minutes=5))


def _referred(conn: Connection, case: LockedCase, at: datetime) -> LockedCase:
    return refer_case(conn, case, nature="market", provider="fixit", actor=OPERATOR, now=at)


def test_what_is_referred_behind_its_deadline_missed_it_and_a_recall_does_not_undo_that(conn: Connection) -> None:
    add_rows(conn, _PROVIDER)
    case = _filed(conn, MONDAY)
    due_at = case.due_at
    assert told(conn, OCTOBER)["closing"] == (0, 1) and due_at is not None
    away = _referred(conn, case, utc("2026-11-03T09:00"))
    assert told(conn, OCTOBER)["closing"] == (0, 1), "it was the government's as long as the month ran"
    back = recall_case(conn, away, note="ours", standard=None, actor=OPERATOR, now=utc("2026-11-04T09:00"))
    assert back.due_at is not None and back.due_at > utc("2026-11-04T09:00"), "its clock runs anew"
    assert (back.missed_at, back.missed_by, back.missed_until) == (due_at, None, utc("2026-11-03T09:00"))
    assert told(conn, OCTOBER)["closing"] == told(conn, OCTOBER)["closing_on_time"] == (0, 1)
    assert told(conn, NOVEMBER)["closing_on_time"] == (0, 1)


def test_what_was_referred_when_the_month_ended_stays_left_out_of_it(conn: Connection) -> None:
    add_rows(conn, _PROVIDER)
    away = _referred(conn, _filed(conn, MONDAY), utc("2026-10-20T09:00"))
    assert told(conn, OCTOBER).get("closing", (0, 0)) == (0, 0)
    recall_case(conn, away, note="ours", standard=None, actor=OPERATOR, now=utc("2026-11-04T09:00"))
    assert told(conn, OCTOBER).get("closing", (0, 0)) == (0, 0)
    assert read_scores(conn, Asked(OCTOBER), reach=WHOLE_CITY).causes == {"not_government": 1}
