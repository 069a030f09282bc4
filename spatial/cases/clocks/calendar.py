"""The four clocks of a district, exact to the microsecond.

- `urgent_hour` (紧急工作时): an hour of the clock, through nights, weekends and holidays.
- `working_hour` (工作时): an hour of working time only.
- `working_day` (工作日): one working day. Published limits count days and not hours: a limit of 5 working days does not
  become 6 because the winter shift is shorter. So each working day is worth exactly one, and how far it has gone is
  the share of its working time that has passed: a case handed over on Friday at 15:00 with one working day is due on
  Monday at 15:00, the same time of day, as long as both days have the same hours. What is handed over in the night
  has the whole of the next working day, until it closes. (The rules behind: weekends and statutory holidays do not
  count, make-up workdays do; the sample table of handling standards gives limits in these units.)
- `calendar_day` (自然日): a day of the calendar in the city's zone; each is worth one, also the 23 or 25 hours of a
  day on which the clocks change.

A clock that stands begins to run at the next opening, and a limit ends when its last microsecond is used up: at
closing time, not at the opening after it. Where days have the same length, `measure` gives back exactly what `add`
was given. Where they differ, a share of one day may fall between two microseconds of another: the deadline is the
later of the two, and what is measured is more than the limit by less than a microsecond, never by a millionth.

Knows arithmetic. Refuses to read tables: `reading.py` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from spatial.cases.clocks.days import Shift, civil_spans, from_us, is_workday, to_us, working_spans
from spatial.cases.clocks.limits import CALENDAR_DAY, HOUR_US, URGENT_HOUR, WORKING_DAY, WORKING_HOUR, Limit, check_unit
from spatial.cases.clocks.openings import Openings, build_openings
from spatial.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1949, 2200  # a year more than clocks run, at either end
_FIRST, _LAST = to_us(datetime(1950, 1, 1, tzinfo=UTC)), to_us(datetime(2199, 12, 31, tzinfo=UTC))
Pause = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendar:
    """The working days and hours of a district. `days` maps dates to 'holiday' or 'workday'; others go by the week.

    All moments are aware, answers are UTC; amounts on a clock are fractions of its unit. Moments from 1950 to 2199.
    """

    zone: ZoneInfo
    days: Mapping[date, str] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    revision: str = ""
    known: frozenset[int] | None = None  # the years whose holidays are in `days`; None: all of them
    _tables: dict[str, Openings] = field(default_factory=dict, init=False, repr=False, compare=False)

    def add(self, start: datetime, limit: Limit, *, pauses: Iterable[Pause] = ()) -> datetime:
        """The moment at which a limit that runs from `start` is used up; in `pauses` it does not run.

        Pauses are (from, until) in any order and may overlap. Raises Invalid for a deadline beyond 2199.
        """
        return self._run(start, limit.exact, limit.unit, pauses)

    def measure(self, start: datetime, end: datetime, unit: str, *, pauses: Iterable[Pause] = ()) -> Fraction:
        """How much of a clock passes from `start` to `end` outside the pauses; negative where `end` comes first."""
        check_unit(unit)
        if end < start:
            return -self.measure(end, start, unit, pauses=pauses)
        lost = sum((self._between(a, b, unit) for a, b in _within(pauses, start, end)), Fraction(0))
        return self._between(start, end, unit) - lost

    def resume(
        self, due: datetime, unit: str, *, paused: datetime, resumed: datetime, left: Fraction | None = None
    ) -> datetime:
        """The deadline of a case whose clock stood from `paused` to `resumed`: what was left then is left again.

        `left` is what `measure` said when the clock stopped; without it that is asked of the calendar as it stands. A
        case that was overdue when it was paused stays overdue: its deadline does not move.
        """
        left = self.measure(paused, due, unit) if left is None else left
        if left <= 0 or resumed <= paused:
            return due
        return self._run(resumed, left, unit, ())

    def is_working(self, moment: datetime) -> bool:
        """Whether people work at a moment."""
        at = to_us(moment)
        return self.table(WORKING_HOUR, at, at).is_open(at)

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked at all."""
        return is_workday(day, self.days)

    def unknown_year(self, start: datetime, end: datetime, unit: str) -> int | None:
        """The first year between two moments whose holidays nobody has told, for a clock that stands on holidays."""
        if self.known is None or unit not in (WORKING_HOUR, WORKING_DAY):
            return None
        years = range(self.city_day(start).year, self.city_day(end).year + 1)
        return next((year for year in years if year not in self.known), None)

    def city_day(self, moment: datetime) -> date:
        """The city's day at a moment."""
        return moment.astimezone(self.zone).date()

    def table(self, unit: str, first: int, last: int) -> Openings:
        """The openings of a clock from one moment to another, with the years around them; kept, and grown.

        Raises Invalid for moments outside 1950 to 2199.
        """
        return self._cover(unit, _year(first) - 1, _year(last) + 1)

    def grown(self, unit: str, table: Openings) -> Openings:
        """A table that reaches half as far again. Raises Invalid where it is at the end of all years."""
        if table.last_year == LAST_YEAR:
            raise _beyond()
        more = max(2, (table.last_year - table.first_year) // 2)
        return self._cover(unit, table.first_year, min(LAST_YEAR, table.last_year + more))

    def _cover(self, unit: str, first: int, last: int) -> Openings:
        key = CALENDAR_DAY if unit == CALENDAR_DAY else WORKING_HOUR
        kept = self._tables.get(key)
        if kept is not None and kept.first_year <= first and last <= kept.last_year:
            return kept
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise _beyond()
        if kept is not None:
            first, last = min(first, kept.first_year), max(last, kept.last_year)
        built = self._tables[key] = self._build(key, first, last)
        return built

    def _build(self, key: str, first: int, last: int) -> Openings:
        if key == CALENDAR_DAY:
            return build_openings(first, last, civil_spans(first, last, zone=self.zone))
        spans = working_spans(first, last, zone=self.zone, days=self.days, shifts=self.shifts)
        return build_openings(first, last, spans)

    def _between(self, start: datetime, end: datetime, unit: str) -> Fraction:
        first, last = to_us(start), to_us(end)
        if unit == URGENT_HOUR:
            return Fraction(last - first, HOUR_US)
        table = self.table(unit, first, last)
        begin, finish = table.passed(first), table.passed(last)
        if unit == WORKING_HOUR:
            return Fraction(finish - begin, HOUR_US)
        return _days(table, finish) - _days(table, begin)

    def _run(self, start: datetime, amount: Fraction, unit: str, pauses: Iterable[Pause]) -> datetime:
        at, left = start, amount
        for begin, end in _merged(pauses, start):
            used = self._between(at, begin, unit)
            if used >= left:
                break
            at, left = end, left - used
        due = self._advance(to_us(at), left, unit)
        if due > _LAST:
            raise _beyond()
        return from_us(due)

    def _advance(self, start: int, amount: Fraction, unit: str) -> int:
        if unit == URGENT_HOUR:
            return start + _up(amount * HOUR_US)
        table = self.table(unit, start, start)
        while (passed := _target(table, start, amount, unit)) is None:
            table = self.grown(unit, table)
        return table.when(passed)


def _target(table: Openings, start: int, amount: Fraction, unit: str) -> int | None:
    """Open time by which a limit is used up; None where the table is too short to tell."""
    passed = table.passed(start)
    if unit == WORKING_HOUR:
        target = passed + _up(amount * HOUR_US)
    else:
        count = _days(table, passed) + amount
        whole = -(-count.numerator // count.denominator) - 1  # the day that is used up in part, or to its very end
        if whole + 1 >= len(table.day_start):
            return None
        target = table.day_start[whole] + _up((count - whole) * table.length(whole))
    return target if target <= table.total else None


def _days(table: Openings, passed: int) -> Fraction:
    if table.total == 0:
        return Fraction(0)
    day, into = table.day_at(passed)
    return day + Fraction(into, table.length(day))


def _up(amount: Fraction) -> int:
    return -(-amount.numerator // amount.denominator)


def _year(moment: int) -> int:
    if not _FIRST <= moment <= _LAST:
        raise _beyond()
    return from_us(moment).year


def _beyond() -> Invalid:
    return Invalid("clocks run from 1950 to 2199; a moment or a limit leads out of them")


def _merged(pauses: Iterable[Pause], start: datetime) -> list[Pause]:
    """Pauses from `start` on, in order, overlapping ones joined."""
    merged: list[Pause] = []
    for begin, end in sorted((max(a, start), b) for a, b in pauses if b > max(a, start)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _within(pauses: Iterable[Pause], start: datetime, end: datetime) -> list[Pause]:
    return [(a, min(b, end)) for a, b in _merged(pauses, start) if a < end]
