"""Reach: how far somebody sees, as a value that every query of cases demands.

`people` makes it, the way in carries it, a query takes it as `%(reach)s`: NULL is the whole city, else the
codes of cells whose subtree is seen. It lies in the store because cases and patrol need it and import
neither each other nor people.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """The cells whose subtree is seen; None is the whole city, an empty tuple is nothing."""

    cells: tuple[str, ...] | None

    @property
    def bound(self) -> list[str] | None:
        """What a query binds as `%(reach)s`."""
        return None if self.cells is None else list(self.cells)

    def covers(self, path: tuple[str, ...] | list[str]) -> bool:
        """Whether something on this chain of cells is seen. What lies outside the city is seen city-wide only."""
        return self.cells is None or not set(self.cells).isdisjoint(path)


WHOLE_CITY = Reach(None)
NOTHING = Reach(())
