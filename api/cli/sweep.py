"""`gridmaps sweep`: what is due because time has passed."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.moments import read_moment
from api.cli.options import AsJson, Directory, settings_for
from api.sweeper import sweep_once
from spatial.cases.sweeping import Swept
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.store.db import transaction
from spatial.store.opening import Store, open_store

_STAGES = {
    "resumed": "Cases whose suspension was over and that run on: {}.",
    "rewarned": "Warnings reckoned anew behind an edited rule of colours: {}.",
    "warned": "Warnings reckoned for cases with a new deadline: {}.",
    "chased": "Chases written for yellow cases: {}.",
    "parts_chased": "Chases written for helpers' parts that are yellow: {}.",
    "ordered": "Supervision orders written for red cases: {}.",
    "parts_ordered": "Supervision orders written for helpers' parts that are late: {}.",
    "climbed": "Orders brought a level up: {}.",
    "overtaken": "Joint conferences ended because their case was settled elsewhere: {}.",
    "convened": "Joint conferences opened: {}.",
    "absent": "Called units that were not there in time: {}.",
    "acted_late": "Owners of late actions of joint conferences told: {}.",
}


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
    """Issue briefs, list old disputes, hand over ruled cases, chase what is yellow, order what is red, let it climb.

    Running it again, or several at once, does nothing twice: each takes the next thousand cases that nobody holds, in a
    transaction of their own. What an outage has left is caught up, with the moments at which it was due. A running
    server sweeps every GRIDMAPS_SWEEP_SECONDS; from a timer, every few minutes will do.
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
    lines += [_STAGES.get(name, f"{name}: {{}}.").format(many) for name, many in done.stages.items() if many]
    lines += [f"Case {number} is a dispute again: the unit that it was ruled to has ended." for number in done.reopened]
    return "\n".join(lines)
