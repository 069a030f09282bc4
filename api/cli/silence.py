"""`gridmaps silence`: which units said nothing on a day."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.moments import read_day
from api.cli.options import AsJson, Directory, settings_for
from spatial.patrol.silence import Silence, silent_units
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY

Day = Annotated[str | None, typer.Option("--date", help="A city day such as 2026-03-02; default today.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("silence", epilog="Example: gridmaps silence --date 2026-03-02")(silence)


def silence(day: Day = None, directory: Directory = None, as_json: AsJson = False) -> None:
    """Units that neither reported nor said all clear; nobody is silent before the cut-off."""
    asked = None if day is None else read_day(day, field="date")
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        found = silent_units(conn, day=asked, now=datetime.now(UTC), reach=WHOLE_CITY)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str, ensure_ascii=False))
        return
    typer.echo(_headline(found))
    for unit in found.silent:
        typer.echo(f"{unit.code}  {unit.name}")


def _headline(found: Silence) -> str:
    tally = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in found.counts.items())
    return f"{found.date.isoformat()} ({found.status}): {tally}."
