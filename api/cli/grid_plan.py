"""The options of `gridmaps grid import` and `check`, made into a plan.

Knows how options are written: KEY=VALUE, a file with its layer, CODE:NAME. Refuses to open files.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spatial.errors import Invalid
from spatial.grid.datum import check_datum
from spatial.grid.importing.plan import (
    LevelPlan,
    Plan,
    make_levels,
    make_rules,
    parse_source,
)
from spatial.grid.importing.remedies import WIDEST_TOLERANCE_M
from spatial.grid.levels import Level

_T = TypeVar("_T")


class Columns:
    """Which column holds what, by level."""

    def __init__(self, codes: list[str], names: list[str], parents: list[str], titles: list[str]) -> None:
        self.codes, self.names = _pairs("code", codes, str), _pairs("name", names, str)
        self.parents, self.titles = _pairs("parent", parents, str), _pairs("title", titles, str)


class Rules:
    """How codes are written, by level."""

    def __init__(self, system: str, patterns: list[str], prefixes: list[str], serials: list[str]) -> None:
        self.system, self.patterns = system, _pairs("pattern", patterns, str)
        self.prefixes, self.serials = _pairs("prefix", prefixes, int), _pairs("serial", serials, int)


def make_plan(
    level: list[str],
    columns: Columns,
    rules: Rules,
    home: str | None,
    top: str | None,
    how: dict[str, Any],
    known: list[Level],
) -> Plan:
    """The plan that the options ask for. Raises Invalid naming the option that cannot be read."""
    sources = _pairs("level", level, str)
    levels = make_levels([text.partition("=")[0] for text in level], home=home, names=columns.titles, known=known)
    for option, given in {**vars(columns), **vars(rules)}.items():
        for key in given if isinstance(given, dict) else ():
            if key not in sources:
                raise Invalid(f"{option}: {key!r} is not one of the levels {', '.join(sources)}.", field=option)
    code, _, name = (top or "").partition(":")
    plans = tuple(
        LevelPlan(
            one, parse_source(sources[one.key]), columns.codes.get(one.key), columns.names.get(one.key),
            columns.parents.get(one.key),
        )
        for one in levels
    )  # fmt: skip
    made = make_rules(rules.system, levels, patterns=rules.patterns, prefixes=rules.prefixes, serials=rules.serials)
    return Plan(plans, rules.system, made, (code, name or code) if top else None, **how)


def make_how(
    datum: str, crs: str | None, clean: bool, tolerance_m: float, fill_childless: bool, *, number_doubles: bool
) -> dict[str, Any]:
    """How the files are to be read and mended. Raises Invalid naming the option."""
    check_datum(datum)
    if not 0 <= tolerance_m <= WIDEST_TOLERANCE_M:
        raise Invalid(f"tolerance-m: give 0 to {WIDEST_TOLERANCE_M} metres.", field="tolerance_m")
    return {
        "datum": datum, "crs": crs, "clean": clean, "tolerance_m": tolerance_m, "fill_childless": fill_childless,
        "number_doubles": number_doubles,
    }  # fmt: skip


def check_zone(time_zone: str | None) -> None:
    """Raises Invalid when the time zone is not known."""
    try:
        ZoneInfo(time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as wrong:
        raise Invalid(
            f"time-zone: {time_zone!r} is not known; write it as Asia/Shanghai.", field="time_zone"
        ) from wrong


def _pairs(option: str, texts: list[str], kind: Callable[[str], _T]) -> dict[str, _T]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise Invalid(f"{option}: write {text!r} as KEY=VALUE.", field=option)
        try:
            found[key] = kind(value)
        except ValueError as wrong:
            raise Invalid(f"{option}: {value!r} is no number.", field=option) from wrong
    return found
