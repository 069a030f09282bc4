"""`gridmaps matters`: loading, listing and retiring what cases are about."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.cli.moments import read_moment
from api.cli.options import AsJson, Directory, settings_for
from spatial.cases.matters.class_files import MatterDraft, read_class_file, read_starter
from spatial.cases.matters.loading import load_matters, retire_matter
from spatial.cases.matters.reading import MatterFilter, list_matters, list_standards
from spatial.cases.sorting.keywords import load_starter_keywords
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.wording import counted

app = typer.Typer(no_args_is_help=True, help="What cases are about: governance categories and classes.")
_ALL = 100_000


@app.command("load", epilog="Example: gridmaps matters load classes.csv --column taxonomy=kind")
def load(
    file: Annotated[Path | None, typer.Argument(help="A CSV file in UTF-8 with a row a minor class.")] = None,
    starter: Annotated[bool, typer.Option("--starter", help="The product's own starter set.")] = False,
    column: Annotated[list[str] | None, typer.Option(help="field=COLUMN, once for each field.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Load a city's table of classes, or the starter set with its keywords; what is there is corrected.

    Fields: taxonomy (component or event), major_code, major_name, minor_code, minor_name, minor_name_en, limits
    (2紧急工作时|4小时|1天), category (a governance category), archives_itself (yes for what waits for no evaluation).
    """
    drafts = _drafts(file, starter, column or [])
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        loaded = load_matters(conn, drafts=drafts, now=datetime.now(UTC), actor="system")
        keywords = load_starter_keywords(conn) if starter else 0
    minors = {one: sum(d.taxonomy == one and d.rank == "minor" for d in drafts) for one in ("component", "event")}
    if as_json:
        typer.echo(json.dumps(asdict(loaded) | {"minor_classes": minors, "keywords": keywords}))
        return
    typer.echo(
        f"{counted(loaded.added, 'matter')} added, {loaded.kept} there before; {minors['component']} component and "
        f"{counted(minors['event'], 'event class', 'event classes')}; {counted(loaded.standards_begun, 'standard')} "
        f"begun, {loaded.standards_ended} ended"
    )


def _drafts(file: Path | None, starter: bool, column: list[str]) -> list[MatterDraft]:
    if (file is None) != starter:
        raise Invalid("name a FILE, or say --starter, and not both", field="file")
    return read_starter() if file is None else read_class_file(file, dict(map(_pair, column)))


def _pair(told: str) -> tuple[str, str]:
    name, equals, column = told.partition("=")
    if not equals or not column:
        raise Invalid(f"--column {told!r} must be written field=COLUMN", field="column")
    return name, column


@app.command("list", epilog="Example: gridmaps matters list --taxonomy event --at 2026-03-02")
def list_all(
    taxonomy: Annotated[str | None, typer.Option(help="governance, component or event.")] = None,
    rank: Annotated[str | None, typer.Option(help="category, major or minor.")] = None,
    words: Annotated[str | None, typer.Option("--q", help="Words of a code or a name.")] = None,
    at: Annotated[str | None, typer.Option(help="As of a moment, in the city's time; default now.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """The matters in force, by code, with how many handling standards each has."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        moment = _moment(conn, at, "--at") or datetime.now(UTC)
        found = list_matters(conn, narrowed=MatterFilter(taxonomy, rank, words), at=moment, limit=_ALL)
        standards = list_standards(conn, matters=[one.code for one in found], at=moment)
    if as_json:
        rows = [asdict(one) | {"standards": [asdict(each) for each in standards[one.code]]} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for one in found:
        said = counted(len(standards[one.code]), "standard")
        typer.echo(f"{one.code:<12} {one.rank:<8} {one.name_zh or one.name}  {one.name}  ({said})")


@app.command("retire", epilog="Example: gridmaps matters retire E0499 --until 2026-07-01")
def retire(
    code: Annotated[str, typer.Argument(help="The matter's code; a major class takes its minor classes along.")],
    until: Annotated[str, typer.Option(help="The moment from which it is no longer in force, in the city's time.")],
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """End a matter at a moment; cases that are about it keep it."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        moment = _moment(conn, until, "--until") or datetime.now(UTC)
        ended = retire_matter(conn, code=code, until=moment, now=datetime.now(UTC), actor="system")
    if as_json:
        typer.echo(json.dumps({"until": moment.isoformat(), "matters": ended}))
        return
    typer.echo(f"{', '.join(sorted(ended))} end at {moment.isoformat()}")


def _moment(conn: Connection, told: str | None, field: str) -> datetime | None:
    return read_moment(told, time_zone=get_setting(conn, key="time_zone"), field=field)
