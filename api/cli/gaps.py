"""`gridmaps gaps`: where the table of responsibility has no lead, and where several claim it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.cli.moments import check_out, read_moment
from api.cli.options import AsJson, Directory, settings_for
from spatial.cases.responsibility.decision import UnitName
from spatial.cases.responsibility.gap_list import compute_gaps, name_leads
from spatial.cases.responsibility.gap_table import GapFilter, GapLine, GapTable
from spatial.cases.responsibility.gaps import STATUS_NAMES
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.store.db import transaction
from spatial.store.opening import open_store

_SHOWN = 40


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("gaps", epilog="Example: gridmaps gaps --status gap,conflict --level community --out gaps.html")(gaps)


def gaps(
    matter: Annotated[str | None, typer.Option(help="One matter; default all that are in force.")] = None,
    status: Annotated[str, typer.Option(help="one, tiled, gap, conflict; several with commas.")] = "gap,conflict",
    at: Annotated[str | None, typer.Option(help="As of this moment, in the city's time; default now.")] = None,
    cell: Annotated[str | None, typer.Option(help="Only below this cell.")] = None,
    level: Annotated[str | None, typer.Option(help="Cells of this level; default the unit.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write all lines (.csv) or a map (.html) here.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Matters x cells without a lead, or with several: totals, and the first lines. Precedents do not count."""
    check_out(out)
    if out is not None and out.suffix not in (".csv", ".html"):
        raise Invalid(f"{out.name} names no format; write a name that ends in .csv or .html", field="out")
    asked = GapFilter(frozenset(status.split(",")), matter, cell, level)
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        now = datetime.now(UTC)
        moment = read_moment(at, time_zone=get_setting(conn, key="time_zone"), field="at") or now
        table = compute_gaps(conn, at=moment, known_at=now)
        called = name_leads(conn, table, at=moment)
        if out is not None and out.suffix == ".html":
            from gridmaps.folium_offline import render_offline
            from gridmaps.gap_map import gap_map

            out.write_text(render_offline(gap_map(conn, table, asked=asked, at=moment)), encoding="utf-8")
    if out is not None and out.suffix == ".csv":
        _write_csv(out, table, asked, called)
    _say(table, asked, out, as_json)


def _write_csv(out: Path, table: GapTable, asked: GapFilter, called: Mapping[str, UnitName]) -> None:
    from api.routes.gaps import csv_of

    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_of(table.lines(asked), called))


def _say(table: GapTable, asked: GapFilter, out: Path | None, as_json: bool) -> None:
    rows = table.totals(asked)
    totals = {name: sum(getattr(row, name) for row in rows) for name in (*STATUS_NAMES, "slivers", "slivers_m2")}
    lines = list(islice(table.lines(asked), _SHOWN + 1))
    if as_json:
        by_matter = [asdict(row) for row in rows]
        typer.echo(json.dumps({"totals": totals, "by_matter": by_matter}, ensure_ascii=False))
        return
    counts = ", ".join(f"{totals[name]:,} {name}" for name in STATUS_NAMES)
    slivers = f"{totals['slivers']:,} slivers of {totals['slivers_m2']:.1f} m2 together do not count"
    typer.echo(f"{len(rows):,} matters, by cell: {counts}; {slivers}.")
    if out is not None:
        typer.echo(f"Wrote {out} ({out.stat().st_size:,} bytes).")
    elif lines:
        Console().print(_table_of(lines[:_SHOWN]))
        if len(lines) > _SHOWN:
            typer.echo(f"The first {_SHOWN} are shown; --out FILE.csv writes all.")


def _table_of(lines: list[GapLine]) -> Table:
    table = Table("matter", "cell", "name", "status", "leads", "gap m2", "conflict m2")
    for line in lines:
        metres = [f"{value:,.0f}" if value else "" for value in (line.gap_m2, line.conflict_m2)]
        words = (line.matter_name, line.cell, line.name, line.status, ", ".join(line.leads))
        table.add_row(*(escape(word) for word in words), *metres)
    return table
