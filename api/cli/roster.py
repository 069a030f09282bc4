"""`gridmaps roster`: who is on duty at the command centre, and the days that nobody is."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, Directory, settings_for
from api.roster_days import city_today
from spatial.errors import Invalid
from spatial.people.roster import AHEAD_DAYS, DutyDay, list_roster, set_duty
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.wording import counted
from spatial.years import check_day_in_reach

app = typer.Typer(no_args_is_help=True, help="Who is on duty at the command centre, every day of the year.")
By = Annotated[str, typer.Option("--by", help="Who says so; kept with the day.")]


@app.command("list", epilog="Example: gridmaps roster list --days 30 --json")
def list_all(
    days: Annotated[int, typer.Option(min=1, max=400, help="How many, from today on.")] = AHEAD_DAYS,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """The roster from today on. Ends with 1 where a day has nobody, so that a timer can tell of it."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        today = city_today(conn, datetime.now(UTC))
        found = list_roster(conn, since=today, until=today + timedelta(days=days - 1))
    typer.echo(json.dumps([_plain(one) for one in found]) if as_json else "\n".join(_line(one) for one in found))
    uncovered = sum(not one.officers for one in found)
    if uncovered:
        typer.echo(f"{counted(uncovered, 'day')} without a duty officer.", err=True)
        raise typer.Exit(1)


@app.command("load", epilog="Example: gridmaps roster load june.csv --by operator")
def load(
    file: Annotated[Path, typer.Argument(help="CSV with the columns day,login; several rows for several officers.")],
    by: By = "operator",
    directory: Directory = None,
) -> None:
    """Put officers on duty, day by day, in place of whoever was; all of the file or nothing."""
    days = _read(file)
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        for day, logins in sorted(days.items()):
            set_duty(conn, day=day, logins=logins, actor=by, now=datetime.now(UTC))
    typer.echo(f"{counted(len(days), 'day')} set.")


def _read(file: Path) -> dict[date, list[str]]:
    days: dict[date, list[str]] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                day = date.fromisoformat((row["day"] or "").strip())
                days.setdefault(day, []).append((row["login"] or "").strip())
    except OSError as missing:
        raise Invalid(f"{file} cannot be read", field="file") from missing
    except (KeyError, ValueError, csv.Error) as odd:
        raise Invalid(f"{file} must have the columns day,login with days as 2026-06-08", field="file") from odd
    if not days:
        raise Invalid(f"{file} names no day", field="file")
    for day in days:
        check_day_in_reach("file", day)
    return days


def _line(one: DutyDay) -> str:
    return f"{one.day}  {', '.join(officer.name for officer in one.officers) or 'ERROR: nobody is on duty'}"


def _plain(one: DutyDay) -> dict[str, object]:
    return {"day": one.day.isoformat(), "officers": [officer.login for officer in one.officers]}
