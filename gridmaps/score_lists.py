"""The lists beside the figures as CSV: how cases wander by unit, the cases behind a figure, and what does not count.

One line a row, and on each what it was asked of: the days, and the subtree and the unit that alone were asked for.
Tells what the lists over HTTP tell and no more: numbers and codes with their names, no words of citizens. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from gridmaps.csv_lines import BOM, csv_line
from spatial.cases.evaluation.fragmentation import Fragments, Handed
from spatial.cases.evaluation.indicators import CAUSES, NOTHING_ZH, percent
from spatial.cases.evaluation.scores import Behind, Excluded
from spatial.cases.evaluation.spans import Span

Names = Mapping[str, tuple[str, str]]
_ASKED = ("first", "last", "within")


@dataclass(frozen=True)
class Heading:
    """What a list was asked of, and the names (name, name_zh) of the units and matters that stand in it by code."""

    span: Span
    within: Sequence[str] = ()
    units: Names | None = None
    matters: Names | None = None

    @property
    def asked(self) -> list[object]:
        """The days and what alone was asked for, as each line ends."""
        return [self.span.first, self.span.last, "、".join(self.within)]

    def moment(self, at: datetime) -> str:
        """A moment in the city's time, with its offset."""
        return at.astimezone(ZoneInfo(self.span.zone)).isoformat(timespec="seconds")

    def unit(self, code: str | None) -> list[object]:
        """A unit by code, name and Chinese name."""
        return [code, *_named(self.units, code)]

    def matter(self, code: str | None) -> list[object]:
        """A matter by code, name and Chinese name."""
        return [code, *_named(self.matters, code)]


def fragments_csv(items: Sequence[Fragments], told: Heading) -> Iterator[str]:
    """How cases wander, a line a unit. Hours are the clock's."""
    heads = ("unit", "unit_name", "unit_name_zh", "cases", "dispatches", "returned", "returned_percent",
             "hand_overs_a_case", "opening_hours", "acceptance_hours")  # fmt: skip
    yield BOM + csv_line([*heads, *_ASKED])
    for one in items:
        figures = [one.cases, one.dispatches, one.returned, _or_none(percent(one.returned_share)), one.hand_overs]
        hours = [_or_none(one.opening_hours), _or_none(one.acceptance_hours)]
        yield csv_line([one.key, one.name, one.name_zh, *figures, *hours, *told.asked])


def handed_csv(items: Sequence[Handed], counted: str, told: Heading) -> Iterator[str]:
    """The dispatches behind a unit's figures; `counted` says which of them."""
    heads = ("case_no", "at", "unit", "unit_name", "unit_name_zh", "hands", "is_returned", "opening_hours",
             "acceptance_hours", "counted")  # fmt: skip
    yield BOM + csv_line([*heads, *_ASKED])
    for one in items:
        hours = [_or_none(one.opening_hours), _or_none(one.acceptance_hours)]
        what = [one.case_no, told.moment(one.at), *told.unit(one.unit), one.hands, _said(one.is_returned)]
        yield csv_line([*what, *hours, counted, *told.asked])


def behind_csv(items: Sequence[Behind], indicator: str, counted: str, told: Heading) -> Iterator[str]:
    """What a figure counts: a case a line, or a unit of the grid (`cell`) on a day; with why it does not count."""
    heads = ("case_no", "cell", "at", "key", "unit", "unit_name", "unit_name_zh", "source", "matter", "matter_name",
             "matter_name_zh", "numerator", "denominator", "cause", "cause_name", "cause_name_zh", "indicator",
             "counted")  # fmt: skip
    yield BOM + csv_line([*heads, *_ASKED])
    for one in items:
        where = [one.case_no, one.cell, told.moment(one.at), one.key, *told.unit(one.unit), one.source]
        counts = [_plain(one.numerator), _plain(one.denominator), *_cause(one.cause), indicator, counted]
        yield csv_line([*where, *told.matter(one.category), *counts, *told.asked])


def excluded_csv(items: Sequence[Excluded], told: Heading) -> Iterator[str]:
    """The cases that are listed and do not count, each with why."""
    heads = ("case_no", "at", "cause", "cause_name", "cause_name_zh", "unit", "unit_name", "unit_name_zh", "source",
             "matter", "matter_name", "matter_name_zh")  # fmt: skip
    yield BOM + csv_line([*heads, *_ASKED])
    for one in items:
        what = [one.case_no, told.moment(one.at), *_cause(one.cause), *told.unit(one.unit), one.source]
        yield csv_line([*what, *told.matter(one.category), *told.asked])


def _named(names: Names | None, code: str | None) -> tuple[str, str]:
    return (names or {}).get(code or "", ("", ""))


def _cause(cause: str | None) -> tuple[str, str, str]:
    return ("", "", "") if cause is None else (cause, *CAUSES.get(cause, ("", "")))


def _or_none(value: Decimal | None) -> object:
    return NOTHING_ZH if value is None else round(value, 2)


def _plain(value: Decimal) -> str:
    return f"{Decimal(value).normalize():f}"


def _said(is_so: bool) -> str:
    return "yes" if is_so else "no"
