"""The city's clock, for tests that ask about today more than once: the day must not change between the questions."""

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")


def clear_of_midnight(seconds: float = 120) -> date:
    """The city's day, of which so many seconds are left; what would be too close to midnight waits until behind it."""
    at = datetime.now(CITY)
    midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), CITY)
    left = (midnight - at).total_seconds()
    if left < seconds:
        time.sleep(left + 0.5)
    return datetime.now(CITY).date()
