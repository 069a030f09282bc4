"""Supervision orders and their replies."""

from spatial.store.migrate import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0010_supervision.sql")
