"""The same complaint twice: a citizen's own repeat, somebody else's support, and what a clerk is shown."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import Filed, file_reports
from spatial.cases.lifecycle.ending import merge_case, split_case, void_case
from spatial.cases.numbers import SerialBlocks
from spatial.cases.port.askers import digest_of, get_asked
from spatial.cases.port.duplicates import DuplicateRule, list_duplicates, put_rule, read_bounds
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.supporting import Support, Supported, support_case
from spatial.errors import DigestMismatch, Invalid, NotFound
from spatial.store.opening import Store
from spatial.store.reach import WHOLE_CITY, Reach
from tests.acting import held
from tests.worlds import B, V, W, inside

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
_STEP = 1e-5  # about a metre
_numbers = iter(range(50_000, 99_000))
LI = {"name": "Li", "phone": "138 1111 2222"}


def _draft(east_m: float = 0.0, **said: Any) -> ReportDraft:
    lon, lat = inside(W)
    draft = ReportDraft(
        id=uuid4(), lon=lon + east_m / 96_486, lat=lat, accuracy_m=5.0, captured_at=NOW, source="public",
        text="A bag at the gate.", sender="public", category="litter", reporter=LI,
    )  # fmt: skip
    return replace(draft, **said)


def _file(conn: Connection, *drafts: ReportDraft, now: datetime = NOW) -> list[Filed]:
    return file_reports(
        conn, drafts=drafts, now=now, serials=lambda _p, _d, many: [next(_numbers) for _ in range(many)]
    )


def _no(filed: Filed) -> str:
    assert filed.case is not None, filed.refusal
    return filed.case.case_no


def test_a_citizen_who_says_the_same_again_keeps_his_number(conn: Connection) -> None:
    [first] = _file(conn, _draft())
    [again] = _file(
        conn, _draft(10, text="Still there!", reporter={"phone": "+86 13811112222"}), now=NOW + timedelta(hours=20)
    )
    assert _no(again) == _no(first) and not again.created and again.token and again.token != first.token
    assert conn.exec_driver_sql("SELECT count(*), max(supporters) FROM case_file").one() == (1, 0)
    assert conn.exec_driver_sql("SELECT text FROM report ORDER BY text").scalars().all() == [
        "A bag at the gate.",
        "Still there!",
    ]
    assert conn.exec_driver_sql("SELECT kind FROM event WHERE subject = 'case' ORDER BY seq").scalars().all() == [
        "case.reported", "case.supported",
    ]  # fmt: skip


@pytest.mark.parametrize("other", [
    _draft(reporter={"phone": "13811112223"}), _draft(category="pothole"), _draft(60), _draft(reporter=None),
], ids=["somebody else", "another class", "another place", "nobody knows who"])  # fmt: skip
def test_what_differs_is_a_case_of_its_own(conn: Connection, other: ReportDraft) -> None:
    [first] = _file(conn, _draft())
    [second] = _file(conn, other)
    assert second.created and _no(second) != _no(first)


def test_behind_the_window_and_behind_the_end_it_is_a_new_case(conn: Connection) -> None:
    [first] = _file(conn, _draft())
    [late] = _file(conn, _draft(), now=NOW + timedelta(hours=24, seconds=1))
    assert late.created
    void_case(conn, held(conn, _no(late)), reason="twice", actor="system", now=NOW + timedelta(hours=24, seconds=1))
    [after] = _file(conn, _draft(), now=NOW + timedelta(hours=24, seconds=2))
    assert after.created and _no(first) != _no(after)


def test_repeats_in_one_batch_are_one_case(conn: Connection) -> None:
    filed = _file(conn, _draft(), _draft(5), _draft(200), _draft(205))
    assert [one.created for one in filed] == [True, False, True, False]
    assert _no(filed[0]) == _no(filed[1]) != _no(filed[2]) == _no(filed[3])


def test_the_same_report_sent_again_is_no_repeat_of_itself(conn: Connection) -> None:
    draft = _draft()
    [first] = _file(conn, draft)
    for _ in range(8):
        [again] = _file(conn, draft)
    assert _no(again) == _no(first) and conn.exec_driver_sql("SELECT count(*) FROM case_asker").scalar() == 1
    assert conn.exec_driver_sql("SELECT count(*) FROM status_link").scalar() == 5
    assert get_asked(conn, token=again.token or "").part == "reporter"


def test_repeats_at_one_moment_make_one_case(fresh_db: Store) -> None:
    numbers: list[str] = []

    def send() -> None:
        with fresh_db.app.begin() as conn:
            [filed] = file_reports(conn, drafts=[_draft()], now=NOW, serials=SerialBlocks(fresh_db.app))
            numbers.append(_no(filed))

    senders = [threading.Thread(target=send) for _ in range(6)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert len(numbers) == 6 and len(set(numbers)) == 1


def test_an_officers_finds_beside_one_another_are_cases(conn: Connection) -> None:
    filed = _file(conn, *(_draft(n, source="grid", sender="3", reporter=None) for n in range(3)))
    assert all(one.created and one.token is None for one in filed)  # no citizen, no link


def test_the_window_and_floor_of_a_class_are_its_own(conn: Connection) -> None:
    put_rule(conn, DuplicateRule("litter", timedelta(hours=1), 5.0, 0.05))
    [first] = _file(conn, _draft())
    assert _file(conn, _draft(), now=NOW + timedelta(hours=2))[0].created
    assert read_bounds(conn).of(("litter",)).within == timedelta(hours=1)
    assert read_bounds(conn).of(("pothole",)).within == timedelta(hours=24)
    with pytest.raises(Invalid):
        put_rule(conn, DuplicateRule("litter", timedelta(0), 5.0, 0.05))


def _complaint(lon: float, lat: float, **said: Any) -> Complaint:
    return replace(Complaint(lon, lat, 5.0, NOW, "litter"), **said)


def test_likely_ones_are_found_across_a_border_and_within_a_reach_only(conn: Connection) -> None:
    lon, lat = 120.003, inside(W)[1]  # the border of W and V
    west, east = _file(
        conn, _draft(lon=lon - 10 * _STEP, lat=lat, reporter=None), _draft(lon=lon + 10 * _STEP, lat=lat, reporter=None)
    )
    assert west.case is not None and east.case is not None and {west.case.unit, east.case.unit} == {W, V}
    bounds = read_bounds(conn).of(("litter",))
    found = list_duplicates(conn, complaint=_complaint(lon - 10 * _STEP, lat), bounds=bounds, reach=WHOLE_CITY)
    assert [one.case_no for one in found] == [_no(west), _no(east)]
    assert found[1].likeness.distance_m == pytest.approx(19.3, abs=0.2)
    assert [
        one.case_no for one in list_duplicates(conn, complaint=_complaint(lon, lat), bounds=bounds, reach=Reach((V,)))
    ] == [_no(east)]
    assert not list_duplicates(conn, complaint=_complaint(lon, lat), bounds=bounds, reach=Reach((B,)))


def _support(
    case: Filed, *, id: UUID | None = None, east_m: float = 0.0, reporter: Any = None, text: str = ""
) -> Support:
    assert case.case is not None
    lon, lat = case.case.lon + east_m / 96_486, case.case.lat
    said = {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 5.0}
    return Support(id or uuid4(), "public", Complaint(lon, lat, 5.0, NOW, None, text), said, text, reporter)


def _join(conn: Connection, case: Filed, support: Support) -> Supported:
    return support_case(conn, case_no=_no(case), support=support, nodes_of={}, now=NOW)


def test_a_supporter_is_counted_once_and_answered(conn: Connection) -> None:
    [case] = _file(conn, _draft())
    wang = _support(case, east_m=20, reporter={"phone": "13900001111"})
    first, again = _join(conn, case, wang), _join(conn, case, wang)
    other_id = _join(conn, case, _support(case, reporter={"phone": "139-0000-1111"}))
    assert [one.counted for one in (first, again, other_id)] == [True, False, False]
    anybody = _join(conn, case, _support(case))
    himself = _join(conn, case, _support(case, reporter=LI))
    assert (anybody.supporters, anybody.counted, himself.supporters, himself.counted) == (2, True, 2, False)
    assert get_asked(conn, token=first.token or "").part == "supporter"
    assert all(len(digest_of(one.token or "")) == 32 for one in (first, again, other_id, anybody))


def test_support_needs_to_be_there_and_tells_nothing_of_cases_elsewhere(conn: Connection) -> None:
    [case] = _file(conn, _draft())
    with conn.begin_nested() as undone, pytest.raises(NotFound) as far:
        _join(conn, case, _support(case, east_m=300))
    if undone.is_active:
        undone.rollback()
    with pytest.raises(NotFound) as unknown:
        support_case(conn, case_no="3301992026050499999", support=_support(case), nodes_of={}, now=NOW)
    assert str(far.value).replace(_no(case), "") == str(unknown.value).replace("3301992026050499999", "")


def test_an_id_is_for_one_support_of_one_case(conn: Connection) -> None:
    [case] = _file(conn, _draft())
    support = _support(case)
    _join(conn, case, support)
    with pytest.raises(DigestMismatch):
        _join(conn, case, replace(support, text="other words"))
    [refused] = _file(conn, _draft(id=support.id))
    assert isinstance(refused.refusal, DigestMismatch)


def test_merged_reporters_count_and_a_split_takes_them_back(conn: Connection) -> None:
    one, two = _file(conn, _draft(), _draft(reporter={"phone": "13700001111"}))
    merge_case(conn, held(conn, _no(two)), into=held(conn, _no(one)), reason="the same bag", actor="system", now=NOW)
    assert held(conn, _no(one)).supporters == 1
    split_case(conn, held(conn, _no(two)), reason="another bag", actor="system", now=NOW)
    assert held(conn, _no(one)).supporters == 0
