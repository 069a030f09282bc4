"""`gridmaps map KIND`: a map as one file that opens with the network cut."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Connection

from api.cli.moments import check_out
from api.cli.options import Directory, settings_for
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY

if TYPE_CHECKING:
    import folium


class Kind(StrEnum):
    """What a map shows."""

    cases = "cases"
    hotspots = "hotspots"
    grid = "grid"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("map", epilog="Example: gridmaps map cases --out cases.html")(draw)


def draw(
    kind: Annotated[Kind, typer.Argument(help="What the map shows.")],
    out: Annotated[Path, typer.Option(help="Write the map here, as one HTML file.")],
    directory: Directory = None,
) -> None:
    """Write a map of the whole city as one HTML file."""
    check_out(out)
    from gridmaps.folium_offline import render_offline

    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        page = render_offline(_map_of(kind, conn))
    out.write_text(page, encoding="utf-8")
    typer.echo(f"Wrote {out} ({out.stat().st_size:,} bytes).")


def _map_of(kind: Kind, conn: Connection) -> "folium.Map":
    # Imported when asked for: the mapping libraries would hold up every other command.
    if kind is Kind.cases:
        from gridmaps.case_map import case_map

        return case_map(conn, reach=WHOLE_CITY)
    if kind is Kind.grid:
        from gridmaps.grid_map import grid_map

        return grid_map(conn)
    from gridmaps.frames import read_city
    from gridmaps.hotspot_map import hotspot_map
    from gridmaps.unit_hotspots import unit_hot_spots

    return hotspot_map(unit_hot_spots(conn, reach=WHOLE_CITY), city=read_city(conn))
