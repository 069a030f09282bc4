"""A case that is with no unit yet turns yellow on the clock of its matter's standard, as it would behind a dispatch."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.clocks import Clocks, Limit, opening_due
from spatial.cases.clocks.deadlines import Standard
from spatial.cases.clocks.opening_due import OpeningClocks
from spatial.cases.clocks.steps import StepLimits
from spatial.cases.rules import Category
from spatial.cases.supervision.colours import ColourRule

ZONE = ZoneInfo("Asia/Shanghai")
UNITS = ("urgent_hour", "working_hour", "working_day", "calendar_day")
HOUR = Limit(1, "working_hour")
HOME, SHORT = "330101", "330102"  # the second works six hours a day
HOURS = (("", None, None, ((480, 720), (840, 1080))), (SHORT, None, None, ((540, 720), (780, 960))))
HOLIDAYS = {date(2026, 6, day): "holiday" for day in (9, 10, 18)} | {date(2026, 6, 13): "workday"}
POTHOLE = Category(
    "pothole", "Pothole", "坑洞", "minor", "governance", ("pothole",), timedelta(minutes=30), timedelta(days=2)
)
FRIDAY = datetime(2026, 6, 12, 15, 0, tzinfo=ZONE)
MAY = datetime(2026, 5, 20, tzinfo=UTC)
MOMENTS = st.integers(0, 40 * 24 * 60).map(lambda minutes: MAY + timedelta(minutes=minutes))


def opening(
    limit: Limit | None, *, share: Fraction = Fraction(2, 3), left: Fraction = Fraction(1), known: bool = True
) -> OpeningClocks:
    """What a batch is timed with, where potholes have one standard or none."""
    years = frozenset((2026,)) if known else frozenset()
    clocks = Clocks(ZONE, "", HOLIDAYS, HOURS, years, HOUR, HOUR, HOUR, {})
    standards = {"pothole": [Standard(7, "pothole", 1, limit)]} if limit else {}
    colours = {unit: ColourRule(unit, share, left) for unit in UNITS}
    steps = StepLimits(HOUR, HOUR, HOUR, frozenset())
    return OpeningClocks(clocks, steps, standards, timedelta(days=5), colours)


@given(
    start=MOMENTS, amount=st.decimals(Decimal("0.25"), 30, places=2), unit=st.sampled_from(UNITS),
    district=st.sampled_from((HOME, SHORT)), share=st.fractions(Fraction(1, 10), 1, max_denominator=20),
    left=st.fractions(0, 3, max_denominator=4),
)  # fmt: skip
def test_it_is_yellow_when_the_share_is_used_or_the_units_are_left_on_the_clock_of_the_standard(
    start: datetime, amount: Decimal, unit: str, district: str, share: Fraction, left: Fraction
) -> None:
    clocks = opening(Limit(amount, unit), share=share, left=left)
    calendar = clocks.clocks.of(district)
    said = clocks.columns(district=district, category=POTHOLE, start=start)
    assert said["due_at"] == calendar.add(start, Limit(amount, unit))
    assert (Decimal(said["limit_amount"]), said["limit_unit"], said["due_reason"]) == (amount, unit, "provisional")
    whole = Fraction(amount)
    kept = min(whole, max(whole * (1 - share), left))
    assert calendar.measure(said["warn_at"], said["due_at"], unit) <= kept
    sooner = calendar.measure(said["warn_at"] - timedelta(microseconds=2), said["due_at"], unit)
    assert sooner > kept or kept == 0


@given(
    start=MOMENTS, amount=st.integers(1, 20), unit=st.sampled_from(UNITS), district=st.sampled_from((HOME, SHORT)),
    is_known=st.booleans(),
)  # fmt: skip
def test_a_dispatch_in_the_same_moment_changes_neither_the_deadline_nor_the_warning_nor_the_mark(
    start: datetime, amount: int, unit: str, district: str, is_known: bool
) -> None:
    clocks = opening(Limit(amount, unit), known=is_known)
    provisional = clocks.columns(district=district, category=POTHOLE, start=start)
    fixed = clocks.handed_over(district=district, category=POTHOLE, start=start)
    for name in ("due_at", "warn_at", "limit_amount", "limit_unit"):
        assert provisional[name] == fixed[name]
    reasons = (provisional["due_reason"], fixed["due_reason"])
    mark = "" if is_known or unit in ("urgent_hour", "calendar_day") else ", by weekends from 2026"
    assert reasons == (f"provisional{mark}", f"standard 7{mark}")


@pytest.mark.parametrize(
    ("limit", "district", "warned"),
    [
        # By hand, from Friday 15:00; Saturday 13 is a make-up workday, Thursday 18 is off.
        (Limit(6, "working_hour"), HOME, "2026-06-13 09:00"),  # due Saturday 11:00, two hours are left
        (Limit(3, "working_day"), HOME, "2026-06-15 15:00"),  # due Tuesday 15:00; by the wall it had been Monday 07:00
        (Limit(3, "working_hour"), SHORT, "2026-06-13 10:00"),  # 1 h on Friday, 2 from 09:00: due Saturday 11:00
        (Limit(3, "calendar_day"), HOME, "2026-06-14 15:00"),
        (None, HOME, "2026-06-13 23:00"),  # no standard: the two days of its row, as clock time
    ],
)
def test_it_is_yellow_at_the_moment_that_was_worked_out_by_hand(
    limit: Limit | None, district: str, warned: str
) -> None:
    said = opening(limit).columns(district=district, category=POTHOLE, start=FRIDAY)
    assert said["warn_at"] == datetime.fromisoformat(warned).replace(tzinfo=ZONE)


def test_what_nobody_has_sorted_has_the_citys_limit_as_clock_time() -> None:
    said = opening(None).columns(district=HOME, category=None, start=FRIDAY)
    assert (Decimal(said["limit_amount"]), said["limit_unit"]) == (120, "urgent_hour")
    assert (said["due_at"], said["warn_at"]) == (FRIDAY + timedelta(days=5), FRIDAY + timedelta(hours=80))


def test_a_batch_reckons_what_is_alike_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned = []
    warning_of = opening_due.warning_of

    def counted(*args: object, **said: object) -> datetime:
        reckoned.append(said)
        return warning_of(*args, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(opening_due, "warning_of", counted)
    clocks = opening(Limit(3, "working_day"))
    for _ in range(100):
        for district in (HOME, SHORT):
            clocks.columns(district=district, category=POTHOLE, start=FRIDAY)
            clocks.handed_over(district=district, category=POTHOLE, start=FRIDAY)
        clocks.columns(district=HOME, category=None, start=FRIDAY)
    assert len(reckoned) == 5
