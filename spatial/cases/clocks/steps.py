"""The process limit of each state: by when a case that has come there must go on.

- Filing and dispatch together: from intake on, or since it came back to the centre; longer in the urban-rural fringe.
- The unit's first look, behind the dispatch; then the case's own deadline, for the unit as for the own level.
- The check of a report, where one is asked for, and the check of a result.

No such limit runs while a case waits for a ruling or a provider, nor when it is over. A case that is suspended keeps
what it had, for its clock runs on from there. Knows states by name. Refuses to write cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Connection

from spatial.cases.clocks.limits import Limit
from spatial.cases.clocks.reading import Clocks, read_clocks
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "steps.sql")
_AT_THE_CENTRE = frozenset(("reported", "filed", "returned"))
_WITH_ONE_LIMIT = frozenset(("pending", "submitted"))
_AT_WORK = frozenset(("own_handling", "handling"))
# One limit runs through both, or is kept while it stands.
_KEPT = frozenset((("reported", "filed"), ("handling", "suspended"), ("pending", "suspended")))


class Stepped(Protocol):
    """What is asked of a case."""

    @property
    def district(self) -> str:
        """Its home, whose calendar counts."""
        ...

    @property
    def state(self) -> str:
        """Its state before the move."""
        ...

    @property
    def due_at(self) -> datetime | None:
        """Its own deadline before the move."""
        ...

    @property
    def current_path(self) -> tuple[str, ...]:
        """Where it lies, widest cell first."""
        ...

    @property
    def is_history(self) -> bool:
        """Whether it was loaded as history, which runs under no clock."""
        ...


@dataclass(frozen=True)
class StepLimits:
    """The limits of the steps that lie at the centre. `fringe` holds the cells of the urban-rural fringe."""

    file_dispatch: Limit
    fringe_dispatch: Limit
    report_check: Limit
    fringe: frozenset[str]

    def waiting(self, path: Sequence[str]) -> Limit:
        """For filing and dispatch of what lies in a chain of cells."""
        return self.file_dispatch if self.fringe.isdisjoint(path) else self.fringe_dispatch


def read_step_limits(conn: Connection, clocks: Clocks) -> StepLimits:
    """The limits as they stand."""
    row = run(conn, SQL["step_settings"]).one()
    limits = {key.removesuffix("_limit"): _limit(said) for key, said in row.limits.items()}
    return StepLimits(clocks.file_dispatch, limits["fringe_dispatch"], limits["report_check"], frozenset(row.fringe))


def step_of_move(
    conn: Connection, case: Stepped, *, to_state: str, due_at: datetime | None, now: datetime
) -> dict[str, Any]:
    """The column of a case that moves to a state now, or nothing where its step's limit runs on.

    `due_at` is the case's own deadline behind the move.
    """
    if case.is_history:
        return {}
    if to_state in _AT_WORK:
        return {"step_due_at": due_at}
    if to_state == case.state or (case.state, to_state) in _KEPT:
        return {}
    if to_state not in _AT_THE_CENTRE and to_state not in _WITH_ONE_LIMIT:
        return {"step_due_at": None}
    clocks = read_clocks(conn)
    own = {"pending": clocks.receive, "submitted": clocks.result_check}.get(to_state)
    limit = own or read_step_limits(conn, clocks).waiting(case.current_path)
    return {"step_due_at": clocks.of(case.district).add(now, limit)}


def step_when_asked(conn: Connection, case: Stepped, *, now: datetime) -> dict[str, Any]:
    """The column of a case whose report somebody is to look at."""
    clocks = read_clocks(conn)
    return _column(case, clocks.of(case.district).add(now, read_step_limits(conn, clocks).report_check))


def step_when_looked_at(conn: Connection, case: Stepped, *, now: datetime) -> dict[str, Any]:
    """The column of a case whose report was looked at: it is to be filed and dispatched from now on."""
    clocks = read_clocks(conn)
    limit = read_step_limits(conn, clocks).waiting(case.current_path)
    return _column(case, clocks.of(case.district).add(now, limit))


def _column(case: Stepped, due_at: datetime) -> dict[str, Any]:
    return {} if case.is_history else {"step_due_at": due_at}


def _limit(said: dict[str, Any]) -> Limit:
    return Limit(Decimal(str(said["amount"])), said["unit"])
