"""A month's figures of a hundred thousand cases and more, beside pandas on the same rows.

Ours is one statement in the database; the peer fetches the rows and reckons with data frames, as one would in a
notebook. Its seconds are told with fetching and without. Every figure of every department must be the same.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import Connection, CursorResult

from api.bench.rows import Row
from spatial.cases.evaluation.scores import Asked, Scores, list_behind, read_scores
from spatial.cases.evaluation.spans import read_period
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY, Reach

SQL = load_queries(__file__, "scores.sql")
SPAN = read_period("2026-10", "Asia/Shanghai")
COMPARED = ("closing", "closing_on_time", "fixed", "handling", "handling_on_time", "filing", "extension", "rework",
            "dispatch_accuracy", "return", "receiving", "valid_report", "settled_on_time", "missed_report")  # fmt: skip
_OVER = ("closed", "called_back", "evaluated")
_Answer = TypeVar("_Answer")
_Figures = dict[tuple[str, str | None], tuple[int, int]]


def measure_scores(store: Store, *, cases: int, repeats: int) -> Iterator[Row]:
    """Seconds of a month by department, by cell and by post, of one street alone, of a drill; then beside pandas."""
    with transaction(store.app) as conn:
        _make(conn, cases)
    with transaction(store.owner) as conn:
        run(conn, SQL["settle"])
    with transaction(store.app) as conn:
        note = f"{cases:,} cases a month, as many in the month before"
        asked = [Asked(SPAN, by="department"), Asked(SPAN, by="cell", level="community"), Asked(SPAN, by="post"),
                 Asked(SPAN, by="department", grain="day")]  # fmt: skip
        for one in asked:
            told = f"by {one.by}{', day by day' if one.grain else ''}"
            yield _timed_row(conn, f"a month {told}", one, WHOLE_CITY, repeats, note)
        street = Reach(("330199003",))
        yield _timed_row(conn, "a month of one street of fifty", asked[0], street, repeats, "by department")
        yield _drill(conn, repeats)
        yield from _beside_pandas(conn, repeats)


def _make(conn: Connection, cases: int) -> None:
    run(conn, SQL["make_bodies"])
    run(conn, SQL["make_cases"], {"since": SPAN.since - timedelta(days=30), "count": cases * 2})
    run(conn, SQL["make_officers"])
    run(conn, SQL["make_tasks"])
    run(conn, SQL["make_events"])


def _timed_row(conn: Connection, what: str, asked: Asked, reach: Reach, repeats: int, note: str) -> Row:
    taken, found = _timed(lambda: read_scores(conn, asked, reach=reach), repeats)
    return Row(what, taken, unit="s", note=f"{len(found.rows):,} groups; {note}")


def _drill(conn: Connection, repeats: int) -> Row:
    def ask() -> int:
        found = list_behind(
            conn, Asked(SPAN, by="department"), indicator="closing_on_time", key="d7", counted="missed",
            reach=WHOLE_CITY, limit=100,
        )  # fmt: skip
        return len(found)

    taken, count = _timed(ask, repeats)
    return Row("the cases behind one figure", taken, unit="s", note=f"the first {count}")


def _beside_pandas(conn: Connection, repeats: int) -> Iterator[Row]:
    ours_s, ours = _timed(lambda: read_scores(conn, Asked(SPAN, by="department"), reach=WHOLE_CITY), repeats)
    fetch_s, frames = _timed(lambda: _fetch(conn), 1)
    frames_s, theirs = _timed(lambda: _reckon(*frames), repeats)
    equal = _figures_of(ours) == theirs
    both_s = fetch_s + frames_s
    compared = f"{len(theirs):,} figures compared"
    yield Row("beside pandas, with fetching", ours_s, both_s, both_s / ours_s, equal, "s", None, compared)
    yield Row("beside pandas, rows at hand", ours_s, frames_s, frames_s / ours_s, equal, "s", None, "ours counts more")


def _timed(ask: Callable[[], _Answer], repeats: int) -> tuple[float, _Answer]:
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        found = ask()
        taken.append(time.perf_counter() - begun)
    return median(taken), found


def _figures_of(found: Scores) -> _Figures:
    figures: _Figures = {}
    for row in found.rows:
        for name in COMPARED:
            if (ratio := row.ratio(name)).denominator:
                figures[name, row.key] = int(ratio.numerator), int(ratio.denominator)
    return figures


def _fetch(conn: Connection) -> tuple[pd.DataFrame, pd.DataFrame]:
    return _frame(run(conn, SQL["peer_cases"], {"reach": None})), _frame(run(conn, SQL["peer_events"]))


def _frame(found: CursorResult[Any]) -> pd.DataFrame:
    names = list(found.keys())
    return pd.DataFrame.from_records(map(tuple, found), columns=names)


def _reckon(cases: pd.DataFrame, events: pd.DataFrame) -> _Figures:
    """The same figures by data frames: a mask for what counts, a mask for what of it succeeded."""
    since, until = pd.Timestamp(SPAN.since), pd.Timestamp(SPAN.until)
    closed, citizens = cases.state.isin(_OVER), cases.source == "public"
    kept, filed = cases.ended_at.isna(), cases.filed_at.notna() & cases.ended_at.isna()
    handled = cases.submitted_at.where(cases.submitted_at.notna(), cases.closed_at)
    handled = handled.where(closed | (cases.state == "submitted"))
    in_time, handled_in_time = cases.closed_at <= cases.due_at, handled <= cases.due_at
    due, received = _within(cases.due_at, since, until), _within(cases.received_at, since, until)
    by_case = {
        "closing": (due & filed, closed & (cases.closed_at < until)),
        "closing_on_time": (due & filed, closed & (cases.closed_at < until) & in_time),
        "fixed": (due & filed & closed & (cases.closed_at < until), cases.outcome == "fixed"),
        "handling": (due & filed & cases.dispatched_at.notna(), handled < until),
        "handling_on_time": (due & filed & cases.dispatched_at.notna(), (handled < until) & handled_in_time),
        "filing": (received & kept, cases.filed_at.notna()),
        "extension": (_within(cases.filed_at, since, until) & filed, cases.extensions > 0),
        "rework": (_within(cases.submitted_at, since, until) & kept, cases.reworks > 0),
        "valid_report": (received & (cases.state != "merged"), cases.state != "void"),
        "settled_on_time": (due & filed & citizens, closed & (cases.closed_at < until) & in_time),
        "missed_report": (received & kept, citizens),
    }
    figures: _Figures = {}
    for name, (counts, met) in by_case.items():
        figures |= _grouped(name, cases.lead[counts], met[counts])
    return figures | _by_dispatch(events, since, until)


def _by_dispatch(events: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp) -> _Figures:
    links = events[(events["at"] >= since) & (events["at"] < until + timedelta(days=30))]
    links = links.sort_values(["case_no", "seq"])
    behind = links.groupby("case_no")[["kind", "in_time"]].shift(-1)
    counts = (links.kind == "case.dispatched") & (links["at"] < until)
    returned = behind.kind == "case.returned"
    opened = (behind.kind == "case.received") & (behind.in_time != "false")
    met = {"dispatch_accuracy": ~returned, "return": returned, "receiving": opened}
    figures: _Figures = {}
    for name, mask in met.items():
        figures |= _grouped(name, links.lead[counts], mask[counts])
    return figures


def _grouped(name: str, keys: Any, met: Any) -> _Figures:
    table = met.groupby(keys, dropna=False).agg(["sum", "count"])
    return {
        (name, None if pd.isna(key) else str(key)): (int(row["sum"]), int(row["count"]))
        for key, row in table.iterrows()
    }


def _within(moments: Any, since: datetime, until: datetime) -> Any:
    return (moments >= since) & (moments < until)
