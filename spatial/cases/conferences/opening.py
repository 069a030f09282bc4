"""Opening a conference: by one of its triggers or by hand, at most one open at a time for a case.

Knows the order of opening. Refuses to decide anything (`deciding.py`), to commit, and to wake readers.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.conferences.boards import Board, board_for, get_board, list_boards
from spatial.cases.conferences.overtaking import CONFERRED_IN
from spatial.cases.conferences.seating import Member, resolve_members
from spatial.cases.conferences.triggers import Facts, standing
from spatial.cases.disputes.acting import (
    LockedCase,
    find_open_dispute,
    lock_case,
    move_case,
    note_words,
    read_transitions,
)
from spatial.cases.disputes.transitions import check_act
from spatial.cases.recording import record
from spatial.errors import Conflict, Forbidden, Invalid
from spatial.store.db import run
from spatial.store.events import EventDraft
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY, Reach

SQL = load_queries(__file__, "opening.sql")
TRIGGERS = ("refusals", "help", "manual")


@dataclass(frozen=True)
class OpeningDraft:
    """Which case, which trigger; `board` None is the one that the case's platform goes to."""

    case_no: str
    trigger: str
    board: str | None = None
    reason: str = ""
    members: tuple[Member, ...] = ()


def open_conference(conn: Connection, *, draft: OpeningDraft, reach: Reach, actor: str, now: datetime) -> int:
    """Open a conference on a case within reach; its number.

    Raises NotFound, IllegalAct, Invalid for a trigger that does not stand or a missing reason, and Conflict with the
    open `conference` in `extra` where there is one.
    """
    case = lock_case(conn, reach=reach, case_no=draft.case_no)
    check_act(read_transitions(conn), state=case.state, act="confer")
    _check_none_open(conn, case)
    since = _since(conn, case, draft, now)
    board = get_board(conn, draft.board) if draft.board else _board_of(list_boards(conn), case)
    return _open(conn, case, draft, board, since=since, actor=actor, now=now)


def ask_help(
    conn: Connection, case: LockedCase, *, note: str, own: Set[str] | None, actor: str, now: datetime
) -> LockedCase:
    """The lead unit of a locked case asks for help; a conference follows once the deadline has passed.

    `own` holds the units that the person speaks for, None is any. Raises IllegalAct, Forbidden, Conflict where it has
    asked before.
    """
    check_act(read_transitions(conn), state=case.state, act="ask_help")
    if own is not None and case.lead not in own:
        raise Forbidden(f"{case.lead} leads this case and alone may ask for help with it")
    asked = run(conn, SQL["ask_help"], {**case.key, "unit": case.lead, "now": now, "actor": actor}).first()
    if asked is None:
        raise Conflict(f"{case.lead} has asked for help with this case before; the centre has been told")
    note_words(conn, case, act="ask_help", note=note, actor=actor, now=now)
    told = {"unit": case.lead}
    return move_case(conn, case, act="ask_help", to_state=case.state, changes={}, actor=actor, now=now, payload=told)


def has_asked_help(conn: Connection, case: LockedCase) -> bool:
    """Whether the unit that leads a case has asked for help with it, and the centre has not answered."""
    return bool(run(conn, SQL["has_asked_help"], {**case.key, "unit": case.lead}).scalar_one())


def open_due_conferences(conn: Connection, *, now: datetime, limit: int) -> int:
    """Open the conferences whose trigger stands and opens by itself, at most `limit`; how many were opened.

    Twice at once is once: the second waits for the case and finds the conference open.
    """
    due = run(conn, SQL["due_conferences"], {"now": now, "limit": limit, "reach": WHOLE_CITY.bound}).all()
    boards, opened = list_boards(conn), 0
    for row in due:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=row.case_no)
        since = standing(read_facts(conn, case), now=now).get(row.trigger)
        if since is None or _held_before(conn, case, since):
            continue
        draft = OpeningDraft(case.case_no, row.trigger)
        _open(conn, case, draft, _board_of(boards, case), since=since, actor="system", now=now)
        opened += 1
    return opened


def end_overtaken_conferences(conn: Connection, *, now: datetime, limit: int) -> int:
    """End the open conferences whose dispute was settled elsewhere, or whose case is over; how many.

    Those of cases that end are ended with them (`overtaking.py`); what is left here is what was written past the acts.
    """
    found = run(conn, SQL["overtaken"], {"limit": limit, "reach": WHOLE_CITY.bound, "conferred_in": list(CONFERRED_IN)})
    rows = found.all()
    for row in rows:
        case = lock_case(conn, reach=WHOLE_CITY, case_no=row.case_no)
        end(conn, case, row.id, why="overtaken", actor="system", now=now)
    return len(rows)


