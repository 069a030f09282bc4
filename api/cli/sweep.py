"""`gridmaps sweep`: what is due because time has passed."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.moments import read_moment
from api.cli.options import AsJson, Directory, settings_for
from api.sweeper import sweep_once
from spatial.cases.disputes.sweeping import Swept
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.store.db import transaction
from spatial.store.opening import Store, open_store


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example: gridmaps sweep")(sweep)


def sweep(
    at: Annotated[
        str | None, typer.Option(help="Do what was due by this moment, in the city's time.", show_default="now")
    ] = None,
    as_json: AsJson = False,
    directory: Directory = None,
) -> None:
    """Issue briefs, list disputes over the age limit, hand over cases whose ruling has come into force.

    Running it again, or twice at once, does nothing twice; what was missed is caught up.
    """
    with open_store(settings_for(directory)) as store:
        moment = _moment(store, at)
        done = sweep_once(store, now=moment)
    typer.echo(json.dumps({"at": moment.isoformat(), **asdict(done)}) if as_json else _told(done))


def _moment(store: Store, at: str | None) -> datetime:
    now = datetime.now(UTC)
    with transaction(store.app) as conn:
        zone = get_setting(conn, key="time_zone")
    moment = read_moment(at, time_zone=zone, field="at") or now
    if moment > now:
        raise Invalid("at lies in the future; what is not due yet cannot be done", field="at")
    return moment


def _told(done: Swept) -> str:
    if done.is_nothing:
        return "Nothing was due."
    lines = [f"Brief {number} was issued." for number in done.briefs]
    lines += [f"Brief {number} was closed: all of its disputes are settled." for number in done.closed]
    if done.alarms:
        lines.append(f"Alarms written for disputes over the age limit: {done.alarms}.")
    lines += [f"Case {number} was handed over: its ruling has come into force." for number in done.dispatched]
    return "\n".join(lines)
