"""The boards of a district and what opens a conference: rows that the district edits.

Knows names and which platform's cases a board gets. Refuses to know cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from spatial.errors import Conflict, Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "boards.sql")


@dataclass(frozen=True)
class Board:
    """A standing conference. `platforms` are those whose cases it gets when nobody chooses a board."""

    code: str
    ordinal: int
    name: str
    name_zh: str
    platforms: tuple[str, ...]
    is_default: bool
    is_in_use: bool


@dataclass(frozen=True)
class Trigger:
    """What opens a conference, and whether it does so by itself."""

    code: str
    name: str
    name_zh: str
    opens_itself: bool


def list_boards(conn: Connection) -> list[Board]:
    """All boards in their order, those out of use too."""
    return [Board(**dict(row._mapping) | {"platforms": tuple(row.platforms)}) for row in run(conn, SQL["boards"])]


def get_board(conn: Connection, code: str) -> Board:
    """A board in use. Raises Invalid, naming the field `board`."""
    boards = {one.code: one for one in list_boards(conn) if one.is_in_use}
    if code not in boards:
        raise Invalid(f"there is no board {code} in use; take {', '.join(boards) or 'none: add one'}", field="board")
    return boards[code]


def board_for(boards: Sequence[Board], platform: str) -> Board | None:
    """The board that a case of this platform goes to when nobody chooses: its own, else the default; None without."""
    used = [one for one in boards if one.is_in_use]
    own = next((one for one in used if platform in one.platforms), None)
    return own or next((one for one in used if one.is_default), None)


def put_board(conn: Connection, board: Board) -> Board:
    """Add a board or change the one with its code. Raises Invalid for an unknown platform, Conflict for a second
    default.
    """
    for code in run(conn, SQL["unknown_platforms"], {"codes": list(board.platforms)}).scalars():
        raise Invalid(f"there is no platform {code}; see /api/v1/platforms", field="platforms")
    if board.is_default and not board.is_in_use:
        raise Invalid("a board that is out of use cannot be the default", field="is_default")
    try:
        with conn.begin_nested():
            run(conn, SQL["put_board"], vars(board) | {"platforms": list(board.platforms)})
    except IntegrityError:
        raise Conflict("another board is the default; take it back there first", field="is_default") from None
    return next(one for one in list_boards(conn) if one.code == board.code)


def list_triggers(conn: Connection) -> list[Trigger]:
    """What opens a conference."""
    return [Trigger(**row._mapping) for row in run(conn, SQL["triggers"])]


def set_trigger(conn: Connection, *, code: str, opens_itself: bool) -> Trigger:
    """Let a trigger open conferences by itself, or leave it to the centre. Raises NotFound, Invalid for `manual`."""
    if code == "manual" and opens_itself:
        raise Invalid("nothing opens by itself that is opened by hand", field="opens_itself")
    row = run(conn, SQL["set_trigger"], {"code": code, "opens_itself": opens_itself}).first()
    if row is None:
        raise NotFound(f"there is no trigger {code}; take refusals or help")
    return Trigger(**row._mapping)
