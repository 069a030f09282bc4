"""Warnings reckoned anew behind an edited rule of colours or an edited calendar: a stage of the sweep.

A city may have a million running cases, more than whoever edits can wait for; until the sweep has passed them they
keep the warnings of before the edit, and `pending_units` says so. Suspended cases and those that are over are left
alone: who lets them run again reckons their warning. Refuses to know what a rule may be.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.supervision.moments import read_calendars
from spatial.cases.supervision.rules import read_colour_rules
from spatial.cases.supervision.stages import Paged, Place
from spatial.cases.supervision.warning import SQL as WARNING_SQL
from spatial.cases.supervision.warning import warn_moment
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "reckoning.sql")


def reckon_edited(conn: Connection, *, now: datetime, limit: int, behind: Place | None = None) -> Paged:
    """Reckon a page of warnings behind an edit, out of `limit` cases; how many are other ones now.

    The place lies in a row of the rule, so that a killed sweep is gone on with. It never passes a case that an act
    holds: the page behind looks at it again, and where it is still held the next sweep does the rest.
    """
    rule = run(conn, SQL["edited_rule"]).first()
    if rule is None:
        return Paged(0, more=False)
    asked = {"unit": rule.unit, "after": rule.behind_at, "after_no": rule.behind_no, "limit": limit}
    page = run(conn, SQL["edited_page"], asked).all()
    passed = list(takewhile(lambda row: row.is_passed, page))
    done = _reckon(conn, [row for row in passed if row.is_meant])
    if len(passed) == len(page) < limit:
        run(conn, SQL["end_reckoning"], {"unit": rule.unit})
        return Paged(done, more=True)  # of another rule, perhaps
    if passed:
        run(conn, SQL["stand_behind"], {"unit": rule.unit, "at": passed[-1].place_at, "case_no": passed[-1].case_no})
    return Paged(done, more=bool(passed))


def _reckon(conn: Connection, held: Sequence[Row[Any]]) -> int:
    rules, calendars = read_colour_rules(conn), read_calendars(conn, [case.district for case in held])
    reckoned = [(case, warn_moment(rules, calendars[case.district], case)) for case in held]
    rows = [
        {"district": case.district, "case_no": case.case_no, "warn_at": warn_at.isoformat()}
        for case, warn_at in reckoned
        if warn_at is not None and warn_at != case.warn_at
    ]
    if rows:
        run(conn, WARNING_SQL["write_warnings"], {"rows": json.dumps(rows)})
    return len(rows)
