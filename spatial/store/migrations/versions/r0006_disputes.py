"""States and moves as data, disputes, briefs, rulings, precedents."""

from spatial.store.migrate import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the file of this revision."""
    run_file("0006_disputes.sql")
