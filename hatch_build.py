"""The hatch hook: a wheel or a source archive carries the built pages, so that its users need no Node."""

import os
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "gridmaps"))

import pages_build


class PagesHook(BuildHookInterface):
    """Builds `gridmaps/static/` before packing; an editable install leaves that to `make web`."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build when the pages are missing, or older than their source in a working tree."""
        if version == "editable" or os.environ.get("GRIDMAPS_SKIP_PAGES"):
            return
        # A source archive unpacks with times of its own; there the packed pages are the pages.
        in_working_tree = (Path(self.root) / ".git").exists()
        if pages_build.are_fresh() or (pages_build.are_built() and not in_working_tree):
            return
        pages_build.build()
