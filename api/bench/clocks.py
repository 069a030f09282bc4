"""How fast deadlines are counted: all cases at once, beside numpy's and pandas' business calendars.

A quarter of the cases on each clock, over three years of announced days; the peers know holidays and, told every day
off, make-up workdays too. They are asked for cases that begin in working time: for others a peer ends a limit at the
next opening, where we end it at closing time. pandas' business hours are counted one case at a time.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from api.bench.rows import Row
from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.days import from_us, to_us
from spatial.cases.clocks.limits import GRAIN, HOUR_US, UNITS, WORKING_DAY, WORKING_HOUR, Limit
from spatial.cases.clocks.many import add_many, measure_many
from spatial.cases.clocks.openings import Instants
from spatial.cases.clocks.statutory import known_years, statutory_days

T = TypeVar("T")
_UNIT = "cases/s"
_ZONE = ZoneInfo("Asia/Shanghai")
_OFFSET_US = 8 * 3_600_000_000
_DAY_US = 24 * 3_600_000_000
_ALONE = 20_000  # how many the slow ways are asked for


def measure_clocks(cases: int, *, seed: int, told: Callable[[str], None]) -> Iterator[Row]:
    """Rows for all four clocks together, for one case at a time, and beside each peer."""
    years = known_years()[-3:]
    calendar = Calendar(_ZONE, {one.day: one.kind for year in years for one in statutory_days(year)})
    rng = np.random.default_rng(seed)
    first, last = to_us(datetime(years[0], 1, 2, tzinfo=UTC)), to_us(datetime(years[-1], 6, 30, tzinfo=UTC))
    starts = rng.integers(first, last, cases)
    amounts = rng.integers(1, 31, cases) * GRAIN
    units = np.array(UNITS)[rng.integers(0, len(UNITS), cases)]
    told("Counting all at once and one by one")
    yield from _together(calendar, starts, amounts, units)
    told("Beside numpy's business days")
    yield _beside_numpy(calendar, starts, amounts, years)
    told("Beside pandas' business hours")
    yield _beside_pandas(calendar, starts, amounts, years)


def _together(calendar: Calendar, starts: Instants, amounts: Instants, units: NDArray[np.str_]) -> Iterator[Row]:
    add_many(calendar, starts[:8], amounts[:8], units[:8])  # the table is built once, and kept
    due, rate = _timed(lambda: add_many(calendar, starts, amounts, units), starts.size)
    few = min(_ALONE, starts.size)
    limits = [Limit(int(amount) // GRAIN, str(unit)) for amount, unit in zip(amounts[:few], units[:few], strict=True)]
    begun = [from_us(int(start)) for start in starts[:few]]
    alone, slow = _timed(lambda: [calendar.add(*pair) for pair in zip(begun, limits, strict=True)], few)
    same = [to_us(one) for one in alone] == due[:few].tolist()
    note = f"peer: our own, one case at a time ({few:,} of {starts.size:,})"
    yield Row("add, four clocks", rate, slow, rate / slow, same, unit=_UNIT, note=note)
    measured, pace = _timed(lambda: measure_many(calendar, starts, due, units), starts.size)
    exact = bool(np.allclose(measured, amounts / GRAIN, rtol=1e-12, atol=0))
    yield Row("measure, four clocks", pace, equal=exact, unit=_UNIT, note="equal: gives back every limit")


def _beside_numpy(calendar: Calendar, starts: Instants, amounts: Instants, years: range) -> Row:
    days = np.busdaycalendar(weekmask="1111111", holidays=_days_off(calendar, years))
    works = _in_working_time(starts, days)
    begun, amount = starts[works], amounts[works]
    day, of_day = np.divmod(begun + _OFFSET_US, _DAY_US)

    def theirs() -> Instants:
        ends = np.busday_offset(day.astype("datetime64[D]"), amount // GRAIN, busdaycal=days)
        return ends.astype(np.int64) * _DAY_US + of_day - _OFFSET_US

    units = np.full(begun.shape, WORKING_DAY)
    due, rate = _timed(lambda: add_many(calendar, begun, amount, units), begun.size)
    other, slow = _timed(theirs, begun.size)
    note = f"peer: numpy.busday_offset, {begun.size:,} cases that begin in working time"
    return Row("add, working days", rate, slow, rate / slow, bool((due == other).all()), unit=_UNIT, note=note)


def _beside_pandas(calendar: Calendar, starts: Instants, amounts: Instants, years: range) -> Row:
    days = np.busdaycalendar(weekmask="1111111", holidays=_days_off(calendar, years))
    works = _in_working_time(starts, days)
    starts, amounts = starts[works], amounts[works]
    few = min(_ALONE // 10, starts.size)
    begun, hours = starts[:few], amounts[:few]
    rule: dict[str, Any] = {"start": ["08:00", "14:00"], "end": ["12:00", "18:00"], "weekmask": "1111111"}
    rule["holidays"] = _days_off(calendar, years)
    stamps = [pd.Timestamp(int(one) + _OFFSET_US, unit="us") for one in begun]
    offsets = {n: pd.offsets.CustomBusinessHour(n=n, **rule) for n in set((hours // GRAIN).tolist())}

    def theirs() -> list[int]:
        pairs = zip(stamps, (hours // GRAIN).tolist(), strict=True)
        return [(stamp + offsets[n]).value // 1000 - _OFFSET_US for stamp, n in pairs]

    units = np.full(starts.shape, WORKING_HOUR)
    due, rate = _timed(lambda: add_many(calendar, starts, amounts, units), starts.size)
    other, slow = _timed(theirs, few)
    note = f"peer: pandas CustomBusinessHour, {few:,} of {starts.size:,}"
    return Row("add, working hours", rate, slow, rate / slow, due[:few].tolist() == other, unit=_UNIT, note=note)


def _in_working_time(starts: Instants, days: np.busdaycalendar) -> NDArray[np.bool_]:
    """Where the peers and we agree what a limit's end is called: they say the next opening, we say closing time."""
    day, of_day = np.divmod(starts + _OFFSET_US, _DAY_US)
    hour = of_day / HOUR_US
    works: NDArray[np.bool_] = np.is_busday(day.astype("datetime64[D]"), busdaycal=days)
    return works & (((hour > 8) & (hour < 12)) | ((hour > 14) & (hour < 18)))


def _days_off(calendar: Calendar, years: range) -> list[date]:
    span = range((date(years[-1] + 2, 1, 1) - date(years[0], 1, 1)).days)
    days = (date(years[0], 1, 1) + timedelta(days=n) for n in span)
    return [day for day in days if not calendar.is_workday(day)]


def _timed(work: Callable[[], T], many: int) -> tuple[T, float]:
    begun = time.process_time()
    done = work()
    return done, many / max(time.process_time() - begun, 1e-9)
