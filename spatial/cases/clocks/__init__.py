"""Four clocks: urgent hours, working hours, working days and calendar days, exact to the microsecond."""

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.limits import Limit
from spatial.cases.clocks.reading import Clocks, read_calendar, read_clocks

__all__ = ["Calendar", "Clocks", "Limit", "read_calendar", "read_clocks"]
