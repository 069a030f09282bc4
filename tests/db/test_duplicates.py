"""The same complaint twice: a citizen's own repeat, somebody else's support, and what a clerk is shown."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from api.answers import answers_of
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import Filed, file_reports
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import merge_case, split_case, void_case
from spatial.cases.lifecycle.handling import receive_case, submit_case
from spatial.cases.numbers import SerialBlocks
from spatial.cases.port.askers import digest_of, get_asked
from spatial.cases.port.counting import Counted
from spatial.cases.port.duplicates import SQL as DUPLICATES
from spatial.cases.port.duplicates import DuplicateRule, get_complaint, list_duplicates, put_rule, read_bounds
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.supporting import support_case
from spatial.errors import DigestMismatch, Invalid, NotFound
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import held
from tests.living import HANDLER, PHOTO, with_photo
from tests.repeating import LI, NOW, counts_of, file_all, join, number_of, report_at, supporting
from tests.worlds import B, V, W, inside

_STEP = 1e-5  # about a metre
UNNAMED_TWO = Counted(0, 2)


def test_a_citizen_who_says_the_same_again_keeps_his_number(conn: Connection) -> None:
    [first] = file_all(conn, report_at())
    [again] = file_all(
        conn, report_at(10, text="Still there!", reporter={"phone": "+86 13811112222"}), now=NOW + timedelta(hours=20)
    )
    assert number_of(again) == number_of(first) and not again.created and again.token and again.token != first.token
    assert conn.exec_driver_sql("SELECT count(*), max(supporters) FROM case_file").one() == (1, 0)
    assert conn.exec_driver_sql("SELECT text FROM report ORDER BY text").scalars().all() == [
        "A bag at the gate.",
        "Still there!",
    ]
    assert conn.exec_driver_sql("SELECT kind FROM event WHERE subject = 'case' ORDER BY seq").scalars().all() == [
        "case.reported", "case.supported",
    ]  # fmt: skip


@pytest.mark.parametrize("other", [
    report_at(reporter={"phone": "13811112223"}), report_at(category="pothole"), report_at(60),
    report_at(reporter=None),
], ids=["somebody else", "another class", "another place", "nobody knows who"])  # fmt: skip
def test_what_differs_is_a_case_of_its_own(conn: Connection, other: ReportDraft) -> None:
    [first] = file_all(conn, report_at())
    [second] = file_all(conn, other)
    assert second.created and number_of(second) != number_of(first)


def _submitted(conn: Connection, case: LockedCase, at: datetime) -> LockedCase:
    """The case with its lead's result, waiting for a check."""
    with_photo(conn)
    case = accept_case(conn, case, standard=None, actor="5", now=NOW)
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=NOW)
    case = receive_case(conn, case, own=None, actor=HANDLER, now=NOW)
    return submit_case(
        conn, case, outcome="fixed", photos_after=[PHOTO], note=None, own=None, actor=HANDLER, now=at
    )  # fmt: skip


def test_behind_the_window_and_behind_the_end_it_is_a_new_case(conn: Connection) -> None:
    [first] = file_all(conn, report_at())
    [late] = file_all(conn, report_at(), now=NOW + timedelta(hours=24, seconds=1))
    assert late.created
    void_case(
        conn, held(conn, number_of(late)), reason="twice", actor="system", now=NOW + timedelta(hours=24, seconds=1)
    )
    [after] = file_all(conn, report_at(), now=NOW + timedelta(hours=24, seconds=2))
    assert after.created and number_of(first) != number_of(after)


