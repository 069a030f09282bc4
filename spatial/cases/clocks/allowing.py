"""How much flexible space a district allows: settings, that may be stricter than the rule and never wider.

Knows settings. Refuses to know what is asked for: `granting.py` judges it.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from spatial.cases.clocks.granting import LONGEST_SUSPENSION, MOST_EXTENSIONS
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "allowing.sql")


@dataclass(frozen=True)
class Allowed:
    """How often a case may be extended, and for how long it may be suspended."""

    most_extensions: int
    longest_suspension: timedelta


def read_allowed(conn: Connection) -> Allowed:
    """What the district allows as it stands: at most two extensions and a year, whatever the settings say."""
    row = run(conn, SQL["allowed"]).one()
    return Allowed(min(row.most_extensions, MOST_EXTENSIONS), min(row.longest_suspension, LONGEST_SUSPENSION))
