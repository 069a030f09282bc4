"""`gridmaps calendar`: holidays, make-up workdays and working hours, filled, listed and set."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.cli.moments import read_day
from api.cli.options import AsJson, Directory, settings_for
from spatial.cases.clocks.editing import (
    confirm_year,
    count_guessed,
    fill_year,
    list_days,
    list_filled_years,
    list_hours,
    read_hours,
    set_day,
    set_hours,
    write_hours,
)
from spatial.cases.clocks.fringe import mark_fringe
from spatial.cases.clocks.reading import read_clocks
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY
from spatial.wording import counted

app = typer.Typer(no_args_is_help=True, help="Holidays, make-up workdays and working hours: what the clocks run by.")
By = Annotated[str, typer.Option("--by", help="Who says so; kept with the day.")]
Year = Annotated[int, typer.Option(min=1950, max=2199, help="The year.")]


@app.command("fill", epilog="Example: gridmaps calendar fill --year 2026")
def fill(year: Year, by: By = "operator", directory: Directory = None, as_json: AsJson = False) -> None:
    """Write the statutory days of China for a year; days set by hand stay, and so do deadlines that are fixed.

    A year that is not announced yet is refused: until it is filled, its Mondays to Fridays are worked.
    """
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        done = fill_year(conn, year=year, actor=by, now=datetime.now(UTC))
        _warn(conn)
    if as_json:
        typer.echo(json.dumps(asdict(done)))
        return
    left = f"; {counted(done.left, 'day')} set by hand left as they are" if done.left else ""
    worked = counted(done.workdays, "make-up workday")
    typer.echo(f"{done.year}: {counted(done.holidays, 'holiday')} and {worked}{left}")


@app.command("list", epilog="Example: gridmaps calendar list --year 2026 --json")
def list_all(year: Year, directory: Directory = None, as_json: AsJson = False) -> None:
    """The days of a year that are not as their weekday says, and the working hours."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        days = list_days(conn, since=date(year, 1, 1), until=date(year, 12, 31))
        hours, is_known = list_hours(conn), year in list_filled_years(conn)
        _warn(conn)
    if as_json:
        rows = [asdict(one) | {"day": one.day.isoformat()} for one in days]
        shifts = [
            {"district": district or None, "from": str(shift.since) if shift.since else None,
             "until": str(shift.until) if shift.until else None, "hours": write_hours(shift.hours)}
            for district, shift in hours
        ]  # fmt: skip
        typer.echo(json.dumps({"is_known": is_known, "days": rows, "hours": shifts}, ensure_ascii=False))
        return
    if not is_known:
        typer.echo(f"{year} is not filled: but for the days below, Mondays to Fridays are worked")
    for one in days:
        typer.echo(f"{one.day} {one.day:%a}  {one.kind:8} {one.name}{' (by hand)' if one.origin == 'hand' else ''}")
    for district, shift in hours:
        span = f"{shift.since or 'ever'} to {shift.until or 'further notice'}"
        typer.echo(f"hours of {district or 'the whole city'}, {span}: {' '.join(write_hours(shift.hours))}")


@app.command("status", epilog="Example: gridmaps calendar status --json")
def status(directory: Directory = None, as_json: AsJson = False) -> None:
    """Until when the holidays are known, and how many open cases have a deadline that was reckoned without them.

    From October on it is an error (exit code 1) that next year is missing, so that a timer can watch it.
    """
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        ahead = read_clocks(conn).look_ahead(datetime.now(UTC))
        guessed = count_guessed(conn, reach=WHOLE_CITY)
    known = ahead.known_until and ahead.known_until.isoformat()
    if as_json:
        typer.echo(json.dumps({"known_until": known, "warning": ahead.warning, "deadlines_by_weekends": guessed}))
    else:
        typer.echo(f"known until {known or 'never: not even this year'}")
        typer.echo(f"{counted(guessed, 'open case')} with a deadline by weekends")
    if ahead.warning:
        typer.echo(f"warning: {ahead.warning}", err=True)
        raise typer.Exit(1)


@app.command("confirm", epilog="Example: gridmaps calendar confirm --year 2027 --by li")
def confirm(year: Year, by: By = "operator", directory: Directory = None, as_json: AsJson = False) -> None:
    """Say that all holidays and make-up workdays of a year are set by hand, so that it counts as known."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        days = confirm_year(conn, year=year, actor=by, now=datetime.now(UTC))
    told = {"year": year, "holidays_by_hand": days}
    typer.echo(json.dumps(told) if as_json else f"{year} is known by {counted(days, 'holiday')} set by hand")


@app.command("set", epilog="Example: gridmaps calendar set 2026-10-01 holiday --name 国庆节")
def set_one(
    day: Annotated[str, typer.Argument(help="The day, as 2026-10-01.")],
    kind: Annotated[str, typer.Argument(help="holiday or workday.")],
    name: Annotated[str, typer.Option(help="What it is called.")] = "",
    by: By = "operator",
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Say that a day is a holiday or is worked. Deadlines that are fixed stay as they are."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        done = set_day(conn, day=read_day(day, field="day"), kind=kind, name=name, actor=by, now=datetime.now(UTC))
    typer.echo(json.dumps(asdict(done), default=str, ensure_ascii=False) if as_json else f"{done.day} is a {done.kind}")


@app.command("hours", epilog="Example: gridmaps calendar hours 08:30-12:00 14:30-18:00 --from 2026-06-01")
def hours_from(
    spans: Annotated[list[str], typer.Argument(help="The spans of a day, as 08:00-12:00 14:00-18:00.")],
    since: Annotated[str, typer.Option("--from", help="The first day on which they hold.")],
    district: Annotated[str, typer.Option(help="A district's code; without it the whole city.")] = "",
    directory: Directory = None,
) -> None:
    """Set the working hours from a day on. Deadlines that are fixed stay as they are."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        set_hours(conn, district=district, since=read_day(since, field="from"), hours=read_hours(spans))
    typer.echo(f"from {since} on {district or 'the whole city'} works {' '.join(spans)}")


@app.command("fringe", epilog="Example: gridmaps calendar fringe 330102017 330102016003")
def fringe(
    cells: Annotated[list[str] | None, typer.Argument(help="Codes of cells of any level; none: only list.")] = None,
    off: Annotated[bool, typer.Option("--off", help="They lie in it no longer.")] = False,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """The urban-rural fringe, where filing and dispatch have more time: mark cells, or list those that are marked.

    Deadlines that are fixed stay as they are.
    """
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        marked = mark_fringe(conn, cells=cells or [], is_fringe=not off)
    typer.echo(json.dumps({"cells": marked}) if as_json else "\n".join(marked) or "no cell lies in the fringe")


def _warn(conn: Connection) -> None:
    warning = read_clocks(conn).look_ahead(datetime.now(UTC)).warning
    if warning:
        typer.echo(f"warning: {warning}", err=True)
