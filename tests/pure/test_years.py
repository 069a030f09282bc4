"""The years that gridmaps reckons in, for days and moments, in files and commands as over HTTP."""

from datetime import UTC, date, datetime

import pytest

from api.cli.moments import read_day, read_moment
from spatial.errors import Invalid
from spatial.years import check_day_in_reach, is_reachable

FAR = ("0001-01-01", "1899-12-31", "2201-01-02", "9999-12-31")


@pytest.mark.parametrize("text", FAR)
def test_a_command_refuses_a_year_that_no_calendar_reaches_by_its_field(text: str) -> None:
    for read in (lambda: read_day(text, field="from"), lambda: read_moment(text, time_zone="UTC", field="from")):
        with pytest.raises(Invalid, match="1900 and 2200") as refused:
            read()
        assert refused.value.field == "from"


def test_the_years_reach_to_their_last_moment() -> None:
    for day in (date(1900, 1, 1), date(2200, 12, 31)):
        check_day_in_reach("day", day)
    assert is_reachable(datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert not is_reachable(datetime.fromisoformat("2201-01-01T00:00:00+00:00"))
    assert not is_reachable(datetime.fromisoformat("0001-01-01T00:00:00+14:00"))
