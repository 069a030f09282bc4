"""Radii too wide to be certain, and positions that a device made up."""

from spatial.store.migrate import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Relax what outside means, and mark fallback positions."""
    run_file("0003_certainty.sql")
