"""Reach: how far somebody sees, as a value that every query of cases and cells demands.

`people` makes it, the way in carries it, a query takes it as `%(reach)s`: NULL is the whole city, else tags. A tag
is a cell's code (its whole subtree), a department with `@` (what that department holds, anywhere), or both,
`roads@330102001` (what it holds there). A case carries the tags it answers to in two columns, `current_path` and
`parties`; an event carries them in its path. It lies in the store because cases and patrol need it and import
neither each other nor people.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """The tags that are seen; None is the whole city, an empty tuple is nothing."""

    tags: tuple[str, ...] | None

    @property
    def bound(self) -> list[str] | None:
        """What a query binds as `%(reach)s`."""
        return None if self.tags is None else list(self.tags)

    @property
    def ground(self) -> "Reach":
        """The cells in which something may be seen at all: a department's tag stands for the cell behind its `@`."""
        return self if self.tags is None else reach_of([tag.rpartition("@")[2] or None for tag in self.tags])

    def covers(self, path: Sequence[str]) -> bool:
        """Whether something with these tags is seen. What lies outside the city is seen city-wide only."""
        return self.tags is None or not set(self.tags).isdisjoint(path)


def tag_of(cell: str | None, department: str | None) -> str | None:
    """The tag of a cell's subtree, a department's cases, or both; None for neither: the whole city."""
    return cell if department is None else f"{department}@{cell or ''}"


def reach_of(tags: Sequence[str | None]) -> Reach:
    """The union of tags; one None among them is the whole city."""
    return WHOLE_CITY if None in tags else Reach(tuple(sorted({tag for tag in tags if tag is not None})))


WHOLE_CITY = Reach(None)
NOTHING = Reach(())
# The grid is public: streets and grid units are on every map. Said by name where a public way in hands out cells.
PUBLIC_GRID = WHOLE_CITY