@pytest.mark.parametrize("ending", ["void", "closed"])
def test_what_was_joined_to_a_case_that_is_over_is_a_new_case(conn: Connection, ending: str) -> None:
    [first] = file_all(conn, report_at())
    [other, last] = file_all(conn, report_at(300, reporter=None), report_at(600, reporter=None))
    for gone, into in ((first, other), (other, last)):
        case, onto = held(conn, number_of(gone)), held(conn, number_of(into))
        merge_case(conn, case, into=onto, reason="the same bag", actor="system", now=NOW)
    [while_open] = file_all(conn, report_at(5), now=NOW + timedelta(hours=1))
    assert (number_of(while_open), while_open.created) == (number_of(first), False)
    end = held(conn, number_of(last))
    if ending == "void":
        void_case(conn, end, reason="nothing there", actor="system", now=NOW + timedelta(hours=2))
    else:
        done = _submitted(conn, end, NOW + timedelta(hours=2))
        verify_result(conn, done, passed=True, reason=None, actor="5", now=NOW + timedelta(hours=3))
    [again] = file_all(conn, report_at(5), now=NOW + timedelta(hours=4))
    assert again.created and again.standing is None and number_of(again) != number_of(first)


def test_who_says_it_again_hears_how_far_the_case_is_that_stands_for_his(conn: Connection) -> None:
    [first, other] = file_all(conn, report_at(), report_at(300, reporter=None))
    onto = held(conn, number_of(other))
    merge_case(conn, held(conn, number_of(first)), into=onto, reason="the same bag", actor="system", now=NOW)
    _submitted(conn, held(conn, number_of(other)), NOW + timedelta(hours=1))
    draft = report_at(5)
    for _ in range(2):
        [again] = file_all(conn, draft, now=NOW + timedelta(hours=2))
        assert number_of(again) == number_of(first) and again.standing is not None and again.standing.step == "done"
        assert again.standing.due_at == held(conn, number_of(other)).due_at
        answer = answers_of(conn, [again])[0]
        assert answer.status == 200 and answer.report is not None and answer.report.step == "done"


def test_the_window_is_between_when_things_were_seen(conn: Connection) -> None:
    [first] = file_all(conn, report_at(text="A bag"))
    day_after = NOW + timedelta(hours=30)
    offline, stale, ahead = file_all(
        conn,
        report_at(10, reporter=None, captured_at=NOW + timedelta(minutes=10)),
        report_at(12, reporter=None, captured_at=day_after - timedelta(days=12)),
        report_at(14, reporter=None, captured_at=day_after + timedelta(days=400)),
        now=day_after,
    )
    bounds = read_bounds(conn).of(("litter",))

    def like(one: Filed) -> list[str]:
        complaint = get_complaint(conn, reach=WHOLE_CITY, case_no=number_of(one))
        found = list_duplicates(conn, complaint=complaint, bounds=bounds, reach=WHOLE_CITY, but=number_of(one))
        return [candidate.case_no for candidate in found]

    assert like(first) == [number_of(offline)] and like(offline) == [number_of(first)]
    assert like(stale) == [] == like(ahead)  # what a clock that runs ahead told was seen when it came
    [now_too] = file_all(conn, report_at(16, reporter=None), now=day_after)
    assert like(ahead) == [number_of(now_too)]
    again = report_at(captured_at=NOW + timedelta(hours=23))
    [late] = file_all(conn, again, now=NOW + timedelta(hours=50))
    assert number_of(late) == number_of(first) and not late.created  # his own, uploaded two days later


def test_what_was_seen_near_in_time_is_found_by_an_index(conn: Connection) -> None:
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    sql = f"EXPLAIN {DUPLICATES['candidates']}"
    lon, lat = inside(W)
    box = {"west": lon, "east": lon, "south": lat, "north": lat, "lon": lon, "lat": lat}
    asked = box | {"since": NOW, "until": NOW, "category": "litter", "but": None, "reach": None, "limit": 9}
    by_place = "\n".join(conn.exec_driver_sql(sql, asked).scalars())
    assert "case_file_position" in by_place or "case_file_lately" in by_place, by_place
    plan = "SELECT 1 FROM case_file WHERE category = 'litter' AND least(captured_at, received_at) > now()"
    assert "case_file_lately" in "\n".join(conn.exec_driver_sql(f"EXPLAIN {plan}").scalars())


