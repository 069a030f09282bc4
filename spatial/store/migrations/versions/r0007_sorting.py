"""Keywords, models and overrides of sorting."""

from spatial.store.migrate import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0007_sorting.sql")
