"""`gridmaps hotspots`: where cases cluster by more than chance, as a map and as numbers.

Maps and statistics are imported when they are asked for: they take seconds, and every other command would
wait for them.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.moments import check_out, read_moment
from api.cli.options import AsJson, Directory, settings_for
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY

if TYPE_CHECKING:
    from gridmaps.frames import City
    from gridmaps.unit_hotspots import HotSpotSheet

Since = Annotated[str | None, typer.Option(help="Count from this moment on, such as 2026-03-01.")]
Until = Annotated[str | None, typer.Option(help="Count up to this moment, without it.")]
Alone = Annotated[bool, typer.Option("--no-fdr", help="Test each unit alone; expect false alarms.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("hotspots", epilog="Example: gridmaps hotspots --out hotspots.html --since 2026-03-01")(hotspots)


def hotspots(
    out: Annotated[Path | None, typer.Option(help="Write the map here, as one HTML file.")] = None,
    since: Since = None,
    until: Until = None,
    alone: Alone = False,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Hot and cold spots of cases by unit (Getis-Ord Gi*)."""
    if out is not None:
        check_out(out)
    sheet, city = read_sheet(directory, since=since, until=until, fdr=not alone)
    if out is not None:
        from gridmaps.folium_offline import render_offline
        from gridmaps.hotspot_map import hotspot_map

        out.write_text(render_offline(hotspot_map(sheet, city=city)), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(_numbers(sheet), ensure_ascii=False))
    elif out is None:
        _tell(sheet)
    else:
        hot = sum(unit.bin > 0 for unit in sheet.units)
        cold = sum(unit.bin < 0 for unit in sheet.units)
        typer.echo(f"Wrote {out}: {len(sheet.units)} units, {sheet.cases} cases, {hot} hot and {cold} cold.")


def read_sheet(
    directory: Path | None, *, since: str | None, until: str | None, fdr: bool = True
) -> "tuple[HotSpotSheet, City]":
    """The whole city's sheet over a period given in words."""
    from gridmaps.frames import read_city
    from gridmaps.unit_hotspots import unit_hot_spots

    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        city = read_city(conn)
        sheet = unit_hot_spots(
            conn,
            reach=WHOLE_CITY,
            since=read_moment(since, time_zone=city.time_zone, field="since"),
            until=read_moment(until, time_zone=city.time_zone, field="until"),
            fdr=fdr,
        )
    return sheet, city


def _numbers(sheet: "HotSpotSheet") -> dict[str, object]:
    return {
        "method": sheet.method,
        "cases": sheet.cases,
        "elsewhere": sheet.elsewhere,
        "since": sheet.since and sheet.since.isoformat(),
        "until": sheet.until and sheet.until.isoformat(),
        "items": [asdict(unit) for unit in sheet.units],
    }


def _tell(sheet: "HotSpotSheet") -> None:
    """The units that stand out, hottest first, for a reader at the terminal."""
    marked = sorted((unit for unit in sheet.units if unit.bin), key=lambda unit: -unit.z)
    typer.echo(f"{len(sheet.units)} units, {sheet.cases} cases; {len(marked)} units stand out ({sheet.method}).")
    for unit in marked:
        kind, level = ("hot" if unit.bin > 0 else "cold"), {1: 90, 2: 95, 3: 99}[abs(unit.bin)]
        typer.echo(f"{unit.code}  {kind:4} {level} %  z {unit.z:6.2f}  {unit.count:5} cases  {unit.name}")
    typer.echo("--out FILE draws the map, --json gives every unit.")
