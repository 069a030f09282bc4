"""The two taxonomies side by side, as one value: eight governance categories, and classes of 2 + 2 digits.

A class belongs to its major class, and both are mapped to a governance category; a minor class may be mapped to
another one than its major. Codes carry no meaning here: which major is street order and which is emergencies
differs between cities, so nothing is ever read out of a code.

Pure: rows in, answers out. Refuses to know the store.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from spatial.errors import NotFound

TAXONOMIES = ("governance", "component", "event")
RANKS = ("category", "major", "minor")
UNITS = ("urgent_hour", "working_hour", "working_day", "calendar_day")


@dataclass(frozen=True)
class Standard:
    """One way to file and to close a class; filing and closing name the same one. `amount` counts `unit`s."""

    id: int
    matter: str
    ordinal: int
    filing_condition: str
    closing_condition: str
    amount: Decimal
    unit: str
    basis: str


@dataclass(frozen=True)
class Matter:
    """What a case can be about. `since` None is from the beginning of time, `until` None is open.

    `archives_itself`: what a unit or a community has solved goes to the library by itself; classes as their category.
    """

    code: str
    name: str
    name_zh: str
    taxonomy: str
    rank: str
    major_code: str | None
    minor_code: str | None
    parent: str | None
    category: str | None
    platform: str
    step_limit: timedelta
    due_limit: timedelta
    since: datetime | None
    until: datetime | None
    archives_itself: bool = False

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a moment; its validity is half open."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


class Taxonomy:
    """All matters that ever were, and how they stand to one another."""

    def __init__(self, matters: Iterable[Matter]) -> None:
        self._by_code = {matter.code: matter for matter in sorted(matters, key=_order)}

    def __iter__(self) -> Iterator[Matter]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Matter:
        """The matter of this code. Raises NotFound."""
        found = self._by_code.get(code)
        if found is None:
            raise NotFound(f"there is no matter {code}; /api/v1/matters lists them", field="matter")
        return found

    def nodes(self, code: str) -> tuple[str, ...]:
        """The matter and what it falls under, most specific first: minor, its major, its governance category.

        Raises NotFound.
        """
        matter = self.get(code)
        major = self._by_code.get(matter.parent or "")
        category = matter.category or (major.category if major else None)
        chain = (matter.code, matter.parent, category)
        return tuple(node for node in chain if node is not None)

    def children(self, code: str, *, at: datetime) -> list[Matter]:
        """What stands directly under a matter at a moment, by code. Raises NotFound."""
        self.get(code)
        return [child for child in self._children[code] if child.holds(at)]

    def leaves(self, *, at: datetime) -> list[Matter]:
        """The matters in force that nothing in force stands under: what a case is best filed as."""
        return [one for one in self if one.holds(at) and not self.children(one.code, at=at)]

    def in_force(self, *, at: datetime) -> list[Matter]:
        """Every matter in force, categories first, then classes by code."""
        return [one for one in self if one.holds(at)]

    @cached_property
    def _children(self) -> dict[str, list[Matter]]:
        below: dict[str, list[Matter]] = defaultdict(list)
        for matter in self:
            above = self.nodes(matter.code)[1:]
            mapped_past = matter.rank == "minor" and matter.category not in (None, self._major(matter).category)
            for node in above if mapped_past else above[:1]:
                below[node].append(matter)
        return below

    def _major(self, minor: Matter) -> Matter:
        return self._by_code[minor.parent or ""]


def _order(matter: Matter) -> tuple[int, str]:
    return TAXONOMIES.index(matter.taxonomy), matter.code


def provisional_limit(amount: Decimal, unit: str) -> timedelta:
    """Clock time that stands for a limit until calendars count it: an hour of any kind is an hour, a day of any
    kind is a day. Too short wherever nights and holidays do not count, never too long.
    """
    return float(amount) * (timedelta(hours=1) if unit.endswith("hour") else timedelta(days=1))
