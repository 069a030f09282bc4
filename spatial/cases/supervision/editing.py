"""Editing what a district has set: the rule of a colour, the ladder of a source.

An edited colour holds for what moves from now on at once, and for the cases that run already behind the next sweep
(`reckoning.py`). An edited ladder holds for what is written from now on; what was written keeps its moments. Refuses to
know who may.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from spatial.cases.clocks.limits import UNITS
from spatial.cases.supervision.colours import ColourRule
from spatial.cases.supervision.ladder import CRITICISM, EVERY_SOURCE, ORDER, Ladder, Rung
from spatial.cases.supervision.rules import read_colour_rules, read_ladders
from spatial.errors import Invalid, NotFound
from spatial.store.db import hold_grid_alone, run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "editing.sql")
HOLDER = "holder"


def pending_units(conn: Connection) -> set[str]:
    """The units of time whose rule or calendar was edited and whose running cases still wait for the sweep."""
    return set(run(conn, SQL["pending_units"]).scalars())


def put_colour(conn: Connection, *, unit: str, used_share: Decimal, units_left: Decimal) -> ColourRule:
    """Edit when a limit in a unit of time turns yellow; running cases are reckoned anew by the next sweep.

    Raises NotFound for a unit that is no clock, Invalid for a share outside 0 to 1 and for less than no units.
    """
    if unit not in UNITS:
        raise NotFound(f"there is no unit {unit}; take {', '.join(UNITS)}")
    if not 0 < used_share <= 1:
        raise Invalid("used_share is a share of the limit; give more than 0 and at most 1", field="used_share")
    if units_left < 0:
        raise Invalid("units_left cannot be less than 0; give 0 where the share alone counts", field="units_left")
    # Whoever files or moves a case holds the grid: one that has read the old rule and is not committed yet would be
    # seen by no sweep.
    hold_grid_alone(conn)
    changed = run(conn, SQL["put_colour"], {"unit": unit, "used_share": used_share, "units_left": units_left}).first()
    if changed is not None:
        run(conn, SQL["begin_reckoning"], {"unit": unit})
    return read_colour_rules(conn)[unit]


def put_ladder(conn: Connection, *, source: str, rungs: Sequence[Rung]) -> Ladder:
    """Replace the ladder of a source, or of all others under EVERY_SOURCE; the one that its cases climb now.

    Without rungs a source has no ladder of its own any more. Raises NotFound for an unknown source, Invalid, naming
    the rung by its place, for rungs that nobody could climb.
    """
    sources = list(run(conn, SQL["source_codes"]).scalars())
    if source != EVERY_SOURCE and source not in sources:
        raise NotFound(f"there is no source {source}; take {', '.join(sources)}, or default for all others")
    if source == EVERY_SOURCE and all(rung.kind != ORDER for rung in rungs):
        raise Invalid("rungs need an order: what a supervisor orders by hand climbs this ladder", field="rungs")
    _check_rungs(rungs, read_ladders(conn).of(EVERY_SOURCE).ranks)
    hold_grid_alone(conn)  # whoever edits the same ladder at once comes behind
    run(conn, SQL["drop_ladder"], {"source": source})
    run(conn, SQL["insert_rungs"], {"rows": json.dumps([_row(source, rung) for rung in rungs], default=str)})
    return read_ladders(conn).of(source)


def _check_rungs(rungs: Sequence[Rung], ranks: Mapping[str, int]) -> None:
    before: Rung | None = None
    asked = len(ranks) + 2  # nobody yet; whoever holds a case stands below every level of the grid
    for place, rung in enumerate(rungs):
        where = f"rungs.{place}"
        if before is not None and rung.level <= before.level:
            raise Invalid(
                f"{where}.level is {rung.level}; levels rise, so give more than {before.level}", field=f"{where}.level"
            )
        _check_reply(where, rung)
        _check_units(where, rung, ranks)
        if rung.kind != CRITICISM:
            asked = _check_above(where, rung, ranks, asked)
        before = rung


def _check_reply(where: str, rung: Rung) -> None:
    if rung.kind == ORDER and rung.reply is None:
        raise Invalid(
            f"{where}.reply is missing; an order says within which limit it is answered", field=f"{where}.reply"
        )
    if rung.kind != ORDER and rung.reply is not None:
        raise Invalid(
            f"{where}.reply: only an order wants an answer; leave it out for {rung.kind}", field=f"{where}.reply"
        )


def _check_units(where: str, rung: Rung, ranks: Mapping[str, int]) -> None:
    levels = [f"@{key}" for key in sorted(ranks, key=lambda key: -ranks[key])]
    if rung.holder not in (HOLDER, *levels):
        raise Invalid(f"{where}.holder is {rung.holder}; take {HOLDER} or {', '.join(levels)}", field=f"{where}.holder")
    if rung.copy_to is not None and rung.copy_to not in levels:
        raise Invalid(
            f"{where}.copy_to is {rung.copy_to}; take {', '.join(levels)}, or leave it out", field=f"{where}.copy_to"
        )


def _check_above(where: str, rung: Rung, ranks: Mapping[str, int], asked: int) -> int:
    """The rank that a rung asks: it must lie above the one asked before, or the rung would always be passed over."""
    rank = len(ranks) + 1 if rung.holder == HOLDER else ranks[rung.holder.removeprefix("@")]
    if rank >= asked:
        raise Invalid(
            f"{where}.holder is not above whom the rungs before ask, and would never be asked; take a wider level",
            field=f"{where}.holder",
        )
    return rank


def _row(source: str, rung: Rung) -> dict[str, Any]:
    after, reply = rung.after or (None, None), rung.reply or (None, None)
    return {
        "source": source, "level": rung.level, "kind": rung.kind, "holder": rung.holder, "copy_to": rung.copy_to,
        "after_amount": after[0], "after_unit": after[1], "reply_amount": reply[0], "reply_unit": reply[1],
        "red_amount": rung.still_red[0], "red_unit": rung.still_red[1],
    }  # fmt: skip
