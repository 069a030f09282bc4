"""The information library: what is over is found, in both languages, by place, time and class; nothing else is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.drafts import SelfSolved
from spatial.cases.library.searching import Entry, LibraryFilter, search
from spatial.cases.library.shelving import rebuild_library
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.ending import reopen_case
from spatial.cases.lifecycle.handling import receive_case, submit_case
from spatial.cases.recording import record
from spatial.store.events import EventDraft
from spatial.store.opening import Store
from spatial.store.reach import NOTHING, WHOLE_CITY, Reach
from tests.acting import NOW, add_rows, file_case, held, later, new_photo
from tests.db.test_conferences import HERE, decided, handed, ready, refused
from tests.worlds import BRIDGE, NORTH, SOUTH, WILLOW, B, T, W, inside

PHOTO = "a" * 64
TEXTS = {
    "pothole": "道路破损严重, the road is full of potholes, call 13811112222",
    "litter": "垃圾堆在路口，气味很大",
    "stall": "A stall blocks the pavement 店外经营",
}


def close(conn: Connection, case: LockedCase, *, at: float = 1, text: str | None = None) -> str:
    """Bring a case to its end by the acts of those who handle it."""
    if text is not None:
        conn.exec_driver_sql("UPDATE report SET text = %s WHERE case_no = %s", (text, case.case_no))
    case = accept_case(conn, case, standard=None, actor="5", now=later(0.1))
    case = dispatch_case(conn, case, lead=None, assisting=None, reason=None, actor="5", now=later(0.2))
    return finish(conn, receive_case(conn, case, own=None, actor="7", now=later(0.3)), at=at)


def finish(conn: Connection, case: LockedCase, *, at: float) -> str:
    """What is handled is submitted and found good."""
    words: dict[str, Any] = {"outcome": "fixed", "photos_after": [new_photo(conn)], "note": "已经修复 by the crew"}
    case = submit_case(conn, case, **words, own=None, actor="7", now=later(at))
    verify_result(conn, case, passed=True, reason=None, actor="3", now=later(at))
    return case.case_no


def closed(conn: Connection, matter: str, unit: str, at: float) -> str:
    return close(conn, file_case(conn, matter, at=unit), at=at, text=TEXTS[matter])


@pytest.fixture(autouse=True)
def photo(conn: Connection) -> None:
    """What shows that something was done."""
    add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")


@pytest.fixture
def shelf(conn: Connection) -> dict[str, str]:
    """Three closed cases, in Willow, Bridge and North street, hour by hour."""
    places = [("pothole", W), ("litter", B), ("stall", T)]
    return {matter: closed(conn, matter, unit, i + 1) for i, (matter, unit) in enumerate(places)}


def find(conn: Connection, reach: Reach = WHOLE_CITY, **narrowed: Any) -> list[Entry]:
    return search(conn, narrowed=LibraryFilter(**narrowed), reach=reach, limit=50)


def box(unit: str) -> tuple[float, float, float, float]:
    lon, lat = inside(unit)
    return lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, ["stall", "litter", "pothole"]),
        ({"words": "道路"}, ["pothole"]), ({"words": "路破"}, ["pothole"]), ({"words": "路"}, ["litter", "pothole"]),
        ({"words": "道路严重"}, []), ({"words": "道路 严重"}, ["pothole"]), ({"words": "重"}, ["pothole"]),
        ({"words": "路口"}, ["litter"]), ({"words": "POTHOLE"}, ["pothole"]), ({"words": "roads"}, ["pothole"]),
        ({"words": "pavement 经营"}, ["stall"]), ({"words": "pavement 道路"}, []), ({"words": "13811112222"}, []),
        ({"words": "%"}, []), ({"words": "'"}, []), ({"words": "暴露垃圾"}, ["litter"]),
        ({"kind": "ruling"}, []), ({"matter": "litter"}, ["litter"]), ({"matter": "none"}, []),
        ({"cell": SOUTH}, ["litter", "pothole"]), ({"cell": WILLOW}, ["pothole"]), ({"cell": NORTH}, ["stall"]),
        ({"bbox": box(B)}, ["litter"]), ({"since": later(2)}, ["stall", "litter"]),
        ({"until": later(2)}, ["pothole"]), ({"since": later(2), "until": later(3), "words": "垃圾"}, ["litter"]),
        ({"words": "修复 crew"}, ["stall", "litter", "pothole"]),
        ({"self_solved": True}, []), ({"self_solved": False, "words": "stalls"}, ["stall"]),
    ],
)  # fmt: skip
def test_cases_are_found_by_words_place_time_and_class(
    conn: Connection, shelf: dict[str, str], narrowed: dict[str, Any], found: list[str]
) -> None:
    names = {number: name for name, number in shelf.items()}
    assert [names[one.ref] for one in find(conn, **narrowed)] == found


def test_what_is_shown_is_masked_and_says_where_the_words_stand(conn: Connection, shelf: dict[str, str]) -> None:
    [one] = find(conn, words="破损 pothole")
    assert [one.piece[a:b] for a, b in one.hits] == ["破损", "potholes", "Pothole", "破损"]
    assert "1381111" not in one.piece and "***" in one.piece
    assert (one.kind, one.matter, one.unit, one.outcome) == ("case", "pothole", W, "fixed")


def test_only_what_lies_within_reach_is_found(conn: Connection, shelf: dict[str, str]) -> None:
    assert [one.ref for one in find(conn, Reach((BRIDGE,)))] == [shelf["litter"]]
    assert find(conn, NOTHING) == []


def test_an_open_case_is_not_in_the_library_and_a_reopened_one_leaves_it(conn: Connection) -> None:
    case = file_case(conn)
    assert find(conn) == []
    close(conn, case)
    assert [one.ref for one in find(conn)] == [case.case_no]
    again = reopen_case(conn, held(conn, case.case_no), reason="Not fixed", actor="2", now=later(3))
    assert find(conn) == []
    finish(conn, again, at=5)
    assert [one.at for one in find(conn)] == [later(5)]


def test_erased_words_leave_the_library_when_it_is_written_anew(fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")
        shelf = {matter: closed(conn, matter, W, 1) for matter in TEXTS}
        ready(conn, handed(conn))
        decided(conn, ready(conn, refused(conn, "roads", "order"), trigger="refusals", reason=""), scope=HERE)
        before = find(conn)
        assert {one.kind for one in before} == {"case", "ruling", "minutes"}
        conn.exec_driver_sql("UPDATE report SET text = '' WHERE case_no = %s", (shelf["pothole"],))
        conn.exec_driver_sql("DELETE FROM library_entry WHERE ref = %s", (shelf["litter"],))
        stray = "UPDATE library_entry SET ref = 'gone', case_no = 'gone' WHERE ref = %s"
        conn.exec_driver_sql(stray, (shelf["stall"],))
    assert rebuild_library(fresh_db.app, page=2) == len(before) == rebuild_library(fresh_db.app)
    with fresh_db.app.begin() as conn:
        assert find(conn, words="严重") == []
        assert [one.ref for one in find(conn, words=shelf["pothole"])] == [shelf["pothole"]]
        assert {one.ref for one in find(conn)} == {one.ref for one in before}


def test_many_cases_are_shelved_by_two_statements(conn: Connection) -> None:
    cases = [file_case(conn, at=B) for _ in range(3)]
    said: list[str] = []
    event.listen(conn, "before_cursor_execute", lambda *given: said.append(given[2]))
    ended = "UPDATE case_file SET state = 'closed', step = 'done', outcome = 'fixed', closed_at = received_at, "
    add_rows(conn, f"{ended} is_self_solved = true, tier_since = NULL WHERE state = 'reported'")
    record(conn, [
        EventDraft(case.district, "case", case.case_no, "case.own_solved", NOW, "5", case.path,
                   {"act": "solve_own", "from": "own_handling", "to": "closed", "state": "closed", "outcome": "fixed"})
        for case in cases
    ])  # fmt: skip
    assert len(find(conn)) == 3 and len([one for one in said if "library_entry" in one]) == 2 + 1


def test_a_case_that_is_solved_on_the_spot_is_in_the_library_at_once(conn: Connection) -> None:
    solved = SelfSolved("扫干净了", (PHOTO,), WHOLE_CITY)
    case = file_case(conn, source="grid", self_solved=solved)
    [one] = find(conn, words="扫干净")
    assert (one.ref, one.is_self_solved, one.outcome) == (case.case_no, True, "fixed")


def test_rulings_and_minutes_are_found_beside_cases(conn: Connection, shelf: dict[str, str]) -> None:
    case = refused(conn, "roads", "order")
    number = ready(conn, case, trigger="refusals", reason="")
    done = decided(conn, number, scope=HERE, grounds="门前三包：摊主负责，电话13811112222")
    assert [(one.kind, one.ref) for one in find(conn, words="会商")] == [("minutes", f"{number}-1")]
    [ruling] = find(conn, words="门前三包")
    assert (ruling.kind, ruling.ref, ruling.precedent) == ("ruling", str(done.ruling), done.precedent)
    assert "1381111" not in ruling.piece
    assert {one.kind for one in find(conn)} == {"case", "ruling", "minutes"}
    assert find(conn, Reach((NORTH,)), words="会商") == []


def test_pages_give_everything_once(conn: Connection, shelf: dict[str, str]) -> None:
    ready(conn, handed(conn))
    whole, seen = find(conn), []
    behind = None
    while page := search(conn, narrowed=LibraryFilter(), reach=WHOLE_CITY, limit=1, behind=behind):
        seen += page
        behind = page[0].at, page[0].id
    assert seen == whole and len(whole) == 4


def test_entries_of_one_moment_keep_an_order(conn: Connection) -> None:
    for _ in range(3):
        close(conn, file_case(conn))
    [first, *_] = search(conn, narrowed=LibraryFilter(), reach=WHOLE_CITY, limit=1)
    rest = search(conn, narrowed=LibraryFilter(), reach=WHOLE_CITY, limit=9, behind=(first.at, first.id))
    assert len({first.id, *(one.id for one in rest)}) == 3
    assert NOW + timedelta(hours=1) == first.at
