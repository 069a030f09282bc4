"""Tables that may be distributed carry no triggers: their events, counters and copies are written by code."""

import re
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parents[2] / "spatial" / "store" / "migrations" / "sql"
# Reference tables, which every node holds whole: a change of the calendar marks its revision.
ON_REFERENCE_TABLES = {"calendar_day", "calendar_year", "working_hours"}


def test_no_trigger_stands_on_a_table_that_may_be_distributed() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(MIGRATIONS.glob("*.sql")))
    made = re.findall(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)[^;]*?\bON (\w+)", text)
    dropped = set(re.findall(r"DROP TRIGGER (?:IF EXISTS )?(\w+)", text))
    assert len(made) > 2 and {table for name, table in made if name not in dropped} == ON_REFERENCE_TABLES
