"""Duplicates, and the one port out."""

from spatial.store.migrate import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0012_port.sql")
