"""The figures of a period, by cell, department, post, role, source, taxonomy or platform, and the cases behind each.

One statement counts everything for whichever dimension (`scores.sql`, over `score_case` and its neighbours); here its
counts become rates, marks and grades. Knows rows and reach; refuses to know HTTP, and to round (`indicators.py` does).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from spatial.cases.evaluation.indicators import EMPTY, INDICATORS, Composite, Ratio, composite
from spatial.cases.evaluation.narrowing import narrowed
from spatial.cases.evaluation.spans import GRAINS, Span, midnight
from spatial.cases.evaluation.weights import read_grades, read_weights, weights_of_posts
from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "scores.sql")
_EVER = datetime(9999, 12, 31, tzinfo=UTC)
DIMENSIONS = ("cell", "department", "post", "role", "source", "taxonomy", "platform", "total")
COUNTED = ("denominator", "numerator", "missed", "excluded")
_STRIDES = {"day": "P1D", "week": "P7D", "month": "P1M", "quarter": "P3M", "year": "P1Y"}
_NAMES = {"cell": "cell_names", "department": "unit_names", "post": "post_names", "source": "source_names",
          "platform": "platform_names"}  # fmt: skip
_WEIGHED_AS = {"total": "cell"}
_POSTS = ("post", "role")
_Place = tuple[date | None, str | None]  # a part of the period, and a group


@dataclass(frozen=True)
class Asked:
    """Which figures: of which days, by what, in which parts (`grain`), of which subtree, of which unit alone.

    `now`: what is not due then is not missed, and days that are not over are no day on which a unit was not visited;
    without it all of the span is over.
    """

    span: Span
    by: str = "total"
    level: str | None = None
    grain: str | None = None
    cell: str | None = None
    unit: str | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class Score:
    """A group's figures in a part of the period. `part` is its first day, None for the whole; `key` None: nobody.

    `mark` weighs its merits, `three_rates` what its citizens say (三率): each by its own weights.
    """

    key: str | None
    part: date | None
    name: str
    name_zh: str
    ratios: Mapping[str, Ratio]
    mark: Composite
    three_rates: Composite

    def ratio(self, indicator: str) -> Ratio:
        """One figure; empty where there was nothing to count."""
        return self.ratios.get(indicator, EMPTY)


@dataclass(frozen=True)
class Scores:
    """All groups in their order, and all of them together for each part."""

    asked: Asked
    rows: list[Score]
    totals: list[Score]
    causes: dict[str, int] = field(default_factory=dict)
    within: tuple[str, ...] = ()  # the names of the subtree and of the unit that alone were asked for


@dataclass(frozen=True)
class Behind:
    """One thing that a figure counts: a case, or a unit (`cell`) on a day.

    `cause` tells why it does not count after all; `place` is where it stands among those of one moment.
    """

    case_no: str | None
    cell: str | None
    at: datetime
    key: str | None
    unit: str | None
    actor: str | None
    source: str
    category: str | None
    numerator: Decimal
    denominator: Decimal
    cause: str | None
    place: str


@dataclass(frozen=True)
class Excluded:
    """A case that is listed and does not count; `cause` is a key of CAUSES."""

    case_no: str
    cause: str
    at: datetime
    unit: str | None
    source: str
    category: str | None


def read_scores(conn: Connection, asked: Asked, *, reach: Reach) -> Scores:
    """The figures within a reach. Raises Invalid for a dimension, a level or a grain that is none."""
    params = _params(conn, asked, reach)
    run(conn, SQL["make_room"])
    counted: dict[_Place, dict[str, Ratio]] = defaultdict(dict)
    causes: dict[str, int] = {}
    for row in run(conn, SQL["scores"], params):
        if row.indicator is None:
            causes[row.key] = int(row.numerator)
        else:
            counted[row.part, row.key][row.indicator] = Ratio(row.numerator, row.denominator, row.excluded)
    totals = _totals(counted)
    sees_all = _sees_all(asked, reach)
    grouped = {place: _shared(ratios, totals[place[0]], sees_all) for place, ratios in counted.items()}
    keys = [key for _, key in grouped if key is not None]
    judge = _Judge(conn, asked, keys)
    names = _names(conn, asked, keys)
    rows = [judge.score(part, key, ratios, names) for (part, key), ratios in grouped.items() if asked.by != "total"]
    whole = [judge.score(part, None, _shared(ratios, ratios, sees_all), {}) for part, ratios in totals.items()]
    return Scores(asked, rows, whole, causes, _within(conn, asked))


def list_behind(
    conn: Connection,
    asked: Asked,
    *,
    indicator: str,
    key: str | None,
    counted: str,
    reach: Reach,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[Behind]:
    """What a figure counts, oldest first: its `denominator`, its `numerator`, what `missed`, or what is `excluded`.

    Raises Invalid for an indicator or a part of a figure that is none.
    """
    if indicator not in INDICATORS:
        raise Invalid(f"indicator {indicator!r} is none; there are {', '.join(INDICATORS)}", field="indicator")
    if counted not in COUNTED:
        raise Invalid(f"counted {counted!r} is none; choose {', '.join(COUNTED)}", field="counted")
    if INDICATORS[indicator].is_share and not _sees_all(asked, reach):
        return []
    moment, number = after or (None, None)
    more = {"indicator": indicator, "key": key, "counted": counted, "limit": limit, "after": moment, "after_no": number}
    more |= {"is_share": INDICATORS[indicator].is_share}
    run(conn, SQL["make_room"])
    return [Behind(**row._mapping) for row in run(conn, SQL["cases_behind"], _params(conn, asked, reach) | more)]


def list_excluded(
    conn: Connection, asked: Asked, *, reach: Reach, limit: int, after: tuple[datetime, str] | None = None
) -> list[Excluded]:
    """The cases that are listed and do not count, with why, oldest first."""
    moment, number = after or (None, None)
    params = _params(conn, asked, reach) | {"limit": limit, "after": moment, "after_no": number}
    return [Excluded(**row._mapping) for row in run(conn, SQL["excluded_cases"], params)]


class _Judge:
    """Marks groups by the weights that were in force when the period ended; people by those of the posts they held."""

    def __init__(self, conn: Connection, asked: Asked, keys: Iterable[str]) -> None:
        self._weighed = read_weights(conn, at=asked.span.until)
        self._weights = self._weighed.get(_WEIGHED_AS.get(asked.by, asked.by), {})
        self._roles = _roles(conn, asked, keys) if asked.by in _POSTS else None
        self._three = self._weighed.get("three_rates", {})
        self._grades = read_grades(conn, at=asked.span.until)
        self._is_grouped = asked.by != "total"

    def score(
        self, part: date | None, key: str | None, ratios: Mapping[str, Ratio], names: Mapping[str, tuple[str, str]]
    ) -> Score:
        """The figures of one key in one part of the period, with its name, its mark and grade."""
        rates = {name: ratio.rate for name, ratio in ratios.items()}
        name, name_zh = names.get(key or "", (key or "", ""))
        three = composite(rates, self._three, ())
        return Score(key, part, name, name_zh, ratios, composite(rates, self._weights_of(key), self._grades), three)

    def _weights_of(self, key: str | None) -> Mapping[str, Decimal]:
        if key is None and self._is_grouped:
            return {}  # what is nobody's is listed; there is nobody to be marked for it
        if self._roles is None:
            return self._weights
        return weights_of_posts(self._weighed, self._roles.get(key or "", ()))


def _within(conn: Connection, asked: Asked) -> tuple[str, ...]:
    wanted = (("cell_names", asked.cell), ("unit_names", asked.unit))
    names = [(key, run(conn, SQL[query], {"keys": [key]}).first()) for query, key in wanted if key is not None]
    return tuple(key if row is None else f"{row.name_zh or row.name}（{key}）" for key, row in names)


def _sees_all(asked: Asked, reach: Reach) -> bool:
    return reach.bound is None and asked.unit is None


def _totals(counted: Mapping[_Place, Mapping[str, Ratio]]) -> dict[date | None, dict[str, Ratio]]:
    totals: dict[date | None, dict[str, Ratio]] = defaultdict(dict)
    for (part, _), ratios in counted.items():
        for name, ratio in ratios.items():
            totals[part][name] = totals[part].get(name, EMPTY) + ratio
    return totals


def _shared(ratios: Mapping[str, Ratio], whole: Mapping[str, Ratio], sees_all: bool) -> dict[str, Ratio]:
    """Figures that are shares of all groups get their denominator; a group with nothing of it has none of all.

    Who does not see all groups is told no share: his own part of his own part is always the whole.
    """
    if not sees_all:
        return {name: ratio for name, ratio in ratios.items() if not INDICATORS[name].is_share}
    shares = {name: all_ for name, all_ in whole.items() if INDICATORS[name].is_share}
    own = {name: ratios.get(name, EMPTY) for name in shares}
    return {**ratios, **{name: Ratio(one.numerator, shares[name].numerator, one.excluded) for name, one in own.items()}}


def _params(conn: Connection, asked: Asked, reach: Reach) -> dict[str, Any]:
    if asked.by not in DIMENSIONS:
        raise Invalid(f"by {asked.by!r} is no dimension; choose {', '.join(DIMENSIONS)}", field="by")
    if asked.grain is not None and asked.grain not in GRAINS:
        raise Invalid(f"grain {asked.grain!r} is none; choose {', '.join(GRAINS)}", field="grain")
    return {
        "since": asked.span.since, "until": asked.span.until, "zone": asked.span.zone, "grain": asked.grain,
        "stride": _STRIDES.get(asked.grain or ""), "by": asked.by, "rank": _rank(conn, asked.level),
        "cell": asked.cell, "unit": asked.unit, "reach": reach.bound, "patrolled": _patrolled(asked),
        "now": asked.now or _EVER,
    } | narrowed(reach, cell=asked.cell, unit=asked.unit)  # fmt: skip


def _patrolled(asked: Asked) -> datetime:
    """The end of the last day that is over; of a period that lies ahead, its beginning."""
    if asked.now is None:
        return asked.span.until
    today = midnight(asked.now.astimezone(ZoneInfo(asked.span.zone)).date(), asked.span.zone)
    return max(asked.span.since, min(asked.span.until, today))


def _roles(conn: Connection, asked: Asked, keys: Iterable[str]) -> dict[str, list[str]]:
    if asked.by == "role":
        return {key: key.split("+") for key in keys}
    params = {"since": asked.span.since, "until": asked.span.until, "keys": sorted(set(keys))}
    return {row.actor: row.roles.split("+") for row in run(conn, SQL["posts_held"], params)}


def _rank(conn: Connection, level: str | None) -> int:
    found = run(conn, SQL["rank_of_level"], {"level": level}).first()
    if found is None:
        known = ", ".join(run(conn, SQL["level_keys"]).scalars())
        raise Invalid(f"level {level!r} is none; there are {known}", field="level")
    return int(found.rank)


def _names(conn: Connection, asked: Asked, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    if asked.by not in _NAMES:
        return {}
    rows = run(conn, SQL[_NAMES[asked.by]], {"keys": sorted(set(keys))})
    return {row.key: (row.name, row.name_zh) for row in rows}
