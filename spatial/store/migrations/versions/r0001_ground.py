"""The ground: grid, people, intake, cases, events, check-ins."""

from spatial.store.migrate import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first schema."""
    run_file("0001_ground.sql")
