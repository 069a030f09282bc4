"""Reading what a district has set: the rules of colours and the ladder of orders.

Knows rows; refuses to know what is done by them.
"""

from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.supervision.colours import ColourRule
from spatial.cases.supervision.ladder import EVERY_SOURCE, ORDER, Ladder, Ladders, Rung
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "rules.sql")
_PRECISION = 10**6


def read_colour_rules(conn: Connection) -> dict[str, ColourRule]:
    """The rule of each unit of time. Shares are kept to a millionth, so that a stored 0.6666... is two thirds."""
    return {
        row.unit: ColourRule(row.unit, _share(row.used_share), Fraction(row.units_left))
        for row in run(conn, SQL["colour_rules"])
    }


def read_ladders(conn: Connection) -> Ladders:
    """The ladders as they stand."""
    rungs: dict[str, list[Rung]] = {EVERY_SOURCE: []}
    for row in run(conn, SQL["ladder"]):
        rungs.setdefault(row.source, []).append(_rung(row))
    ranks = {row.key: row.rank for row in run(conn, SQL["level_ranks"])}
    return Ladders({source: Ladder(tuple(own), ranks) for source, own in rungs.items()})


def _rung(row: Row[Any]) -> Rung:
    reply = (row.reply_amount, row.reply_unit) if row.kind == ORDER else None
    after = None if row.after_amount is None else (row.after_amount, row.after_unit)
    return Rung(row.level, row.holder, reply, (row.red_amount, row.red_unit), row.kind, row.copy_to, after)


def _share(stored: object) -> Fraction:
    return Fraction(str(stored)).limit_denominator(_PRECISION)
