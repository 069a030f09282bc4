"""`gridmaps library`: search what is over, in Chinese and English; build the library anew."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from api.cli.moments import read_moment
from api.cli.options import AsJson, Directory, settings_for
from api.routes.cases import read_bbox
from spatial.cases.library.searching import KINDS, Entry, LibraryFilter, search
from spatial.cases.library.shelving import rebuild_library
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY

_MOST = 1000
_FILE_WIDTH = 180


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("library", epilog='Example: gridmaps library "道路 pothole" --kind case --since 2026-01-01')(library)


def library(
    words: Annotated[list[str] | None, typer.Argument(help="Chinese or English; all of them; none is all.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"{', '.join(KINDS)}.")] = None,
    matter: Annotated[str | None, typer.Option(help="About it or below it.")] = None,
    cell: Annotated[str | None, typer.Option(help="Anywhere in this cell.")] = None,
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None,
    since: Annotated[str | None, typer.Option(help="From this moment on, in the city's time.")] = None,
    until: Annotated[str | None, typer.Option(help="Before this moment.")] = None,
    self_solved: Annotated[bool | None, typer.Option(help="Cases solved where they were found.")] = None,
    limit: Annotated[int, typer.Option(help=f"Show so many, at most {_MOST}.")] = 30,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="First write it anew from the rows behind it.")] = False,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Closed cases, rulings and minutes that fit, newest first, masked.

    --rebuild takes up words that were erased or changed in the tables by hand; a server may run meanwhile.
    """
    if kind is not None and kind not in KINDS:
        raise Invalid(f"kind {kind} is none; one of {', '.join(KINDS)}", field="kind")
    if not 1 <= limit <= _MOST:
        raise Invalid(f"limit must be from 1 to {_MOST}", field="limit")
    with open_store(settings_for(directory)) as store:
        if rebuild:
            typer.echo(f"{rebuild_library(store.app):,} entries were written anew.", err=True)
        with transaction(store.app) as conn:
            zone = get_setting(conn, key="time_zone")
            moments = [read_moment(text, time_zone=zone, field=name) for name, text in _named(since, until)]
            asked = LibraryFilter(
                words=" ".join(words or []) or None, kind=kind, matter=matter, cell=cell, bbox=read_bbox(bbox),
                since=moments[0], until=moments[1], self_solved=self_solved,
            )  # fmt: skip
            found = _search(conn, asked, limit)
    _say(found, ZoneInfo(zone), as_json)


def _named(since: str | None, until: str | None) -> list[tuple[str, str | None]]:
    return [("since", since), ("until", until)]


def _search(conn: Connection, asked: LibraryFilter, limit: int) -> list[Entry]:
    return search(conn, narrowed=asked, reach=WHOLE_CITY, limit=limit)


def _say(found: list[Entry], zone: ZoneInfo, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], default=datetime.isoformat, ensure_ascii=False))
        return
    if not found:
        typer.echo("Nothing in the library fits.")
        return
    table = Table("when", "what", "case", "matter", "words", show_lines=False)
    for one in found:
        what = one.precedent or one.kind
        matter = one.matter_name_zh or one.matter_name or ""
        table.add_row(f"{one.at.astimezone(zone):%Y-%m-%d}", what, one.case_no, escape(matter), _marked(one))
    # Into a file, lines are as long as they need to be.
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(table)


def _marked(one: Entry) -> str:
    """The piece with its hits in bold."""
    parts, end = [], 0
    for start, stop in one.hits:
        parts += [escape(one.piece[end:start]), f"[bold]{escape(one.piece[start:stop])}[/bold]"]
        end = stop
    return "".join([*parts, escape(one.piece[end:])])
