"""Options that every command shares, and the settings they lead to."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from spatial.errors import Invalid
from spatial.settings import Settings

Directory = Annotated[
    Path | None, typer.Option("--dir", help="Where the private cluster lies (GRIDMAPS_DIR).", show_default=".gridmaps")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def settings_for(directory: Path | None = None, *, host: str | None = None, port: int | None = None) -> Settings:
    """The environment's settings, with what the command line says put over them.

    Raises Invalid naming the variable that cannot be read.
    """
    given = {"dir": directory, "host": host, "port": port}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as wrong:
        fault = wrong.errors()[0]
        name = "GRIDMAPS_" + str(fault["loc"][0]).upper()
        raise Invalid(f"{name} cannot be used: {fault['msg']}.", field=name) from wrong
