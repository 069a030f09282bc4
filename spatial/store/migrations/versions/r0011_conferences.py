"""Boards, joint conferences, whistles, the information library."""

from spatial.store.migrate import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0011_conferences.sql")
