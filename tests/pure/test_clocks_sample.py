"""Limits of the published sample table over New Year, Spring Festival and a night, each with the sum done by hand.

The days are those that the State Council announced for 2026, as the kept library has them:
New Year 1 (Thu) to 3 January, Sunday 4 January worked; Spring Festival 15 (Sun) to 23 February (Mon), Saturdays 14 and
28 February worked; National Day 1 (Thu) to 7 October (Wed), Sunday 20 September and Saturday 10 October worked.
Working hours 08:00-12:00 and 14:00-18:00: 4 + 4 = 8 hours a day. All times are Shanghai's.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.days import from_us, to_us
from spatial.cases.clocks.limits import Limit
from spatial.cases.clocks.many import add_many
from spatial.cases.clocks.statutory import known_years, statutory_days
from spatial.errors import Invalid

ZONE = ZoneInfo("Asia/Shanghai")
YEARS = (2025, 2026)
CHINA = Calendar(ZONE, {one.day: one.kind for year in YEARS for one in statutory_days(year)})

SAMPLES = [
    # -- missing manhole cover, 2 urgent hours: through the night and through New Year
    ("2025-12-31 23:00", 2, "urgent_hour", "2026-01-01 01:00"),  # 23:00 + 2 h, midnight does not matter
    # -- burst pipe, stop within 1 urgent hour, on the eve of Spring Festival
    ("2026-02-16 23:30", 1, "urgent_hour", "2026-02-17 00:30"),
    # -- broken cover, 4 working hours
    ("2025-12-31 16:30", 4, "working_hour", "2026-01-04 10:30"),
    #    Wed 16:30-18:00 1.5 h; 1-3 January off; Sun 4 January worked: 2.5 h from 08:00
    ("2026-02-14 17:00", 4, "working_hour", "2026-02-24 11:00"),
    #    Sat 14 February worked 17:00-18:00 1 h; 15-23 off; Tue 24: 3 h from 08:00
    ("2026-03-10 20:00", 4, "working_hour", "2026-03-11 12:00"),
    #    in the night: begins Wed 08:00, 4 h end with the morning
    ("2026-03-10 11:00", 4, "working_hour", "2026-03-10 17:00"),
    #    11:00-12:00 1 h; noon rests; 3 h from 14:00
    # -- dirty road, 2 h, as working hours, on a Friday evening
    ("2026-03-13 17:15", 2, "working_hour", "2026-03-16 09:15"),
    #    17:15-18:00 0.75 h; weekend; Mon 1.25 h from 08:00
    # -- blocked grate, 1 working day
    ("2025-12-31 15:00", 1, "working_day", "2026-01-04 15:00"),
    #    the next working day is Sun 4 January, the same time of day
    ("2026-02-13 15:00", 1, "working_day", "2026-02-14 15:00"),
    #    Fri -> Sat 14 February, a make-up workday
    ("2026-02-14 15:00", 1, "working_day", "2026-02-24 15:00"),
    #    Sat 14 -> nine days off -> Tue 24
    ("2026-02-18 10:00", 1, "working_day", "2026-02-24 18:00"),
    #    in the holiday: all of Tue 24, until it closes
    ("2026-03-10 22:00", 1, "working_day", "2026-03-11 18:00"),
    #    in the night: all of Wed 11
    # -- noisy cover, 2 working days
    ("2026-09-30 09:00", 2, "working_day", "2026-10-09 09:00"),
    #    Wed 30 September; 1-7 October off; Thu 8 is the first, Fri 9 the second
    # -- road around a cover, 5 working days
    ("2026-02-12 16:00", 5, "working_day", "2026-02-26 16:00"),
    #    Thu 12; Fri 13 is 1, Sat 14 (make-up) 2, 15-23 off, Tue 24 3, Wed 25 4, Thu 26 5
    # -- trees replanted, 15 working days
    ("2026-02-10 08:30", 15, "working_day", "2026-03-09 08:30"),
    #    Tue 10; 11-14 February 4, 24-27 8, Sat 28 (make-up) 9, 2-6 March 14, Mon 9 March 15
    # -- illegal building, demolish within 20 working days; over Mid-Autumn and National Day
    ("2026-09-18 14:00", 20, "working_day", "2026-10-22 12:00"),
    #    Fri 18; Sun 20 (make-up) 1, 21-24 5, 25-27 off, 28-30 8, 1-7 October off, 8 and 9 10, Sat 10 (make-up) 11,
    #    12-16 16, 19-22 20. Half of Fri 18 was over at 14:00, so it ends when half of Thu 22 is: at noon
    # -- illegal advertisements, 1 day, and rubble, 5 days, of the calendar
    ("2026-02-16 14:00", 1, "calendar_day", "2026-02-17 14:00"),
    ("2025-12-30 09:15", 5, "calendar_day", "2026-01-04 09:15"),
    #    30 + 5 = 35 December = 4 January
]


def at(told: str) -> datetime:
    return datetime.fromisoformat(told).replace(tzinfo=ZONE)


@pytest.mark.parametrize(("start", "amount", "unit", "due"), SAMPLES)
def test_a_sample_limit_ends_when_the_sum_by_hand_says(start: str, amount: int, unit: str, due: str) -> None:
    limit = Limit(amount, unit)
    assert CHINA.add(at(start), limit).astimezone(ZONE) == at(due)
    assert CHINA.measure(at(start), at(due), unit) == amount


def test_all_samples_at_once_end_the_same() -> None:
    starts = np.array([to_us(at(start)) for start, *_ in SAMPLES], dtype=np.int64)
    amounts = np.array([Limit(amount, unit).millionths for _, amount, unit, _ in SAMPLES], dtype=np.int64)
    due = add_many(CHINA, starts, amounts, np.array([unit for _, _, unit, _ in SAMPLES]))
    assert [from_us(int(one)) for one in due] == [at(due) for *_, due in SAMPLES]


def test_a_year_of_the_sample_has_the_announced_days() -> None:
    days = statutory_days(2026)
    assert sum(one.kind == "holiday" for one in days) == 33 and sum(one.kind == "workday" for one in days) == 6
    assert {one.day for one in days if one.kind == "workday"} == {
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    }  # fmt: skip
    assert next(one.name for one in days if one.day == date(2026, 10, 1)) == "国庆节"


def test_an_unknown_year_is_refused_and_counts_by_the_week() -> None:
    with pytest.raises(Invalid, match="Mondays to Fridays are worked"):
        statutory_days(known_years()[-1] + 1)
    friday = datetime(2190, 10, 1, 15, tzinfo=ZONE)  # nobody has announced this year
    assert CHINA.add(friday, Limit(1, "working_day")) == datetime(2190, 10, 4, 15, tzinfo=ZONE)


def test_a_fraction_of_an_hour_is_counted_to_the_microsecond() -> None:
    start = datetime(2026, 3, 10, 11, 59, 59, 999_999, tzinfo=ZONE)
    assert CHINA.add(start, Limit(Decimal("0.000001"), "working_hour")).astimezone(ZONE) == datetime(
        2026, 3, 10, 14, 0, 0, 3_599, tzinfo=ZONE
    )
