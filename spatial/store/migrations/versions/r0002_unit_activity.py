"""Activity of units with its moments."""

from spatial.store.migrate import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the view of unit activity anew."""
    run_file("0002_unit_activity.sql")
