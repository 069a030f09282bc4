"""Work lists: the cases that wait for one person, and what he is waited for.

Waiting is narrower than legal: an act that he may do, and for which somebody waits. An officer may set about any case
of his; he is waited for where a look was asked for, where his own level has the case in hand, or a result is to be
checked. Whose an act is follows from postings, which come in as a value. Knows rows; refuses to know people.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile, CaseFilter, case_of
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import NOTHING, Reach

SQL = load_queries(__file__, "waiting.sql")
# What somebody can be waited for: acts of a case, a ruling on it, the supervisor's word on a call-back, the answer to
# an order about it, being there where a whistle calls, and what a conference gave him to do.
ACTS = (
    "accept", "appeal", "call_back", "contact", "dispatch", "extend", "finish_task", "handle_own", "note_cost",
    "receive", "rule", "solve_own", "sort", "submit", "suspend", "verify_report", "verify_result", "void",
    "settle_call_back", "answer_order", "report_in", "finish_action",
)  # fmt: skip
DECISIONS = ("extend", "suspend", "appeal")
_OF_WHAT_WAS_ASKED = frozenset((*DECISIONS, "settle_call_back", "answer_order", "report_in", "finish_action"))
# By the names that the statement has for them: the reach in which somebody is waited for by a permission of his.
_REACHES = (
    "accept", "void", "dispatch", "solve", "rule", "refer", "call_back", "verify", "cost", "again", "decide", "settle",
    "answer",
)  # fmt: skip
_ASKED = frozenset(("again", "decide", "settle", "answer"))
# In which states a permission, the field or a unit is waited for at all.
_STATES = {
    "accept": ("reported",), "void": ("reported", "filed"), "dispatch": ("filed", "returned", "ruled"),
    "solve": ("reported", "filed", "own_handling"), "rule": ("disputed",), "refer": ("referred",),
    "call_back": ("closed",), "verify": ("submitted",),
    "decide": ("pending", "handling", "closed"), "field": ("reported", "filed"),
    "posts": ("pending", "handling", "submitted"), "cost": ("pending", "disputed", "ruled"),
}  # fmt: skip
_NARROWED = (
    "step", "state", "certainty", "category", "platform", "nature", "provider", "lead", "with_nobody",
    "off_grid", "tier", "cell", "words",
)  # fmt: skip


@dataclass(frozen=True)
class Waited:
    """For whom a list is: his signature, how far he sees, and what he is posted for.

    `reaches` holds by the statement's names how far each of his permissions goes, `field` the cells in which he walks.
    `posts` are the departments that he handles for with the cell, '' for none: ('', cell) speaks for a territory.
    `answers` are those for which he answers orders, in the same form; `centre` holds the cells, '' for the city, in
    which he sits at the centre, and stands in for a widest body that has nobody of its own, as `bodied` roles are.
    `called` are the units for which he reports in where a whistle calls, `owning` those whose actions of a conference
    he ends.
    """

    actor: str
    reach: Reach
    reaches: Mapping[str, Reach]
    field: tuple[str, ...]
    posts: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...] = ()
    centre: tuple[str, ...] = ()
    bodied: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    owning: tuple[str, ...] = ()

    @property
    def is_only_asked(self) -> bool:
        """Whether nothing waits for him but what others asked for: such cases are few, and found by what was asked."""
        held = [name for name in _REACHES if name not in _ASKED and self.reaches.get(name, NOTHING) != NOTHING]
        return not held and not self.field and not self.posts

    @property
    def states(self) -> set[str]:
        """The states in which a case may wait for him."""
        held = {name for name, reach in self.reaches.items() if reach != NOTHING}
        held |= {name for name, there in (("field", self.field), ("posts", self.posts)) if there}
        return {state for name in held for state in _STATES.get(name, ())}


@dataclass(frozen=True)
class Place:
    """A place in the order of a work list: the deadline of a case, None where it has none, and its number."""

    late_at: datetime | None
    case_no: str


def list_waiting(
    conn: Connection,
    *,
    waited: Waited,
    narrowed: CaseFilter,
    acts: Collection[str] | None,
    now: datetime,
    limit: int,
    behind: Place | None = None,
) -> list[tuple[CaseFile, list[str]]]:
    """The cases that wait for somebody, most urgent deadline first, each with what he is waited for.

    `acts` leaves those that wait for one of these; of `narrowed`, bounding box and colour are not looked at.
    """
    wanted = set(ACTS if acts is None else acts)
    params = _narrowing(narrowed) | _whose(waited) | _place(behind)
    only_asked = waited.is_only_asked or wanted <= _OF_WHAT_WAS_ASKED
    params |= {"states": sorted(waited.states), "acts": sorted(wanted), "only_asked": only_asked}
    params |= {"now": now, "limit": limit}
    return [(case_of(row), list(row.waits_for)) for row in run(conn, SQL["list_waiting"], params)]


def _whose(waited: Waited) -> dict[str, Any]:
    reaches = {name: waited.reaches.get(name, NOTHING).bound for name in _REACHES}
    said = {"actor": waited.actor, "reach": waited.reach.bound, "field": list(waited.field)}
    said |= {"centre": list(waited.centre), "bodied": list(waited.bodied), "called": list(waited.called)}
    said |= {"owning": list(waited.owning)}
    said |= {"departments": [post[0] for post in waited.posts], "cells": [post[1] for post in waited.posts]}
    answering = {"for_units": [post[0] for post in waited.answers], "for_cells": [post[1] for post in waited.answers]}
    return reaches | said | answering


def _narrowing(narrowed: CaseFilter) -> dict[str, Any]:
    asked = {name: getattr(narrowed, name) for name in _NARROWED}
    return asked | {"text_reach": narrowed.text_reach.bound, "late_before": narrowed.overdue_at}


def _place(behind: Place | None) -> dict[str, Any]:
    if behind is None:
        return {"behind": None, "behind_no": None}
    return {"behind": behind.late_at or "infinity", "behind_no": behind.case_no}
