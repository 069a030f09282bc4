"""What an import is asked to do, as a value.

Levels in order from the widest, where each comes from, which columns hold codes, names and parents, and how codes
are written. Knows strings. Refuses to open files.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spatial.errors import Invalid
from spatial.grid.codes import ANY_CODE, CodeRule
from spatial.grid.levels import Level

_GB15_DIGITS = (4, 6, 9, 12, 15)
BUILT_IN = ("gb15", "free")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True)
class LayerSource:
    """Where a level's polygons lie: a file, a layer of it, and the rows whose column has a value."""

    path: Path
    layer: str | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        return self.path.name + (f":{self.layer}" if self.layer else "")


@dataclass(frozen=True)
class LevelPlan:
    """One level: without a source it is derived, by a code column of the level below, by prefix, or as the top."""

    level: Level
    source: LayerSource | None = None
    code_column: str | None = None
    name_column: str | None = None
    parent_column: str | None = None


@dataclass(frozen=True)
class Plan:
    """A whole import. `rules` holds a rule for each rank; `top` is the code and name of a derived widest cell."""

    levels: tuple[LevelPlan, ...]
    system: str
    rules: Mapping[int, CodeRule]
    top: tuple[str, str] | None = None
    datum: str = "wgs84"
    crs: str | None = None
    clean: bool = False
    tolerance_m: float = 0.5
    fill_childless: bool = False
    number_doubles: bool = False


def parse_source(text: str) -> LayerSource | None:
    """Read `PATH[:LAYER][?COLUMN=VALUE]`; empty text is a level to be derived. Raises Invalid."""
    if not text:
        return None
    if Path(text).exists():
        return LayerSource(Path(text))
    rest, _, condition = text.partition("?")
    column, equals, value = condition.partition("=")
    if condition and not (column and equals):
        raise Invalid(f"level: write {condition!r} as COLUMN=VALUE.", field="level")
    path, layer = (rest, None) if Path(rest).exists() or ":" not in rest else rest.rsplit(":", 1)
    return LayerSource(Path(path), layer, column or None, value if condition else None)


def make_levels(
    keys: Sequence[str], *, home: str | None, names: Mapping[str, str], known: Sequence[Level] = ()
) -> list[Level]:
    """Levels from their keys, widest first; `names` holds `Name` or `Name/中文名`. Raises Invalid.

    When the `known` levels have the same keys, what is not said is taken from them.
    """
    for key in keys:
        if not _KEY.fullmatch(key):
            raise Invalid(f"level: {key!r} is no key; use small letters, digits and underscores.", field="level")
    if len(set(keys)) != len(keys):
        raise Invalid("level: every level is named once.", field="level")
    if home is not None and home not in keys:
        raise Invalid(f"home: {home!r} is not one of the levels {', '.join(keys)}.", field="home")
    before = {level.key: level for level in known} if [level.key for level in known] == list(keys) else {}
    chosen = home or next((level.key for level in before.values() if level.is_home), keys[0] if keys else None)
    levels = []
    for rank, key in enumerate(keys, start=1):
        default = f"{before[key].name}/{before[key].name_zh}" if key in before else key.replace("_", " ").capitalize()
        name, _, name_zh = names.get(key, default).partition("/")
        levels.append(Level(rank, key, name, name_zh, key == chosen))
    return levels


def make_rules(
    system: str,
    levels: Sequence[Level],
    *,
    patterns: Mapping[str, str],
    prefixes: Mapping[str, int],
    serials: Mapping[str, int],
) -> dict[int, CodeRule]:
    """A code rule for each rank: the built-in ones for `gb15` and `free`, declared ones for a system of one's own."""
    declared = bool(patterns or prefixes or serials)
    if system in BUILT_IN and declared:
        raise Invalid(
            f"code-system: {system} is built in; give your own rules a name of their own.", field="code_system"
        )
    if system == "gb15":
        return {level.rank: _gb15_rule(level.rank, len(levels)) for level in levels}
    if system == "free":
        return {
            lv.rank: CodeRule("free", lv.rank, ANY_CODE, None, 3 if lv.rank == len(levels) else None) for lv in levels
        }
    for pattern in patterns.values():
        _check_pattern(pattern)
    return {
        lv.rank: CodeRule(system, lv.rank, patterns.get(lv.key, ANY_CODE), prefixes.get(lv.key), serials.get(lv.key))
        for lv in levels
    }


def _gb15_rule(rank: int, depth: int) -> CodeRule:
    digits = _GB15_DIGITS[-depth:]
    above = None if rank == 1 else digits[rank - 2]
    serial = 3 if digits[rank - 1] > 6 else None
    return CodeRule("gb15", rank, f"^[0-9]{{{digits[rank - 1]}}}$", above, serial)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as wrong:
        raise Invalid(f"pattern: {pattern!r} is no regular expression: {wrong}.", field="pattern") from wrong
