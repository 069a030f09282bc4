"""The seven steps whole: states, acts, tiers, sub-tasks."""

from spatial.store.migrate import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0008_lifecycle.sql")
