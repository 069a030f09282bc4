"""Levels: what the own level does itself, and how a case goes up and down, one level at a time.

The own level acts first; what it cannot solve is handed over. Skipping the hand-over is legal only where it solved
the case. Each level's time is kept. Refuses to know which body sits at a level: territory does.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from spatial.cases.clocks.fixing import due_when_filed
from spatial.cases.disputes.accepting import choose_standard
from spatial.cases.disputes.acting import LockedCase, matter_of, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.lifecycle.keeping import SQL
from spatial.cases.lifecycle.pictures import keep_after
from spatial.cases.lifecycle.signing import check_no_doubt
from spatial.errors import Conflict
from spatial.store.db import run

SOLVED: dict[str, Any] = {"outcome": "fixed", "is_self_solved": True}  # what the own level says when it has


class Solved(Protocol):
    """What is asked of a case that its own level has solved."""

    @property
    def tier(self) -> int | None:
        """The level that has it."""
        ...

    @property
    def current_path(self) -> tuple[str, ...]:
        """Its chain of cells."""
        ...

    @property
    def is_citizens(self) -> bool:
        """Whether a citizen reported it."""
        ...


def handle_own(conn: Connection, case: LockedCase, *, actor: str, now: datetime) -> LockedCase:
    """The own level sets about it itself. Raises IllegalAct, Conflict where a look at the place has found nothing."""
    check_act(read_transitions(conn), state=case.state, act="handle_own")
    check_no_doubt(conn, case, waits=False)
    return move_case(
        conn, case, act="handle_own", to_state="own_handling", changes={}, actor=actor, now=now, payload={}
    )


def solve_own(
    conn: Connection, case: LockedCase, *, how: str, photos_after: Sequence[str], actor: str, now: datetime
) -> LockedCase:
    """The own level has solved it: closed without a hand-over, with how and a picture.

    What a unit or a community has solved of a matter that archives itself goes to the library at once; a citizen's case
    only when he was called back and it is evaluated, as every one of his. Raises IllegalAct, Invalid.
    """
    check_act(read_transitions(conn), state=case.state, act="solve_own")
    keep_after(conn, case.key, photos_after, act="solve_own", actor=actor, now=now)
    note_words(conn, case, act="solve_own", note=how, actor=actor, now=now)
    changes: dict[str, Any] = dict(SOLVED)
    if may_archive(case) and archives_itself(conn, case.category):
        changes["archived_at"] = now
    told = {"outcome": "fixed", "photos": sorted(set(photos_after)), "archived": "archived_at" in changes}
    return move_case(
        conn, case, act="solve_own", to_state="closed", changes=changes, actor=actor, now=now, payload=told
    )


def hand_over(
    conn: Connection, case: LockedCase, *, reason: str, standard: int | None, actor: str, now: datetime
) -> LockedCase:
    """The own level cannot solve it alone: filed, and to be dispatched. Raises IllegalAct, Conflict, Invalid."""
    check_act(read_transitions(conn), state=case.state, act="hand_over")
    changes = _filed(conn, case, standard, now)
    note_words(conn, case, act="hand_over", note=reason, actor=actor, now=now)
    told = {"standard": changes["standard"]}
    return move_case(conn, case, act="hand_over", to_state="filed", changes=changes, actor=actor, now=now, payload=told)


def escalate_case(
    conn: Connection, case: LockedCase, *, reason: str, standard: int | None, actor: str, now: datetime
) -> LockedCase:
    """Pass a case to the next wider level; the time of the one that lets go is kept.

    Raises IllegalAct, Conflict at the widest level and outside the grid.
    """
    check_act(read_transitions(conn), state=case.state, act="escalate")
    tier = _tier(case)
    if tier == 1:
        raise Conflict("the widest level has this case; there is none above it")
    filed = _filed(conn, case, standard, now) | {"filed_at": now} if case.state == "own_handling" else {}
    to_state = "filed" if filed else case.state
    return _moved(conn, case, "escalate", tier - 1, to_state, filed, reason, actor=actor, now=now)


def order_down(conn: Connection, case: LockedCase, *, reason: str, actor: str, now: datetime) -> LockedCase:
    """Order a case down to the next narrower level. Raises IllegalAct, Conflict at the basic unit."""
    check_act(read_transitions(conn), state=case.state, act="order_down")
    tier = _tier(case)
    if tier >= len(case.current_path):
        raise Conflict("the basic unit has this case; there is no level below it")
    return _moved(conn, case, "order_down", tier + 1, case.state, {}, reason, actor=actor, now=now)


def list_archiving(conn: Connection, matters: Collection[str]) -> set[str]:
    """Those of these matters that archive themselves, or belong to a category that does."""
    return set(run(conn, SQL["archiving"], {"matters": sorted(set(matters))}).scalars())


def archives_itself(conn: Connection, matter: str | None) -> bool:
    """Whether a matter, or the category that it belongs to, archives itself when the community has solved it."""
    return matter is not None and matter in list_archiving(conn, [matter])


def may_archive(case: Solved) -> bool:
    """Whether a case that its own level solved is nobody's but the neighbours': the unit or the community above it has
    it, neither a street nor a district, and no citizen waits for an answer.
    """
    return case.tier is not None and case.tier >= len(case.current_path) - 1 and not case.is_citizens


def _tier(case: LockedCase) -> int:
    if case.tier is None or not case.current_path:
        raise Conflict("this case lies outside the grid and has no levels")
    return case.tier


def _filed(conn: Connection, case: LockedCase, standard: int | None, now: datetime) -> dict[str, Any]:
    """The columns of a case that the own level lets go of: its deadline is as if it were dispatched now."""
    wanted, matter = standard if standard is not None else case.standard, matter_of(case)
    chosen = choose_standard(conn, matter=matter, standard=wanted, at=now)
    if case.is_history:
        return {"standard": chosen}
    due = due_when_filed(conn, district=case.district, matter=matter, standard=chosen, start=now)
    return {"standard": chosen} | due


def _moved(
    conn: Connection,
    case: LockedCase,
    act: str,
    tier: int,
    to_state: str,
    filed: dict[str, Any],
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> LockedCase:
    note_words(conn, case, act=act, note=reason, actor=actor, now=now)
    since = case.tier_since or now
    told = {"from_tier": case.tier, "to_tier": tier, "held_s": max((now - since).total_seconds(), 0.0)}
    changes = filed | {"tier": tier}
    return move_case(conn, case, act=act, to_state=to_state, changes=changes, actor=actor, now=now, payload=told)
