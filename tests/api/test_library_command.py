"""`gridmaps library` and `gridmaps port`, as a stranger's shell runs them."""

import json

import pytest

from spatial.store.opening import Store
from tests.acting import add_rows
from tests.api.test_port_routes import LAT, LON
from tests.commands import Program
from tests.db.test_information_library import PHOTO, TEXTS, closed
from tests.worlds import B, T, W


@pytest.fixture
def gridmaps(fresh_db: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The program on a town with three closed cases."""
    with fresh_db.app.begin() as conn:
        add_rows(conn, f"INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '8', now())")
        for n, (matter, unit) in enumerate([("pothole", W), ("litter", B), ("stall", T)]):
            closed(conn, matter, unit, n + 1)
    return Program(monkeypatch, capsys, fresh_db.url)


def test_the_library_is_searched_by_words_class_place_and_time(gridmaps: Program) -> None:
    def found(*words: str) -> list[str]:
        return [one["matter"] for one in json.loads(gridmaps("library", *words, "--json").out)]

    assert found() == ["stall", "litter", "pothole"]
    assert found("道路", "pothole") == ["pothole"] == found("道路 pothole")
    assert found("--matter", "litter") == ["litter"] == found("--cell", B)
    assert found("--since", "2026-05-04T19:00") == ["stall"] and found("--until", "2026-05-01") == []
    assert found("--bbox", f"{LON - 1e-4},{LAT - 1e-4},{LON + 1e-4},{LAT + 1e-4}") == ["pothole"]
    assert found("--self-solved") == [] and len(found("--no-self-solved", "--kind", "case", "--limit", "2")) == 2
    told = gridmaps("library", "potholes").out
    assert "道路破损" in told and "1381111" not in told
    assert gridmaps("library", "nothing").out.strip() == "Nothing in the library fits."


def test_the_library_is_written_anew(gridmaps: Program, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE report SET text = '' WHERE text = %s", (TEXTS["litter"],))
    assert len(json.loads(gridmaps("library", "气味", "--json").out)) == 1
    done = gridmaps("library", "气味", "--rebuild", "--json")
    assert (json.loads(done.out), done.err.strip()) == ([], "3 entries were written anew.")


@pytest.mark.parametrize(("words", "named"), [
    (("--kind", "rumour"), "kind"), (("--since", "soon"), "since"), (("--limit", "0"), "limit"),
    (("--bbox", "1,2"), "bbox"),
])  # fmt: skip
def test_a_question_that_cannot_be_asked_is_one_sentence(gridmaps: Program, words: tuple[str, ...], named: str) -> None:
    ran = gridmaps("library", *words)
    assert ran.code == 2 and named in ran.err and len(ran.err.strip().splitlines()) == 1


def test_the_outbox_is_emptied_and_its_dead_are_tried_again(gridmaps: Program, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        add_rows(conn, """
            INSERT INTO case_asker (district, case_no, report_id, part, asked_at)
            SELECT district, case_no, report_id, 'reporter', now() FROM case_file ON CONFLICT DO NOTHING;
            INSERT INTO outbox (district, case_no, asker, channel, kind, written_at, next_at, state, settled_at, fault)
            SELECT district, case_no, id, 'email', 'closed', now(), now(), 'dead', now(), 'the mail server is away'
            FROM case_asker""")  # fmt: skip
    dead = json.loads(gridmaps("port", "dead", "--json").out)
    assert len(dead) == 3 and "3 given up" in gridmaps("port", "outbox").out
    assert gridmaps("port", "retry", dead[0]["id"]).out.strip() == f"message {dead[0]['id']} waits again"
    assert gridmaps("port", "retry", "--all").out.strip() == "2 messages wait again"
    assert json.loads(gridmaps("port", "deliver", "--json").out) == {"sent": 0, "put_off": 0, "dead": 0}  # no server
    assert gridmaps("port", "retry").code == 2 == gridmaps("port", "deliver", "--every", "0").code


def test_the_loop_of_the_port_looks_again_until_it_is_ended(gridmaps: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def ends(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("api.cli.port.time.sleep", ends)
    ran = gridmaps("port", "deliver", "--every", "2.5")
    assert (ran.code, waited, ran.out) == (130, [2.5] * 3, "")  # silent while nothing is due
