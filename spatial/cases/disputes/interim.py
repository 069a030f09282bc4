"""Interim handling (先行处置, 垫付): a territorial body acts first while a dispute is open, and its cost is noted.

It does not become the responsible unit by acting. Refuses to know how the cost is made good.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from spatial.cases.disputes.acting import LockedCase, find_open_dispute, move_case, read_transitions
from spatial.cases.disputes.transitions import check_act
from spatial.cases.disputes.units import TERRITORY, resolve_unit
from spatial.errors import Conflict, Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "interim.sql")


def order_interim(
    conn: Connection, case: LockedCase, *, unit: str | None, note: str, actor: str, now: datetime
) -> LockedCase:
    """Order a body on the case's chain of cells to act first; without `unit` the one that the decision named,
    or else the nearest on the chain that really has a body.

    Raises IllegalAct, and Invalid for a unit that is no territorial body there.
    """
    check_act(read_transitions(conn), state=case.state, act="order_interim")
    named = unit or _interim_of(conn, case, now)
    if not named.startswith(TERRITORY):
        raise Invalid(f"unit: {named} is a department; interim handling is a territorial body's", field="unit")
    body = resolve_unit(conn, named, path=case.current_path, now=now, field="unit")
    params = {"dispute": find_open_dispute(conn, case), "unit": body, "note": note, "now": now, "actor": actor}
    order = int(run(conn, SQL["insert_order"], params).scalar_one())
    told = {"unit": body, "order": order}
    return move_case(
        conn, case, act="order_interim", to_state=case.state, changes={}, actor=actor, now=now, payload=told
    )


def note_cost(conn: Connection, case: LockedCase, *, cost: Decimal, note: str, actor: str, now: datetime) -> LockedCase:
    """Note what the newest interim order without a cost has cost.

    Raises IllegalAct, and Conflict where no order of this case waits for its cost.
    """
    check_act(read_transitions(conn), state=case.state, act="note_cost")
    row = run(conn, SQL["note_cost"], {**case.key, "cost": cost, "note": note, "now": now}).first()
    if row is None:
        raise Conflict("no interim order of this case waits for its cost")
    told = {"unit": row.unit, "order": row.id}
    return move_case(conn, case, act="note_cost", to_state=case.state, changes={}, actor=actor, now=now, payload=told)


def is_cost_open(conn: Connection, case: LockedCase) -> bool:
    """Whether an interim order of this case waits for its cost."""
    return bool(run(conn, SQL["is_cost_open"], case.key).scalar_one())


def _interim_of(conn: Connection, case: LockedCase, now: datetime) -> str:
    body = case.owner.get("interim") or {}
    cell = body.get("cell")
    if cell is None or cell not in case.current_path:  # not decided, or a redraw has moved the place since
        cell = run(conn, SQL["nearest_body"], {"path": list(case.current_path), "at": now}).scalar_one_or_none()
    if cell is None:
        raise Invalid("unit is missing: the case lies outside the grid, and no body is near", field="unit")
    return f"{TERRITORY}{cell}"
