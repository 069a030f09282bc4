"""The deadlines of cases that lie at the centre: as reports come in, and when one is sorted under another matter.

A case waits for its filing and dispatch under the process limit of the city; a matter without handling standards has
the two limits of its own row instead, as clock time. From when it is yellow is reckoned with its deadline, on the clock
of the same limit. Knows categories and standards. Refuses to write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.deadlines import Standard, clock_limit, due_at_dispatch, step_due
from spatial.cases.clocks.fixing import read_standards
from spatial.cases.clocks.limits import Limit
from spatial.cases.clocks.reading import Clocks, read_clocks
from spatial.cases.clocks.steps import StepLimits, read_step_limits
from spatial.cases.rules import Category
from spatial.cases.supervision.colours import ColourRule
from spatial.cases.supervision.rules import read_colour_rules
from spatial.cases.supervision.warning import warning_of


@dataclass(frozen=True)
class OpeningClocks:
    """What a batch of reports is timed with: clocks, rules of colours, and the standards of the matters it names."""

    clocks: Clocks
    steps: StepLimits
    standards: dict[str, list[Standard]]
    default_due: timedelta  # of a case that nobody has sorted
    colours: Mapping[str, ColourRule]
    _reckoned: dict[tuple[Any, ...], dict[str, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def columns(
        self,
        *,
        district: str,
        category: Category | None,
        start: datetime,
        standard: int | None = None,
        path: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The columns of a case that came in at `start`: both deadlines, the provisional one's limit, and `warn_at`.

        `standard` is the one chosen, `path` the chain of cells in which it lies. A batch comes in at one moment: what
        is alike is reckoned once.
        """
        first = self._standard(category, standard)
        own = category if category is not None and first is None else None
        step = self.steps.waiting(path) if own is None else clock_limit(own.step_limit)
        return self._once(district, category, first, step, start, is_provisional=True)

    def handed_over(self, *, district: str, category: Category | None, start: datetime) -> dict[str, Any]:
        """The columns of a case that is handed over as it comes in: a precedent settled it."""
        known = self.standards.get(category.code, []) if category else []
        only = known[0].id if len(known) == 1 else None
        moments = {"filed_at": start, "dispatched_at": start, "standard": only}
        first = next(iter(known), None)
        return moments | self._once(district, category, first, self.clocks.receive, start, is_provisional=False)

    def _once(
        self,
        district: str,
        category: Category | None,
        standard: Standard | None,
        step: Limit,
        start: datetime,
        *,
        is_provisional: bool,
    ) -> dict[str, Any]:
        number = standard.id if standard else None
        alike = (district, category.code if category else None, number, step, start, is_provisional)
        if alike not in self._reckoned:
            calendar, limit = self.clocks.of(district), category.due_limit if category else self.default_due
            due = due_at_dispatch(calendar, start, standard, limit)
            said = due.provisional if is_provisional else due
            warn_at = warning_of(self.colours, calendar, due_at=due.at, limit=due.limit)
            step_due_at = step_due(calendar, start, step)
            self._reckoned[alike] = {"step_due_at": step_due_at, **said.columns, "warn_at": warn_at}
        return dict(self._reckoned[alike])

    def _standard(self, category: Category | None, number: int | None) -> Standard | None:
        known = self.standards.get(category.code, []) if category else []
        named = [standard for standard in known if standard.id == number]
        return next(iter(named or known), None)


def read_opening_clocks(
    conn: Connection, *, matters: Sequence[str], default_due: timedelta, at: datetime
) -> OpeningClocks:
    """The clocks and the rules of colours, with the standards in force of these matters."""
    clocks = read_clocks(conn)
    standards = read_standards(conn, matters=matters, at=at)
    return OpeningClocks(clocks, read_step_limits(conn, clocks), standards, default_due, read_colour_rules(conn))


def due_when_sorted(
    conn: Connection,
    *,
    district: str,
    category: Category,
    standard: int | None,
    start: datetime,
    at: datetime,
    path: Sequence[str] = (),
) -> dict[str, Any]:
    """The columns of a case that came in at `start` and is sorted `at` a moment under a matter.

    Without `warn_at`, which follows whatever moves a deadline (`supervision/following.py`).
    """
    clocks = read_opening_clocks(conn, matters=[category.code], default_due=category.due_limit, at=at)
    dues = clocks.columns(district=district, category=category, start=start, standard=standard, path=path)
    return {name: value for name, value in dues.items() if name != "warn_at"}