def test_while_the_result_is_checked_the_case_is_still_the_citizen_s_and_still_suggested(conn: Connection) -> None:
    [first] = file_all(conn, report_at())
    case = _submitted(conn, held(conn, number_of(first)), NOW + timedelta(hours=1))
    assert (case.state, case.step) == ("submitted", "done")
    [again] = file_all(conn, report_at(10), now=NOW + timedelta(hours=2))
    assert number_of(again) == case.case_no and not again.created
    lon, lat = inside(W)
    bounds = read_bounds(conn).of(("litter",))
    found = list_duplicates(conn, complaint=_complaint(lon, lat), bounds=bounds, reach=WHOLE_CITY)
    assert [one.case_no for one in found] == [case.case_no]


@pytest.mark.parametrize(
    ("before", "behind"),
    [({**LI, "email": "li@a.cn"}, {"email": "LI@a.cn"}), ({"email": "li@a.cn"}, {**LI, "email": "li@a.cn"}),
     ({**LI, "email": "li@a.cn"}, {"phone": "13811112222", "email": "other@a.cn"})],
)  # fmt: skip
def test_a_citizen_is_known_by_either_of_his_contacts(
    conn: Connection, before: dict[str, str], behind: dict[str, str]
) -> None:
    [first, again] = file_all(conn, report_at(reporter=before), report_at(reporter=behind))
    [later_on] = file_all(conn, report_at(reporter=behind))
    assert number_of(first) == number_of(again) == number_of(later_on)
    assert not join(conn, first, supporting(first, reporter=behind)).counted
    [other] = file_all(conn, report_at(reporter={"phone": "13900000000", "email": "wu@a.cn"}))
    assert number_of(other) != number_of(first)


def test_repeats_in_one_batch_are_one_case(conn: Connection) -> None:
    filed = file_all(conn, report_at(), report_at(5), report_at(200), report_at(205))
    assert [one.created for one in filed] == [True, False, True, False]
    assert number_of(filed[0]) == number_of(filed[1]) != number_of(filed[2]) == number_of(filed[3])


def test_the_same_report_sent_again_is_no_repeat_of_itself(conn: Connection) -> None:
    draft = report_at()
    [first] = file_all(conn, draft)
    for _ in range(8):
        [again] = file_all(conn, draft)
    assert (
        number_of(again) == number_of(first) and conn.exec_driver_sql("SELECT count(*) FROM case_asker").scalar() == 1
    )
    assert conn.exec_driver_sql("SELECT count(*) FROM status_link").scalar() == 5
    assert get_asked(conn, token=again.token or "").part == "reporter"


