"""The act of a supervisor: an order on a case, whatever its colour.

Answered or not in time it goes the way of every order, but no new deadline ends it. Refuses to know who may.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, move_case, note_words, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.supervision.ladder import ORDER, Ladder
from spatial.cases.supervision.ordering import Asked, place_of, told_of, write_orders
from spatial.cases.supervision.orders import SQL
from spatial.cases.supervision.rules import read_ladders
from spatial.errors import Conflict, Invalid
from spatial.store.db import run


def supervise_case(
    conn: Connection, case: LockedCase, *, level: int = 1, note: str, actor: str, now: datetime
) -> LockedCase:
    """Order whoever stands on a level of the ladder to answer in writing what becomes of a held case.

    Raises IllegalAct, Invalid for a level that the ladder lacks, Conflict while such an order waits for its answer.
    """
    check_act(read_transitions(conn), state=case.state, act="supervise")
    ladders = read_ladders(conn)
    asked = _asked(ladders.of(case.source, by_hand=True), case, level, now)
    waiting = run(conn, SQL["open_manual"], {**case.key, "level": asked.rung.level}).scalar()
    if waiting is not None:
        raise Conflict(f"supervision order {waiting} on this case waits for its answer; wait for it, or ask higher up")
    [number] = write_orders(conn, ladders, [asked], actor=actor, now=now, tell=False)
    note_words(conn, case, act="supervise", note=note, actor=actor, now=now)
    told = told_of(asked, number)
    return move_case(conn, case, act="supervise", to_state=case.state, changes={}, actor=actor, now=now, payload=told)


def list_levels_to_ask(conn: Connection, case: LockedCase) -> list[int]:
    """The levels on which somebody can be asked now: somebody stands there, and no such order waits for his answer."""
    ladder = read_ladders(conn).of(case.source, by_hand=True)
    known = [rung.level for rung in ladder.rungs if rung.kind == ORDER]
    return [level for level in known if _can_be_asked(conn, ladder, case, level)]


def _can_be_asked(conn: Connection, ladder: Ladder, case: LockedCase, level: int) -> bool:
    try:
        asked = _asked(ladder, case, level, case.received_at)
    except Conflict:
        return False
    return run(conn, SQL["open_manual"], {**case.key, "level": asked.rung.level}).first() is None


def _asked(whole: Ladder, case: LockedCase, level: int, now: datetime) -> Asked:
    # What wants no answer cannot be ordered by hand; an order may still climb to it.
    ladder = replace(whole, rungs=tuple(rung for rung in whole.rungs if rung.kind == ORDER))
    if level not in {rung.level for rung in ladder.rungs}:
        known = ", ".join(str(rung.level) for rung in ladder.rungs)
        raise Invalid(f"level {level} is none of the ladder; it has {known}", field="level")
    found = ladder.first(place_of(case), level=level)
    if found is None:
        raise Conflict("nobody stands on this level where the case lies; ask on a lower one", field="level")
    return Asked(case, ORDER, "manual", *found, due_at=now)