def end(conn: Connection, case: LockedCase, conference: int, *, why: str, actor: str, now: datetime) -> bool:
    """End an open conference of a locked case without a decision; whether it was open."""
    ended = run(conn, SQL["end_conference"], {"id": conference, "why": why, "now": now, "actor": actor}).first()
    if ended is None:
        return False
    tell(conn, case, "conference_ended", {"conference": conference}, actor=actor, now=now)
    return True


def tell(conn: Connection, case: LockedCase, what: str, payload: dict[str, Any], *, actor: str, now: datetime) -> None:
    """An event of a locked case that leaves its state as it is; codes and refs only."""
    told = {"state": case.state, "step": case.step, **payload}
    path = (*case.current_path, *case.parties)
    record(conn, [EventDraft(case.district, "case", case.case_no, f"case.{what}", now, actor, path, told)])


def add_members(conn: Connection, conference: int, members: tuple[Member, ...], units: tuple[str, ...] = ()) -> None:
    """Write members down; one who sits there already is left as he is."""
    wanted = [*members, *(Member(unit) for unit in units)]
    if not all(one.label.strip() for one in wanted):
        raise Invalid("members: name a unit, a person, or both", field="members")
    params = {"units": [one.unit for one in wanted], "people": [one.person for one in wanted]}
    run(conn, SQL["add_members"], {"id": conference} | params)


def _check_none_open(conn: Connection, case: LockedCase) -> None:
    standing_one = find_open_of(conn, case)
    if standing_one is not None:
        sentence = f"conference {standing_one} on this case is open; decide or end it first"
        raise Conflict(sentence, field="case_no", extra={"conference": standing_one})


def _held_before(conn: Connection, case: LockedCase, since: datetime) -> bool:
    """Whether a conference is open, or was held for this very cause."""
    return bool(run(conn, SQL["held_since"], {**case.key, "since": since}).scalar_one())


def _since(conn: Connection, case: LockedCase, draft: OpeningDraft, now: datetime) -> datetime:
    if draft.trigger not in TRIGGERS:
        raise Invalid(f"trigger takes {', '.join(TRIGGERS)}", field="trigger")
    if draft.trigger == "manual":
        if not draft.reason.strip():
            raise Invalid("reason must say why no single unit can solve this", field="reason")
        return now
    found = standing(read_facts(conn, case), now=now)
    if draft.trigger not in found:
        needs = {"refusals": "two units have refused it", "help": "its deadline has passed and its lead asks for help"}
        sentence = f"{draft.trigger} opens a conference when {needs[draft.trigger]}; open it by hand, with a reason"
        raise Invalid(sentence, field="trigger")
    return found[draft.trigger]


def read_facts(conn: Connection, case: LockedCase) -> Facts:
    """What calls for a conference on a case that was read within a reach."""
    row = run(conn, SQL["facts_of_case"], {**case.key, "reach": WHOLE_CITY.bound}).one()
    return Facts(**row._mapping)


def find_open_of(conn: Connection, case: LockedCase) -> int | None:
    """The conference that is open on a case."""
    found: int | None = run(conn, SQL["open_of_case"], case.key).scalar_one_or_none()
    return found


def _board_of(boards: list[Board], case: LockedCase) -> Board:
    board = board_for(boards, case.platform)
    if board is None:
        raise Invalid("board is missing: no board takes this platform and none is the default", field="board")
    return board


def _open(
    conn: Connection,
    case: LockedCase,
    draft: OpeningDraft,
    board: Board,
    *,
    since: datetime,
    actor: str,
    now: datetime,
) -> int:
    written = {
        **case.key, "board": board.code, "trigger": draft.trigger, "reason": draft.reason.strip(), "since": since,
        "dispute": find_open_dispute(conn, case), "actor": actor, "now": now,
    }  # fmt: skip
    members = resolve_members(conn, draft.members, path=case.current_path, now=now)
    number = int(run(conn, SQL["insert_conference"], written).scalar_one())
    run(conn, SQL["answer_help"], case.key)
    concerned = run(conn, SQL["units_concerned"], {**case.key, "reach": WHOLE_CITY.bound}).scalars()
    add_members(conn, number, members, tuple(concerned))
    told = {"conference": number, "board": board.code, "trigger": draft.trigger}
    move_case(conn, case, act="confer", to_state=case.state, changes={}, actor=actor, now=now, payload=told)
    return number
