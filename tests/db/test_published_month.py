"""A published month reproduced: 1,054 reports driven through their lives, and the table that was printed of them.

Received 1054, filed 996, due to close 972, closed 911, on time 737. Of them events 971, 956, 902; components 25, 16, 9.
953 of what was filed came from the field, 43 from the public.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from spatial.cases.evaluation.indicators import say
from spatial.cases.evaluation.scores import Asked, Score, Scores, list_behind, read_scores
from spatial.cases.evaluation.spans import read_period
from spatial.store.reach import WHOLE_CITY
from tests.acting import add_rows
from tests.living import Life, live, utc, with_photo

OCTOBER = read_period("2026-10", "Asia/Shanghai")
# A class of each taxonomy with one standard of two working days, so that a day in October decides what is due in it.
_CLASSES = """
    INSERT INTO matter (code, name, name_zh, taxonomy, rank, major_code, platform, step_limit, due_limit) VALUES
        ('e01', 'Appearance', '市容环境', 'event', 'major', '01', 'service', '1 hour', '2 days'),
        ('c01', 'Public works', '公用设施', 'component', 'major', '01', 'service', '1 hour', '2 days');
    INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit)
    VALUES ('e01', 1, 'it lies there', 'it is gone', 2, 'working_day'),
        ('c01', 1, 'it is broken', 'it is whole', 2, 'working_day');
    INSERT INTO responsibility
        (matter, place_kind, place_level, lead, basis, during, adopted_at, recorded_at, recorded_by)
    SELECT matter, 'level', 1, lead, 'duty list', '(,)', '-infinity', '2025-01-01T00:00:00Z', 'system'
    FROM (VALUES ('e01', 'sanitation'), ('c01', 'roads')) AS duty(matter, lead);
"""
_WORKDAYS = [utc(f"2026-10-{day}T09:00") for day in (12, 13, 14, 15, 16, 19, 20, 21, 22, 23)]
_LAST_DAY = utc("2026-10-30T15:00")  # two working days on lie in November


@pytest.mark.long
def test_the_published_month_is_reproduced(conn: Connection) -> None:
    add_rows(conn, _CLASSES)
    with_photo(conn)
    lives = list(_lives())
    assert len(lives) == 1054
    for life in lives:
        live(conn, life)
    whole = _read(conn, "total").totals[0]
    assert _count(whole, "valid_report") == (1014, 1054)
    assert _count(whole, "filed_share") == (996, 996)
    assert _count(whole, "closing") == (911, 972) and say(whole.ratio("closing").rate) == "93.72%"
    assert _count(whole, "closing_on_time") == (737, 972) and say(whole.ratio("closing_on_time").rate) == "75.82%"
    kinds = {row.key: row for row in _read(conn, "taxonomy").rows}
    assert _count(kinds["event"], "closing") == (902, 956) and say(kinds["event"].ratio("closing").rate) == "94.35%"
    assert _count(kinds["component"], "closing") == (9, 16)
    assert say(kinds["component"].ratio("closing").rate) == "56.25%"
    assert {key: row.ratio("filed_share").numerator for key, row in kinds.items()} == {"event": 971, "component": 25}
    sources = {row.key: row.ratio("filed_share") for row in _read(conn, "source").rows}
    assert [(sources[key].numerator, say(sources[key].rate)) for key in ("grid", "public")] == [
        (953, "95.68%"), (43, "4.32%"),
    ]  # fmt: skip
    _check_drill(conn)


def _check_drill(conn: Connection) -> None:
    for counted, wanted in (("denominator", 972), ("numerator", 737), ("missed", 235), ("excluded", 0)):
        found = list_behind(
            conn, Asked(OCTOBER), indicator="closing_on_time", key=None, counted=counted, reach=WHOLE_CITY, limit=2000
        )
        assert len({one.case_no for one in found}) == len(found) == wanted, counted


def _read(conn: Connection, by: str) -> Scores:
    return read_scores(conn, Asked(OCTOBER, by=by), reach=WHOLE_CITY)


def _count(score: Score, indicator: str) -> tuple[int, int]:
    found = score.ratio(indicator)
    return int(found.numerator), int(found.denominator)


def _lives() -> Iterator[Life]:
    """The month: on time, late, still open, not due yet; then what was never filed. The public's are spread over it."""
    fates: list[tuple[str, float | None, bool]] = []
    fates += [("e01", 20.0, True)] * 731 + [("e01", 150.0, True)] * 171 + [("e01", None, True)] * 54
    fates += [("c01", 20.0, True)] * 6 + [("c01", 150.0, True)] * 3 + [("c01", None, True)] * 7
    fates += [("e01", None, False)] * 15 + [("c01", None, False)] * 9
    for i, (category, closed_h, is_due) in enumerate(fates):
        source = "public" if i % 23 == 0 and i < 43 * 23 else "grid"
        yield Life(category, _moment(i) if is_due else _LAST_DAY, source=source, closed_h=closed_h)
    yield from (Life("e01", _moment(i), is_void=True) for i in range(40))
    yield from (Life("e01", _LAST_DAY, filed_h=None) for _ in range(18))


def _moment(i: int) -> datetime:
    """Spread over ten working days and the two hours behind nine o'clock."""
    return _WORKDAYS[i % len(_WORKDAYS)] + timedelta(seconds=7 * i)
