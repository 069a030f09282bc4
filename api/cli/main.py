"""The command `gridmaps`: one word for each intention.

Bad input ends with one sentence on stderr and exit code 2; what nobody foresaw ends with a log id and exit
code 1. Knows the commands' names; refuses to know what they do.
"""

import logging
import os
import secrets
import sys
from pathlib import Path

import typer

from api.cli import (
    bench,
    calendar,
    database,
    gaps,
    grid,
    hotspots,
    library,
    locate,
    maps,
    matters,
    port,
    redraw,
    reports,
    responsibility,
    roster,
    scores,
    silence,
    sorting,
    sweep,
    up,
    user,
)
from spatial.errors import GridmapsError

app = typer.Typer(
    name="gridmaps",
    help="Grid governance for a city: one place, one unit, one owner, one clock.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for _single in (up, sweep, locate, silence, hotspots, maps, gaps, scores, library):
    _single.register(app)
_GROUPS = {"db": database, "grid": grid, "reports": reports, "user": user, "redraw": redraw, "bench": bench}
_GROUPS |= {"port": port, "matters": matters, "responsibility": responsibility, "sorting": sorting}
_GROUPS |= {"calendar": calendar, "roster": roster}
for _name, _group in _GROUPS.items():
    app.add_typer(_group.app, name=_name)


def run() -> None:
    """The entry point: run the command line and turn errors into sentences."""
    try:
        app()
    except GridmapsError as refused:
        typer.echo(refused.sentence, err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        typer.echo(f"Something went wrong that nobody foresaw; {_keep_trace()}.", err=True)
        sys.exit(1)


def _keep_trace() -> str:
    """Put the trace where an operator finds it by its id: the directory's log, or stderr when there is none."""
    log_id = secrets.token_hex(4)
    directory = Path(os.environ.get("GRIDMAPS_DIR", ".gridmaps"))
    log = logging.getLogger("gridmaps.cli")
    if directory.is_dir() and os.access(directory, os.W_OK):
        log.propagate = False
        log.addHandler(logging.FileHandler(directory / "errors.log", encoding="utf-8"))
    log.exception("log id %s: %s", log_id, " ".join(sys.argv[1:]))
    where = f"{directory / 'errors.log'}" if not log.propagate else "above"
    return f"its trace is {where}, log id {log_id}"


if __name__ == "__main__":
    run()
