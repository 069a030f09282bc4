"""Calendars and working hours, pauses, extensions and suspensions."""

from spatial.store.migrate import run_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0009_clocks.sql")
