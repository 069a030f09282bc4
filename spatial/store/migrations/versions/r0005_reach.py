"""Postings with validity, and the log of looks."""

from spatial.store.migrate import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0005_reach.sql")
