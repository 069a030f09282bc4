"""The urban-rural fringe (城乡结合部), where filing and dispatch have more time: cells of any level.

Knows cells by code. Refuses to know limits: `steps.py` does. What is fixed already stays.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "fringe.sql")


def mark_fringe(conn: Connection, *, cells: Sequence[str], is_fringe: bool) -> list[str]:
    """Say that cells lie in the fringe, or that they do not; answers the codes of all that do then.

    Raises Invalid for a code that is no cell.
    """
    known = set(run(conn, SQL["cells_known"], {"codes": list(cells)}).scalars())
    missing = [code for code in cells if code not in known]
    if missing:
        raise Invalid(f"there is no cell {missing[0]}; gridmaps grid export lists them by code", field="cells")
    run(conn, SQL["mark_fringe" if is_fringe else "unmark_fringe"], {"cells": list(cells)})
    return list(run(conn, SQL["fringe"]).scalars())
