"""Eight categories, four queues; what is only among neighbours archives itself when the community has solved it."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase
from spatial.cases.disputes.resorting import sort_case
from spatial.cases.drafts import SelfSolved
from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.call_backs import Said
from spatial.cases.lifecycle.ending import reopen_case
from spatial.cases.lifecycle.levels import escalate_case, handle_own, solve_own
from spatial.cases.matters.class_files import MatterDraft, read_class_file, read_starter
from spatial.cases.matters.loading import load_matters
from spatial.cases.matters.reading import read_taxonomy
from spatial.errors import Invalid
from spatial.store.reach import WHOLE_CITY
from tests.acting import NOW, add_rows, file_case, later, new_photo

PHOTO = "a" * 64
EIGHT = ("safety", "enforcement", "service", "social", "party", "emergency", "opinion", "other")
AMONG_NEIGHBOURS = {"E0697", "E0698", "E0699"}
WAITS = "UPDATE matter SET archives_itself = false WHERE code = 'enforcement'"


@pytest.fixture(autouse=True)
def starter(conn: Connection) -> None:
    add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")
    load_matters(conn, drafts=read_starter(), now=NOW, actor="system")


def solved(conn: Connection, matter: str, source: str = "grid") -> LockedCase:
    case = handle_own(conn, file_case(conn, matter, source=source), actor="12", now=later(1))
    return solve_own(conn, case, how="They made up", photos_after=[new_photo(conn)], actor="12", now=later(2))


@pytest.fixture
def led(conn: Connection) -> None:
    """Somebody answers for everything, so that nothing is a dispute as it comes in."""
    add_rows(
        conn,
        "INSERT INTO responsibility (matter, place_kind, place_level, lead, basis, during, adopted_at, recorded_at, "
        "recorded_by) SELECT code, 'level', 1, 'order', 'list', '(,)', '-infinity', '2025-01-01', 'system' "
        "FROM matter WHERE taxonomy = 'governance'",
    )


@pytest.mark.usefixtures("led")
def test_each_of_the_eight_goes_to_its_one_queue_and_a_class_to_that_of_its_own(conn: Connection) -> None:
    matters = read_taxonomy(conn)
    assert {one.code for one in read_starter() if one.rank == "category"} == set(EIGHT)
    assert {matters.get(code).platform for code in EIGHT} <= {"governance", "enforcement", "service", "supervision"}
    for code in EIGHT:
        assert file_case(conn, code).platform == matters.get(code).platform
    case = file_case(conn, "E0699")
    assert case.platform == "governance"
    case = sort_case(conn, case, category="E0129", attributes=None, standard=None, actor="5", now=later(1))
    assert case.platform == "enforcement"


def test_the_shipped_set_says_it_of_the_eight_and_of_what_is_among_neighbours(conn: Connection) -> None:
    assert {one.code for one in read_taxonomy(conn) if one.archives_itself} == AMONG_NEIGHBOURS | set(EIGHT)


@pytest.mark.usefixtures("led")
@pytest.mark.parametrize("matter", [*EIGHT, *sorted(AMONG_NEIGHBOURS), "E0129"])
def test_what_the_community_solved_of_the_eight_archives_itself(conn: Connection, matter: str) -> None:
    assert solved(conn, matter).archived_at == later(2)
    filed = file_case(conn, matter, source="grid", self_solved=SelfSolved("Talked", (PHOTO,), WHOLE_CITY))
    assert (filed.state, filed.archived_at) == ("closed", NOW)


@pytest.mark.usefixtures("led")
def test_other_matters_wait_for_their_evaluation(conn: Connection) -> None:
    add_rows(conn, WAITS)
    assert solved(conn, "E0129").archived_at is None


@pytest.mark.usefixtures("led")
@pytest.mark.parametrize("tier", [4, 3, 2, 1])
def test_only_a_unit_or_a_community_archives_what_it_has_solved(conn: Connection, tier: int) -> None:
    case = file_case(conn, "social", source="grid")
    for _ in range(4 - tier):
        case = escalate_case(conn, case, reason="Up", standard=None, actor="12", now=later(0.5))
    case = handle_own(conn, case, actor="12", now=later(1))
    case = solve_own(conn, case, how="They made up", photos_after=[PHOTO], actor="12", now=later(2))
    assert (case.archived_at == later(2)) == (tier >= 3) and case.state == "closed"


@pytest.mark.usefixtures("led")
def test_a_citizens_case_among_neighbours_is_called_back_before_it_is_archived(conn: Connection) -> None:
    case = solved(conn, "E0699", source="public")
    assert (case.state, case.archived_at) == ("closed", None)
    said = Said("satisfied", "fixed", score=5)
    case = record_call_back(conn, case, said=said, spoken_by="clerk", actor="5", now=later(3))
    assert case.state in ("called_back", "evaluated")
    assert (case.archived_at is not None) == (case.state == "evaluated")


@pytest.mark.usefixtures("led")
def test_what_archived_itself_leaves_the_library_when_the_centre_reopens_it(conn: Connection) -> None:
    case = reopen_case(conn, solved(conn, "E0699"), reason="They quarrel again", actor="2", now=later(5))
    assert (case.state, case.archived_at) == ("returned", None)


def test_what_a_district_says_stays_when_a_table_does_not_tell(conn: Connection) -> None:
    add_rows(conn, "UPDATE matter SET archives_itself = true WHERE code = 'E0129'")
    load_matters(conn, drafts=read_starter(), now=later(1), actor="system")
    assert read_taxonomy(conn).get("E0129").archives_itself
    plain = MatterDraft("E0699", "event", "minor", "Quarrel", "邻里纠纷", "06", "99", parent="E06")
    load_matters(conn, drafts=[plain], now=later(2), actor="system")
    assert read_taxonomy(conn).get("E0699").archives_itself


def test_a_citys_own_table_says_yes_or_no(tmp_path: Path) -> None:
    file = tmp_path / "classes.csv"
    header = "taxonomy,major_code,minor_code,minor_name,archives_itself\n"
    file.write_text(header + "event,06,96,楼上滴水,yes\nevent,06,99,邻里纠纷,no\n", encoding="utf-8")
    drafts = {draft.code: draft for draft in read_class_file(file, {})}
    assert drafts["E0696"].archives_itself is True and drafts["E0699"].archives_itself is False
    file.write_text(header + "event,06,96,楼上滴水,perhaps\n", encoding="utf-8")
    with pytest.raises(Invalid, match="line 2: archives_itself"):
        read_class_file(file, {})
