"""`gridmaps grid`: import real boundaries, check them without writing, export cells as of a day.

Knows options and how to print. Refuses to know how a coverage is checked: `spatial/grid/importing`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from api.cli.grid_plan import Columns, Rules, check_zone, make_how, make_plan
from api.cli.moments import check_out
from api.cli.options import AsJson, Directory, settings_for
from api.dependencies import now
from api.redrawing import Settled, settle
from spatial.errors import GridmapsError, Invalid
from spatial.grid import cells
from spatial.grid.exporting import write_cells
from spatial.grid.importing.plan import Plan
from spatial.grid.importing.report import ImportReport, render, write_gpkg
from spatial.grid.importing.running import Prepared, prepare, put_in_force
from spatial.grid.levels import Level, check_levels
from spatial.grid.publishing import check_start
from spatial.grid.returning import list_withdrawn
from spatial.store.db import transaction
from spatial.store.opening import Store, open_store
from spatial.store.reach import PUBLIC_GRID
from spatial.wording import counted
from spatial.years import check_moment_in_reach

app = typer.Typer(help="The grid: import, check, export.", no_args_is_help=True)

_EXAMPLE = (
    "Example: gridmaps grid import --level city= --level ward=wards.geojson --level unit=units.gpkg:units "
    "--code ward=WARD_ID --code unit=ID --parent unit=WARD_ID --name unit=NAME --top DC:Washington --code-system free"
)
_EACH = "KEY=VALUE, once for each level"
Levels = Annotated[
    list[str],
    typer.Option("--level", help="KEY=FILE[:LAYER][?COLUMN=VALUE], widest first; KEY= alone is derived from below."),
]
Codes = Annotated[list[str], typer.Option("--code", help=f"The column of the code ({_EACH}).")]
Names = Annotated[list[str], typer.Option("--name", help=f"The column of the name ({_EACH}).")]
Parents = Annotated[list[str], typer.Option("--parent", help=f"The column of the parent's code ({_EACH}).")]
Titles = Annotated[list[str], typer.Option("--title", help="What a level is called, KEY=NAME or KEY=NAME/中文.")]
Home = Annotated[str | None, typer.Option("--home", help="The level whose codes begin every key; default the widest.")]
Top = Annotated[str | None, typer.Option("--top", help="CODE:NAME of the widest cell, when it is derived.")]
System = Annotated[str, typer.Option("--code-system", help="gb15, free, or a name for rules of your own.")]
Patterns = Annotated[list[str], typer.Option("--pattern", help="Own rules: KEY=REGEX of a whole code.")]
Prefixes = Annotated[
    list[str], typer.Option("--prefix", help="Own rules: KEY=N, the first N characters are the parent's.")
]
Serials = Annotated[
    list[str], typer.Option("--serial", help="Own rules: KEY=DIGITS of the serial behind the parent's.")
]
Datum = Annotated[str, typer.Option("--datum", help="wgs84, cgcs2000, gcj02 or bd09.")]
Crs = Annotated[str | None, typer.Option("--crs", help="The CRS of files that do not say theirs.")]
Clean = Annotated[bool, typer.Option("--clean", help="Mend overlaps, gaps and unmatched borders, and say where.")]
Tolerance = Annotated[float, typer.Option("--tolerance-m", help="With --clean: the widest gap that is closed, metres.")]
Fill = Annotated[bool, typer.Option("--fill-childless", help="A cell without children becomes its own child.")]
ReportJson = Annotated[Path | None, typer.Option("--report-json", help="Write the report as JSON.")]
ReportGpkg = Annotated[Path | None, typer.Option("--report-gpkg", help="Write the report as GeoPackage.")]
Full = Annotated[bool, typer.Option("--full", help="Print every finding, not the first twenty of a kind.")]
Since = Annotated[
    str | None, typer.Option("--from", help="The day a first grid holds from (2013-01-01); default always.")
]
Zone = Annotated[str | None, typer.Option("--time-zone", help="The city's time zone, as Asia/Shanghai.")]
CityName = Annotated[str | None, typer.Option("--city-name", help="What the city is called.")]
Note = Annotated[str, typer.Option("--note", help="A line for the record.")]
AcceptDirty = Annotated[
    bool, typer.Option("--accept-dirty", help="Publish a grid that is not clean; the dirt is recorded.")
]


# The signatures below are packed by hand: one option a line would bury what the commands do.
# fmt: off
@app.command("import", epilog=_EXAMPLE)
def import_grid(
    level: Levels, code: Codes = [], name: Names = [], parent: Parents = [], title: Titles = [],  # noqa: B006
    home: Home = None, top: Top = None, code_system: System = "gb15",
    pattern: Patterns = [], prefix: Prefixes = [], serial: Serials = [],  # noqa: B006
    datum: Datum = "wgs84", crs: Crs = None, clean: Clean = False, tolerance_m: Tolerance = 0.5,
    fill_childless: Fill = False, accept_dirty: AcceptDirty = False, since: Since = None, time_zone: Zone = None,
    city_name: CityName = None, note: Note = "", report_json: ReportJson = None, report_gpkg: ReportGpkg = None,
    full: Full = False, directory: Directory = None, as_json: AsJson = False,
) -> None:
    """Read boundaries, check them, and put the whole grid in force in one step, or refuse it and write nothing."""
    columns, rules = Columns(code, name, parent, title), Rules(code_system, pattern, prefix, serial)
    how = make_how(datum, crs, clean, tolerance_m, fill_childless, number_doubles=clean or accept_dirty)
    _check_outs(report_json, report_gpkg)
    check_zone(time_zone)
    with open_store(settings_for(directory)) as store:
        plan = make_plan(level, columns, rules, home, top, how, _known_levels(store))
        moment = _start(store, since, time_zone)
        prepared = _prepare(store, plan)
        _tell(prepared.report, report_json, report_gpkg, full=full, quiet=as_json)
        with _refusing(prepared.report, as_json=as_json), transaction(store.app) as conn:
            _put_facts(conn, time_zone, city_name)
            revision = put_in_force(
                conn, prepared, accept_dirty=accept_dirty, in_force_from=moment, published_by="system", note=note
            )
        settled = settle(store.app, revision=revision, actor="system", now=now())
    body = {"revision": revision, "cells": len(prepared.drafts), **vars(settled), "report": prepared.report.as_json()}
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else _closing(revision, settled))


@app.command("check", epilog=_EXAMPLE.replace("grid import", "grid check"))
def check_grid(
    level: Levels, code: Codes = [], name: Names = [], parent: Parents = [], title: Titles = [],  # noqa: B006
    home: Home = None, top: Top = None, code_system: System = "gb15",
    pattern: Patterns = [], prefix: Prefixes = [], serial: Serials = [],  # noqa: B006
    datum: Datum = "wgs84", crs: Crs = None, clean: Clean = False, tolerance_m: Tolerance = 0.5,
    fill_childless: Fill = False, report_json: ReportJson = None, report_gpkg: ReportGpkg = None,
    full: Full = False, directory: Directory = None, as_json: AsJson = False,
) -> None:
    """Do all that import does but write; exit code 2 when the grid would be refused."""
    columns, rules = Columns(code, name, parent, title), Rules(code_system, pattern, prefix, serial)
    how = make_how(datum, crs, clean, tolerance_m, fill_childless, number_doubles=clean)
    _check_outs(report_json, report_gpkg)
    with open_store(settings_for(directory)) as store:
        prepared = _prepare(store, make_plan(level, columns, rules, home, top, how, _known_levels(store)))
    _tell(prepared.report, report_json, report_gpkg, full=full, quiet=as_json)
    with _refusing(prepared.report, as_json=as_json):
        prepared.report.check(accept_dirty=False)
    if as_json:
        typer.echo(json.dumps(prepared.report.as_json(), ensure_ascii=False))
# fmt: on


@app.command("export", epilog="Example: gridmaps grid export units.gpkg --level unit --at 2024-01-01")
def export_grid(
    file: Annotated[Path, typer.Argument(help="A .geojson, .gpkg or .fgb file to write.")],
    level: Annotated[str | None, typer.Option("--level", help="One level only, by its key.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="As of a day or moment (ISO 8601); default now.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Write the cells in force at a moment to a file for other tools."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        rank = None if level is None else _rank_of(cells.list_levels(conn), level)
        found = cells.list_cells(conn, reach=PUBLIC_GRID, rank=rank, at=_moment(at, conn))
    write_cells(found, file)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "cells": len(found)}))
        return
    typer.echo(f"Wrote {len(found):,} cells to {file}.")
    typer.echo(
        "A point on a border belongs here to the unit on its east, or on its north; other tools' `within` gives it to "
        "none and their `intersects` to both.",
        err=True,
    )


def _known_levels(store: Store) -> list[Level]:
    with transaction(store.app) as conn:
        return cells.list_levels(conn)


def _prepare(store: Store, plan: Plan) -> Prepared:
    standing: dict[int, dict[str, BaseGeometry]] = {}
    with transaction(store.app) as conn:
        check_levels(conn, levels=[one.level for one in plan.levels])
        taken, withdrawn = cells.list_taken_codes(conn), list_withdrawn(conn)
        for cell in cells.list_cells(conn, reach=PUBLIC_GRID):
            standing.setdefault(cell.rank, {})[cell.code] = cell.geometry
    with Console(stderr=True).status("preparing") as status:
        return prepare(
            plan,
            taken=taken,
            standing=standing,
            withdrawn=withdrawn,
            say=lambda step: status.update(f"{step} ..."),
        )


def _start(store: Store, since: str | None, time_zone: str | None) -> datetime | None:
    """The moment that the grid is to hold from, refused before the work when it cannot be."""
    with transaction(store.app) as conn:
        moment = _moment(since, conn, time_zone)
        check_start(conn, in_force_from=moment, now=now())
    return moment


def _check_outs(to_json: Path | None, to_gpkg: Path | None) -> None:
    check_out(to_json, field="report-json")
    check_out(to_gpkg, field="report-gpkg")


@contextmanager
def _refusing(report: ImportReport, *, as_json: bool) -> Iterator[None]:
    """A refusal goes to stderr; a machine that asked for JSON gets the report with it all the same."""
    try:
        yield
    except GridmapsError as refused:
        if as_json:
            typer.echo(json.dumps(report.as_json() | {"refused": refused.sentence}, ensure_ascii=False))
        raise


def _closing(revision: int, settled: Settled) -> str:
    said = f"\nRevision {revision} is in force."
    if settled.moved:
        cases = counted(settled.moved, "open case has a new unit", "open cases have new units")
        said += f" {cases}; {counted(settled.outside, 'of them lies', 'of them lie')} outside now."
    return said


def _tell(report: ImportReport, to_json: Path | None, to_gpkg: Path | None, *, full: bool, quiet: bool) -> None:
    if to_json is not None:
        to_json.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    if to_gpkg is not None:
        write_gpkg(report, to_gpkg)
    if not quiet:
        render(report, Console(), most=None if full else 20)


def _put_facts(conn: Connection, time_zone: str | None, city_name: str | None) -> None:
    for key, value in (("time_zone", time_zone), ("city_name", city_name)):
        if value is not None:
            cells.put_setting(conn, key=key, value=value)


def _moment(text: str | None, conn: Connection, time_zone: str | None = None) -> datetime | None:
    """A day is the city's day; a moment without an offset is the city's time."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid(f"{text!r} is no day; write it as 2024-01-31.", field="from") from wrong
    zone = ZoneInfo(time_zone or cells.get_setting(conn, key="time_zone"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    check_moment_in_reach("from", moment)
    return moment.astimezone(UTC)


def _rank_of(levels: list[Level], key: str) -> int:
    for level in levels:
        if level.key == key:
            return level.rank
    raise Invalid(f"level: {key!r} is not one of {', '.join(level.key for level in levels)}.", field="level")
