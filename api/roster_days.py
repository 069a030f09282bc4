"""Which day it is in the city: the roster's days are its own, and `people` does not know the city's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from spatial.grid.cells import get_setting


def city_today(conn: Connection, now: datetime) -> date:
    """The city's day at a moment."""
    return now.astimezone(ZoneInfo(get_setting(conn, key="time_zone"))).date()
