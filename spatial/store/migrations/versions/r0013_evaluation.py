"""Call-backs, evaluations, indicators."""

from spatial.store.migrate import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0013_evaluation.sql")
