"""The same clocks for a million cases at once: whole numbers in arrays, no case looked at alone.

Moments are microseconds since 1970 in UTC (int64), amounts millionths of the unit (int64), so that every answer is
equal to what `Calendar.add` and `Calendar.measure` say of that case alone. Knows arrays. Refuses to read tables.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.limits import GRAIN, HOUR_US, UNITS, URGENT_HOUR, WORKING_HOUR, check_unit
from spatial.cases.clocks.openings import Instants, Openings
from spatial.errors import Invalid

Amounts = NDArray[np.float64]
_HOUR_GRAIN_US = HOUR_US // GRAIN
_LONGEST = 2**62 // _HOUR_GRAIN_US  # more than any calendar has, and no overflow


def add_many(calendar: Calendar, starts: Instants, amounts: Instants, units: NDArray[np.str_]) -> Instants:
    """The deadlines of many cases. `amounts` in millionths of each case's unit, more than 0; `units` names of clocks.

    Raises Invalid for an unknown unit, an amount of nothing, and a deadline beyond 2199.
    """
    if amounts.size and (amounts.min() <= 0 or amounts.max() > _LONGEST):
        raise Invalid("amount of a limit must be more than 0, and no longer than the calendar", field="amount")
    due = np.zeros(starts.shape, dtype=np.int64)
    for unit, chosen in _by_unit(units):
        due[chosen] = _add(calendar, starts[chosen], amounts[chosen], unit)
    return due


def measure_many(calendar: Calendar, starts: Instants, ends: Instants, units: NDArray[np.str_]) -> Amounts:
    """How much of its clock passes for each case from start to end, in units; negative where the end comes first.

    Floats, since a share of a day is none of their whole numbers: the nearest to what `Calendar.measure` says exactly,
    but for the last digits of a long time. Raises Invalid for an unknown unit and for moments outside 1950 to 2199.
    """
    passed = np.zeros(starts.shape, dtype=np.float64)
    for unit, chosen in _by_unit(units):
        passed[chosen] = _measure(calendar, starts[chosen], ends[chosen], unit)
    return passed


def _by_unit(units: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    chosen = {unit: units == unit for unit in UNITS}
    unknown = ~np.logical_or.reduce(list(chosen.values()))
    if unknown.any():
        check_unit(str(units[unknown][0]))
    return ((unit, mask) for unit, mask in chosen.items() if mask.any())


def _add(calendar: Calendar, starts: Instants, amounts: Instants, unit: str) -> Instants:
    if unit == URGENT_HOUR:
        due: Instants = starts + amounts * _HOUR_GRAIN_US
        calendar.table(WORKING_HOUR, int(starts.min()), int(due.max()))  # raises where the years end
        return due
    target = _hours_target if unit == WORKING_HOUR else _days_target
    table = calendar.table(unit, int(starts.min()), int(starts.max()))
    while (passed := target(table, starts, amounts)) is None:
        table = calendar.grown(unit, table)
    return _when(table, passed)


def _hours_target(table: Openings, starts: Instants, amounts: Instants) -> Instants | None:
    target: Instants = _passed(table, starts) + amounts * _HOUR_GRAIN_US
    return target if target.max() <= table.total else None


def _days_target(table: Openings, starts: Instants, amounts: Instants) -> Instants | None:
    begins = table.arrays["day_start"]
    if begins.size == 1:
        return None
    day, into = _days(table, _passed(table, starts))
    length = begins[day + 1] - begins[day]
    day += amounts // GRAIN
    into = into + amounts % GRAIN * (length // GRAIN)  # a day's length is whole seconds: nothing is lost
    over = into > length
    day[over] += 1
    into[over] -= length[over]
    ended = into == 0  # a day's beginning is the end of the one before
    day[ended] -= 1
    if day.max() + 1 >= begins.size:
        return None
    other = begins[day + 1] - begins[day]
    common = np.gcd(length, other)
    share: Instants = -(-into * (other // common) // (length // common))  # the first whole microsecond behind it
    share[ended] = other[ended]
    target: Instants = begins[day] + share
    return target if target.max() <= table.total else None


def _measure(calendar: Calendar, starts: Instants, ends: Instants, unit: str) -> Amounts:
    if unit == URGENT_HOUR:
        return (ends - starts) / HOUR_US
    first, last = min(starts.min(), ends.min()), max(starts.max(), ends.max())
    table = calendar.table(unit, int(first), int(last))
    begin, finish = _passed(table, starts), _passed(table, ends)
    if unit == WORKING_HOUR:
        return (finish - begin) / HOUR_US
    if table.total == 0:
        return np.zeros(starts.shape)
    return _days_between(table, begin, finish)


def _days_between(table: Openings, begin: Instants, finish: Instants) -> Amounts:
    begins = table.arrays["day_start"]
    (first, into), (last, to) = _days(table, begin), _days(table, finish)
    length, other = begins[first + 1] - begins[first], begins[last + 1] - begins[last]
    same = length == other
    share: Amounts = np.where(same, (to - into) / length, to / other - into / length)
    return (last - first) + share


def _passed(table: Openings, moments: Instants) -> Instants:
    rows = table.arrays
    if rows["opens"].size == 0:
        return np.zeros(moments.shape, dtype=np.int64)
    j = np.searchsorted(rows["opens"], moments, side="right") - 1
    k = np.maximum(j, 0)
    passed = rows["before"][k] + np.minimum(moments, rows["closes"][k]) - rows["opens"][k]
    return np.where(j < 0, 0, passed)


def _when(table: Openings, passed: Instants) -> Instants:
    rows = table.arrays
    j = np.searchsorted(rows["before"], passed, side="left") - 1
    when: Instants = rows["opens"][j] + passed - rows["before"][j]
    return when


def _days(table: Openings, passed: Instants) -> tuple[Instants, Instants]:
    begins = table.arrays["day_start"]
    day = np.minimum(np.searchsorted(begins, passed, side="right") - 1, begins.size - 2)
    return day, passed - begins[day]
