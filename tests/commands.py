"""Running a command of the program in a test, as a stranger's shell would."""

import sys
from dataclasses import dataclass

import pytest

from api.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Program:
    """The program `gridmaps` on one database."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str], url: str) -> None:
        self._patch = patch
        self._capture = capture
        patch.setenv("GRIDMAPS_DATABASE_URL", url)

    def __call__(self, *words: object) -> Ran:
        """Run `gridmaps WORDS`."""
        self._patch.setattr(sys, "argv", ["gridmaps", *map(str, words)])
        self._capture.readouterr()
        code = 0
        try:
            main.run()
        except SystemExit as end:
            code = int(end.code or 0)
        said = self._capture.readouterr()
        return Ran(code, said.out, said.err)
