"""A deadline that was missed is recorded with who had it and for how long it was behind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spatial.cases.clocks.deadlines import PROVISIONAL
from spatial.cases.clocks.missing import missed_by_move

DUE = datetime(2026, 5, 4, 9, tzinfo=UTC)
NOW = DUE + timedelta(hours=5)
ROADS = {"missed_at": DUE, "missed_by": "roads"}


@dataclass(frozen=True)
class Case:
    """A case as it stood before a move."""

    state: str = "handling"
    lead: str | None = "roads"
    due_at: datetime | None = DUE
    due_reason: str = "matter"
    closed_at: datetime | None = None
    paused_since: datetime | None = None
    missed_at: datetime | None = None


@pytest.mark.parametrize(
    ("case", "until"),
    [(Case(), NOW),
     (Case(state="closed", closed_at=DUE + timedelta(hours=3)), DUE + timedelta(hours=3)),
     (Case(state="suspended", paused_since=DUE + timedelta(hours=1)), DUE + timedelta(hours=1))],
)  # fmt: skip
def test_it_was_behind_until_it_was_closed_paused_or_left(case: Case, until: datetime) -> None:
    assert missed_by_move(case, act="return", changes={"lead": None}, now=NOW) == ROADS | {"missed_until": until}


@pytest.mark.parametrize("reason", ["matter", PROVISIONAL])
def test_what_is_referred_behind_its_deadline_missed_it_also_a_provisional_one(reason: str) -> None:
    case = Case(state="filed", lead=None, due_reason=reason)
    missed = missed_by_move(case, act="refer", changes={"lead": None}, now=NOW)
    assert missed == {"missed_at": DUE, "missed_by": None, "missed_until": NOW}


@pytest.mark.parametrize(
    ("case", "act", "changes"),
    [(Case(state="closed", closed_at=DUE), "reopen", {"lead": None}),
     (Case(state="suspended", paused_since=DUE - timedelta(hours=1)), "return", {"lead": None}),
     (Case(), "extend", {"due_at": NOW}),
     (Case(), "receive", {}),
     (Case(due_at=None), "return", {"lead": None}),
     (Case(due_reason=PROVISIONAL), "dispatch", {"lead": "order"}),
     (Case(state="referred", lead=None), "recall", {"due_at": NOW}),
     (Case(state="filed", lead=None, due_at=NOW), "refer", {"lead": None}),
     (Case(missed_at=DUE), "return", {"lead": None})],
)  # fmt: skip
def test_what_was_in_time_asked_for_provisional_or_recorded_before_is_no_new_miss(
    case: Case, act: str, changes: dict[str, Any]
) -> None:
    assert missed_by_move(case, act=act, changes=changes, now=NOW) == {}
