"""Whose is it: bodies on two axes, taxonomies, and the table of responsibility."""

from spatial.store.migrate import run_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0004_responsibility.sql")
