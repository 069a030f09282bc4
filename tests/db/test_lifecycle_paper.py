"""The papers on the seven steps and on conferences keep their word: their tables are the tables that decide."""

import re
from collections import defaultdict
from pathlib import Path

from sqlalchemy import Connection

from spatial.cases.conferences.boards import list_boards, list_triggers
from spatial.cases.conferences.whistles import list_types
from spatial.cases.disputes.acting import read_transitions
from spatial.cases.disputes.permitted import ALSO_BY, DECIDED_BY, PERMISSIONS
from spatial.people.roles import roles_with

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _rows(page: str, cells: int) -> list[list[str]]:
    """The lines of a page's tables that begin with a name and have so many cells."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    parted = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in parted if len(row) == cells]


def _who(act: str) -> str:
    if act not in PERMISSIONS:
        return "–"
    sides = [PERMISSIONS[act], *([DECIDED_BY[act]] if act in DECIDED_BY else [])]
    asked = [", ".join(role for role in roles_with(one) if role != "administrator") for one in sides]
    also = [role for role in roles_with(ALSO_BY[act]) if role != "administrator"] if act in ALSO_BY else []
    return "; decided by ".join(asked) + ("; any part: " + ", ".join(also) if also else "")


def _moves(told: str) -> set[tuple[str, str]]:
    found = set()
    for part in told.split("; "):
        stays = part.removeprefix("stays: ")
        origins, _, target = stays.partition(" → ")
        found |= {(origin, target or origin) for origin in origins.split(", ")}
    return found


def test_the_page_names_every_state_with_its_step(conn: Connection) -> None:
    said = {state: row[0] for row in _rows("lifecycle.md", 3)[1:] for state in row[2].split(", ")}
    assert said == dict(read_transitions(conn).steps)


def test_the_page_names_every_move_and_who_may(conn: Connection) -> None:
    known = defaultdict(set)
    for origin, act, target in read_transitions(conn).moves:
        known[act].add((origin, target))
    rows = {row[0].strip("`"): row for row in _rows("lifecycle.md", 5)[1:]}
    assert {act: _moves(row[2]) for act, row in rows.items()} == known
    assert {act: row[3] for act, row in rows.items()} == {act: _who(act) for act in known}


def test_the_page_names_the_boards_with_their_platforms_the_triggers_and_the_whistles(conn: Connection) -> None:
    text = (DOCS / "conferences.md").read_text(encoding="utf-8")
    for board in list_boards(conn):
        row = re.search(rf"^\| `{board.code}` \| (\S+) \|(.*)\|$", text, re.MULTILINE)
        assert row and row[1] == board.name_zh, board.code
        assert re.findall(r"`(\w+)`", row[2]) == list(board.platforms), board.code
        assert ("no other" in row[2]) == board.is_default
    for trigger in list_triggers(conn):
        assert f"\n| `{trigger.code}` |" in text
    for kind in list_types(conn):
        assert f"| `{kind.code}` | {kind.name_zh} | {kind.limit_amount.normalize():f} {kind.limit_unit} |" in text