def test_repeats_at_one_moment_make_one_case(fresh_db: Store) -> None:
    numbers: list[str] = []

    def send() -> None:
        with fresh_db.app.begin() as conn:
            [filed] = file_reports(conn, drafts=[report_at()], now=NOW, serials=SerialBlocks(fresh_db.app))
            numbers.append(number_of(filed))

    senders = [threading.Thread(target=send) for _ in range(6)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert len(numbers) == 6 and len(set(numbers)) == 1


def test_an_officers_finds_beside_one_another_are_cases(conn: Connection) -> None:
    filed = file_all(conn, *(report_at(n, source="grid", sender="3", reporter=None) for n in range(3)))
    assert all(one.created and one.token is None for one in filed)  # no citizen, no link


def test_the_window_and_floor_of_a_class_are_its_own(conn: Connection) -> None:
    put_rule(conn, DuplicateRule("litter", timedelta(hours=1), 5.0, 0.05))
    [first] = file_all(conn, report_at())
    assert file_all(conn, report_at(), now=NOW + timedelta(hours=2))[0].created
    assert read_bounds(conn).of(("litter",)).within == timedelta(hours=1)
    assert read_bounds(conn).of(("pothole",)).within == timedelta(hours=24)
    with pytest.raises(Invalid):
        put_rule(conn, DuplicateRule("litter", timedelta(0), 5.0, 0.05))


def _complaint(lon: float, lat: float, **said: Any) -> Complaint:
    return replace(Complaint(lon, lat, 5.0, NOW, "litter"), **said)


def test_likely_ones_are_found_across_a_border_and_within_a_reach_only(conn: Connection) -> None:
    lon, lat = 120.003, inside(W)[1]  # the border of W and V
    west, east = file_all(
        conn,
        report_at(lon=lon - 10 * _STEP, lat=lat, reporter=None),
        report_at(lon=lon + 10 * _STEP, lat=lat, reporter=None),
    )
    assert west.case is not None and east.case is not None and {west.case.unit, east.case.unit} == {W, V}
    bounds = read_bounds(conn).of(("litter",))
    found = list_duplicates(conn, complaint=_complaint(lon - 10 * _STEP, lat), bounds=bounds, reach=WHOLE_CITY)
    assert [one.case_no for one in found] == [number_of(west), number_of(east)]
    assert found[1].likeness.distance_m == pytest.approx(19.3, abs=0.2)
    assert [
        one.case_no for one in list_duplicates(conn, complaint=_complaint(lon, lat), bounds=bounds, reach=Reach((V,)))
    ] == [number_of(east)]
    assert not list_duplicates(conn, complaint=_complaint(lon, lat), bounds=bounds, reach=Reach((B,)))


def test_a_supporter_is_counted_once_and_answered(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    wang = supporting(case, east_m=20, reporter={"phone": "13900001111"})
    first, again = join(conn, case, wang), join(conn, case, wang)
    other_id = join(conn, case, supporting(case, reporter={"phone": "139-0000-1111"}))
    assert [one.counted for one in (first, again, other_id)] == [True, False, False]
    anybody = join(conn, case, supporting(case))
    himself = join(conn, case, supporting(case, reporter=LI))
    assert (anybody.counts, anybody.counted, himself.counts, himself.counted) == (UNNAMED_TWO, True, UNNAMED_TWO, False)
    assert get_asked(conn, token=first.token or "").part == "supporter"
    assert all(one.token and len(digest_of(one.token)) == 32 for one in (first, again, other_id, anybody))
    assert himself.token is None  # whoever writes down the reporter's number is given no link to what he asked


def test_support_needs_to_be_there_and_tells_nothing_of_cases_elsewhere(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    with conn.begin_nested() as undone, pytest.raises(NotFound) as far:
        join(conn, case, supporting(case, east_m=300))
    if undone.is_active:
        undone.rollback()
    with pytest.raises(NotFound) as unknown:
        support_case(conn, case_no="3301992026050499999", support=supporting(case), nodes_of={}, now=NOW)
    assert str(far.value).replace(number_of(case), "") == str(unknown.value).replace("3301992026050499999", "")


def test_an_id_is_for_one_support_of_one_case(conn: Connection) -> None:
    [case] = file_all(conn, report_at())
    support = supporting(case)
    join(conn, case, support)
    with pytest.raises(DigestMismatch):
        join(conn, case, replace(support, text="other words"))
    [refused] = file_all(conn, report_at(id=support.id))
    assert isinstance(refused.refusal, DigestMismatch)


def test_merged_reporters_count_and_a_split_takes_them_back(conn: Connection) -> None:
    one, two = file_all(conn, report_at(), report_at(reporter={"phone": "13700001111"}))
    into, gone = held(conn, number_of(one)), held(conn, number_of(two))
    merge_case(conn, gone, into=into, reason="the same bag", actor="system", now=NOW)
    assert counts_of(conn, one) == Counted(0, 1)
    split_case(conn, held(conn, number_of(two)), reason="another bag", actor="system", now=NOW)
    assert counts_of(conn, one) == Counted(0, 0)
