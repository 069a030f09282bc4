"""`gridmaps locate`: the unit of every point in a file.

Readers and writers are imported when they are asked for: every other command would wait for them.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.moments import check_out, read_moment
from api.cli.options import AsJson, Directory, settings_for
from spatial.errors import Invalid

if TYPE_CHECKING:
    from api.bulk_locate.running import Located, Run
    from spatial.grid.index import LocatorIndex

Ground = tuple["LocatorIndex", dict[int, str]]
_LEVELS = {1: "district", 2: "street", 3: "community", 4: "unit"}  # of the synthetic city


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("locate", epilog="Example: gridmaps locate points.csv --out located.csv --lon X --lat Y")(locate)


def locate(
    file: Annotated[Path, typer.Argument(help="Points: .csv, .parquet, .geojson, .gpkg or .fgb.")],
    out: Annotated[Path, typer.Option(help="Write here; the ending says the format, the same choices.")],
    lon: Annotated[str | None, typer.Option(help="The column of longitudes.", show_default="by its name")] = None,
    lat: Annotated[str | None, typer.Option(help="The column of latitudes.", show_default="by its name")] = None,
    accuracy: Annotated[str | None, typer.Option(help="A column of radii in metres: adds certainty and share.")] = None,
    certain_share: Annotated[float, typer.Option(help="The share of its disc that makes a position certain.")] = 0.95,
    datum: Annotated[str, typer.Option(help="wgs84, cgcs2000, gcj02 or bd09.")] = "wgs84",
    crs: Annotated[str | None, typer.Option(help="Of geometries, where the file does not say.")] = None,
    encoding: Annotated[str, typer.Option(help="Of a CSV file, such as gb18030.")] = "utf-8",
    prefix: Annotated[str, typer.Option(help="Goes before the names of the added columns.")] = "",
    rejects: Annotated[Path | None, typer.Option(help="Write bad rows here as CSV, with the reason.")] = None,
    at: Annotated[str | None, typer.Option(help="In the grid as it was then, such as 2026-03-02.")] = None,
    units: Annotated[int | None, typer.Option(help="In a synthetic city of so many units, not the store's.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """The unit of every point in a file of any size, and the cells above it.

    Rows keep their order and columns; bad rows stay without a unit and are named, counted from 1.
    """
    from api.bulk_locate.placing import Certainty, Placer
    from api.bulk_locate.running import Run
    from api.bulk_locate.sources import Asked, open_source
    from spatial.grid.datum import check_datum

    _check(file, out, rejects, at, units)
    check_datum(datum)
    certainty = Certainty(certain_share) if accuracy else None
    source = open_source(file, Asked(lon, lat, accuracy, encoding, crs))
    index, keys = _synthetic(units, quiet=as_json) if units is not None else _stored(directory, at)
    placer = Placer(index, keys, prefix=prefix, certainty=certainty)
    run = Run(source, placer, out, datum=datum, rejects=rejects, prefix=prefix)
    begun = time.perf_counter()
    located = _go(run, source.total, quiet=as_json)
    _say(located, out, index.revision, time.perf_counter() - begun, as_json)


def _check(file: Path, out: Path, rejects: Path | None, at: str | None, units: int | None) -> None:
    from api.bulk_locate.sources import format_of

    format_of(file)
    format_of(out)
    for path in (out, rejects):
        if path is not None:
            check_out(path)
            if path.absolute() == file.absolute() or (path is rejects and path.absolute() == out.absolute()):
                raise Invalid(f"{path} would be read and written at once; name another file.", field="out")
    if at is not None and units is not None:
        raise Invalid("--at asks for the store's grid and --units for a synthetic city; give one.", field="at")


def _stored(directory: Path | None, at: str | None) -> Ground:
    from spatial.grid.cells import get_setting
    from spatial.grid.city_index import index_of_store
    from spatial.grid.levels import list_levels
    from spatial.store.db import transaction
    from spatial.store.opening import open_store

    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        zone = get_setting(conn, key="time_zone") if at else "UTC"
        index = index_of_store(conn, at=read_moment(at, time_zone=zone, field="at"))
        return index, {level.rank: level.key for level in list_levels(conn)}


def _synthetic(units: int, *, quiet: bool) -> Ground:
    from spatial.grid.city_index import index_of_cells
    from spatial.grid.synthetic import synthetic_city

    with Console(stderr=True, quiet=quiet).status(f"Making a city of {units} units"):
        return index_of_cells(synthetic_city(units=units).cells), _LEVELS


def _go(run: "Run", total: int, *, quiet: bool) -> "Located":
    with _progress(total, quiet=quiet) as advance:
        return run.go(advance)


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    with Progress(console=Console(stderr=True, quiet=quiet), disable=quiet) as progress:
        task = progress.add_task("Locating", total=total)
        yield lambda done: progress.update(task, completed=done)


def _say(located: "Located", out: Path, revision: int, seconds: float, as_json: bool) -> None:
    rate = round(located.rows / seconds) if seconds else 0
    if as_json:
        told = asdict(located) | {"revision": revision, "seconds": round(seconds, 3), "per_second": rate}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(
        f"Wrote {out}: {located.rows} rows in {seconds:.1f} s ({rate} a second), {located.inside} in a unit, "
        f"{located.outside} outside, {located.bad} bad."
    )
    if located.overlaps:
        typer.echo(f"{located.overlaps} lie where units overlap and went to the lowest code.")
    if located.certainty:
        typer.echo("certainty: " + ", ".join(f"{word} {n}" for word, n in located.certainty.most_common()))
    for bad in located.named:
        typer.echo(f"row {bad['row']}: {bad['detail']}")
    if located.bad > len(located.named):
        typer.echo(f"and {located.bad - len(located.named)} more; --rejects FILE lists them all.")
