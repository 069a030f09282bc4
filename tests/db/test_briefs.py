"""The numbered internal brief: when periods end, what stands in it, and that it is issued once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spatial.cases.disputes.briefs import close_settled_briefs, get_brief, issue_due_briefs, list_briefs, list_entries
from spatial.cases.disputes.periods import period_ends
from spatial.cases.disputes.rulings import rule
from spatial.errors import NotFound
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.disputing import a_ruling, both_at_once, dispute_in, note_return, refer_away, scalars
from tests.worlds import NORTH, SOUTH, B, T, W

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Monday the 2nd of March 2026 begins in Shanghai at 16:00 UTC of the Sunday before.
MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)
WEEK = timedelta(days=7)


def issue(store: Store, now: datetime) -> list[str]:
    """Issue what is due, committed."""
    with store.app.begin() as conn:
        return issue_due_briefs(conn, now=now)


def test_a_week_ends_at_the_citys_midnight_that_begins_the_weekday() -> None:
    just_before = MONDAY - timedelta(seconds=1)
    ends = list(period_ends(after=just_before, until=MONDAY + WEEK, period=WEEK, weekday=1, zone=SHANGHAI))
    assert ends == [(MONDAY - WEEK, MONDAY), (MONDAY, MONDAY + WEEK)]
    assert ends[0][1].astimezone(UTC).hour == 16
    # What comes in the very moment of the midnight belongs to the week that begins.
    assert next(period_ends(after=MONDAY, until=MONDAY + WEEK, period=WEEK, weekday=1, zone=SHANGHAI))[0] == MONDAY


@pytest.mark.parametrize("weekday", range(1, 8))
@pytest.mark.parametrize("days", [1, 7, 14])
def test_periods_follow_one_another_and_end_on_their_weekday(weekday: int, days: int) -> None:
    zone = ZoneInfo("Europe/Berlin")  # with a summer time, which Shanghai has not
    after, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    ends = list(period_ends(after=after, until=until, period=timedelta(days=days), weekday=weekday, zone=zone))
    assert ends
    assert all(one[1] == other[0] for one, other in zip(ends, ends[1:], strict=False))
    local = [end.astimezone(zone) for _, end in ends]
    assert all((moment.hour, moment.minute) == (0, 0) for moment in local)
    assert days == 1 or {moment.isoweekday() for moment in local} == {weekday}


def test_a_brief_bundles_the_open_disputes_of_its_period_once(fresh_db: Store) -> None:
    first, case_no = dispute_in(fresh_db, W, at=MONDAY + timedelta(days=1))
    later, _ = dispute_in(fresh_db, B, at=MONDAY + WEEK)  # in the moment at which the next period begins
    assert issue(fresh_db, MONDAY + WEEK - timedelta(seconds=1)) == []

    assert issue(fresh_db, MONDAY + WEEK) == ["2026-001"]
    assert issue(fresh_db, MONDAY + WEEK) == []

    with fresh_db.app.begin() as conn:
        brief = get_brief(conn, reach=WHOLE_CITY, number="2026-001")
        assert (brief.period_from, brief.period_until) == (MONDAY, MONDAY + WEEK)
        assert (brief.disputes, brief.open, brief.closed_at) == (1, 1, None)
        [entry] = list_entries(conn, reach=WHOLE_CITY, number="2026-001", now=MONDAY + WEEK)
        assert (entry.dispute, entry.case_no, entry.matter, entry.cell) == (first, case_no, "pothole", W)
        assert entry.place == ("Tiny town", "South street", "Willow", "Willow west")
        assert scalars(conn, "SELECT brief FROM dispute WHERE id = %s", later) == [None]


def test_a_brief_tells_who_refused_and_why_within_the_readers_reach(fresh_db: Store) -> None:
    dispute, case_no = dispute_in(fresh_db, W, at=MONDAY)
    dispute_in(fresh_db, T, at=MONDAY)
    note_return(fresh_db, dispute, reason="a stall did it", basis="duty list 7", at=MONDAY)
    [number] = issue(fresh_db, MONDAY + WEEK)
    with fresh_db.app.begin() as conn:
        assert get_brief(conn, reach=WHOLE_CITY, number=number).disputes == 2
        assert get_brief(conn, reach=Reach((SOUTH,)), number=number).disputes == 1
        [entry] = list_entries(conn, reach=Reach((SOUTH,)), number=number, now=MONDAY + WEEK)
        [told] = entry.refusals
        assert (entry.case_no, told.unit, told.name, told.reason, told.basis) == (
            case_no, "roads", "Roads", "a stall did it", "duty list 7",
        )  # fmt: skip
        with pytest.raises(NotFound):
            get_brief(conn, reach=Reach((W,)), number="2026-999")


def test_a_reader_who_sees_none_of_its_disputes_sees_no_brief(fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=MONDAY)
    [number] = issue(fresh_db, MONDAY + WEEK)
    with fresh_db.app.begin() as conn:
        north = Reach((NORTH,))
        assert list_briefs(conn, reach=north, is_open=None, limit=10, before=None) == []
        with pytest.raises(NotFound):
            get_brief(conn, reach=north, number=number)


def test_after_an_outage_each_missed_period_has_its_brief_and_an_empty_one_has_none(fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=MONDAY)
    dispute_in(fresh_db, B, at=MONDAY + 2 * WEEK)  # nothing in the week between
    back = MONDAY + 4 * WEEK + timedelta(hours=3)

    assert issue(fresh_db, back) == ["2026-001", "2026-002"]

    with fresh_db.app.begin() as conn:
        newest, oldest = list_briefs(conn, reach=WHOLE_CITY, is_open=True, limit=10, before=None)
        assert (oldest.period_until, newest.period_until) == (MONDAY + WEEK, MONDAY + 3 * WEEK)
        assert oldest.issued_at == newest.issued_at == back
        assert [b.number for b in list_briefs(conn, reach=WHOLE_CITY, is_open=None, limit=10, before=MONDAY + 2 * WEEK)]


def test_what_is_entered_behind_an_issued_period_stands_in_the_next_one(fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=MONDAY)
    assert issue(fresh_db, MONDAY + WEEK) == ["2026-001"]
    late, _ = dispute_in(fresh_db, B, at=MONDAY + timedelta(days=2))
    assert issue(fresh_db, MONDAY + WEEK) == []

    assert issue(fresh_db, MONDAY + 2 * WEEK) == ["2026-002"]

    with fresh_db.app.begin() as conn:
        assert [e.dispute for e in list_entries(conn, reach=WHOLE_CITY, number="2026-002", now=MONDAY + WEEK)] == [late]


def test_two_sweepers_at_once_issue_one_brief(fresh_db: Store) -> None:
    dispute_in(fresh_db, W, at=MONDAY)
    dispute_in(fresh_db, B, at=MONDAY + WEEK)

    answers = both_at_once(lambda _: issue(fresh_db, MONDAY + 2 * WEEK))

    assert sorted(map(len, answers)) == [0, 2], answers
    with fresh_db.app.begin() as conn:
        assert scalars(conn, "SELECT count(*) FROM dispute WHERE brief IS NULL") == [0]


def test_a_brief_closes_with_its_last_dispute_ruled_or_withdrawn(fresh_db: Store) -> None:
    ruled, _ = dispute_in(fresh_db, W, at=MONDAY)
    _, withdrawn = dispute_in(fresh_db, B, at=MONDAY)
    [number] = issue(fresh_db, MONDAY + WEEK)
    after = MONDAY + WEEK + timedelta(hours=1)
    with fresh_db.app.begin() as conn:
        rule(conn, draft=a_ruling(ruled), reach=WHOLE_CITY, actor="9", now=after)
        assert get_brief(conn, reach=WHOLE_CITY, number=number).closed_at is None
    refer_away(fresh_db, withdrawn, at=after)
    with fresh_db.app.begin() as conn:
        assert close_settled_briefs(conn, now=after) == []
        assert get_brief(conn, reach=WHOLE_CITY, number=number).closed_at == after
    assert issue(fresh_db, MONDAY + 2 * WEEK) == []


def test_two_who_rule_the_last_two_disputes_at_once_still_close_the_brief(fresh_db: Store) -> None:
    disputes = [dispute_in(fresh_db, unit, at=MONDAY)[0] for unit in (W, B)]
    [number] = issue(fresh_db, MONDAY + WEEK)

    def ruling(i: int) -> str:
        with fresh_db.app.begin() as conn:
            draft = a_ruling(disputes[i])
            return rule(conn, draft=draft, reach=WHOLE_CITY, actor="9", now=MONDAY + WEEK).precedent.number

    assert sorted(both_at_once(ruling)) == ["P2026-0001", "P2026-0002"]
    with fresh_db.app.begin() as conn:
        assert get_brief(conn, reach=WHOLE_CITY, number=number).closed_at is not None
