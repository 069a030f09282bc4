"""Who sees a part of the city reads that part alone, and loses nothing by it."""

from typing import Any

import pytest
from sqlalchemy import Connection

from spatial.cases.evaluation import fragmentation, scores
from spatial.cases.evaluation.fragmentation import read_fragments
from spatial.cases.evaluation.narrowing import narrowed
from spatial.cases.evaluation.scores import Asked, Scores, read_scores
from spatial.cases.evaluation.spans import read_period
from spatial.store.reach import WHOLE_CITY, Reach
from tests.living import Life, live, utc, with_photo
from tests.worlds import NORTH, SOUTH, T, W

OCTOBER = read_period("2026-10", "Asia/Shanghai")
MONDAY = utc("2026-10-12T09:00")
SEEN = (
    (Reach((SOUTH,)), None, None),
    (Reach(("roads@",)), None, None),
    (Reach((f"roads@{NORTH}", SOUTH)), None, None),
    (Reach((f"roads@{SOUTH}",)), None, None),
    (Reach(()), None, None),
    (WHOLE_CITY, NORTH, None),
    (WHOLE_CITY, None, "sanitation"),
    (Reach(("roads@",)), NORTH, "roads"),
)


def test_what_is_read_follows_from_who_asks() -> None:
    assert narrowed(WHOLE_CITY, cell=None, unit=None) == {"places": None, "units": None}
    assert narrowed(Reach((SOUTH, "roads@", f"roads@{NORTH}")), cell=None, unit=None) == {
        "places": [SOUTH],
        "units": ["roads"],
    }
    assert narrowed(Reach((SOUTH,)), cell=W, unit="roads") == {"places": [W], "units": []}
    assert narrowed(WHOLE_CITY, cell=None, unit="roads") == {"places": [], "units": ["roads"]}


def _figures(found: Scores) -> dict[str | None, dict[str, Any]]:
    return {row.key: dict(row.ratios) for row in found.rows}


def test_reading_a_part_tells_what_reading_all_tells_of_it(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    live(conn, Life("pothole", MONDAY, at=T, closed_h=3.0, source="public"))
    live(conn, Life("pothole", MONDAY, is_opened=False))

    def told() -> list[Any]:
        rows: list[Any] = []
        for reach, cell, unit in SEEN:
            for by in ("department", "cell"):
                asked = Asked(OCTOBER, by=by, level="street" if by == "cell" else None, cell=cell, unit=unit)
                rows.append(_figures(read_scores(conn, asked, reach=reach)))
            rows.append(read_fragments(conn, span=OCTOBER, reach=reach, cell=cell, unit=unit))
        return rows

    narrow = told()
    everything = {"places": None, "units": None}
    for module in (scores, fragmentation):
        monkeypatch.setattr(module, "narrowed", lambda *_, **__: everything)
    assert narrow == told()
    assert sum(bool(one) for one in narrow) >= 15


def _plan(conn: Connection, asked: Asked, reach: Reach) -> str:
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    found = conn.exec_driver_sql("EXPLAIN VERBOSE " + scores.SQL["scores"], scores._params(conn, asked, reach))
    return "\n".join(found.scalars())


def test_of_a_street_its_cases_are_looked_up_and_no_unit_is_asked_for_each_case(conn: Connection) -> None:
    plan = _plan(conn, Asked(OCTOBER, by="department"), Reach((SOUTH,)))
    assert "case_file_current_path" in plan, "the links of the log are read by the cases of the street"
    assert "case_parties" not in plan and "score_parties" not in plan


def test_whose_ground_it_is_is_looked_up_and_not_searched_among_all_officers(conn: Connection) -> None:
    assert "posting_walks" in _plan(conn, Asked(OCTOBER, by="post"), WHOLE_CITY)
