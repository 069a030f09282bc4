"""`gridmaps db`: bring the schema up to date, check the log, take a backup, put it back."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, Directory, settings_for
from spatial.cases.verifying import list_faults, list_strays
from spatial.errors import SourceUnreadable
from spatial.store import backup as backups
from spatial.store import events, migrate
from spatial.store.db import transaction
from spatial.store.opening import open_store

app = typer.Typer(help="The database: upgrade, verify, backup, restore.", no_args_is_help=True)


@app.command(epilog="Example: gridmaps db upgrade --dir /srv/gridmaps")
def upgrade(directory: Directory = None) -> None:
    """Create the database if need be and bring its schema up to date."""
    with open_store(settings_for(directory)):
        typer.echo("The schema is up to date.")


@app.command(epilog="Example: gridmaps db verify --json")
def verify(directory: Directory = None, as_json: AsJson = False) -> None:
    """Walk every chain of the log, and look whether rows of several tables agree; exit code 1 if something is wrong."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        current = migrate.is_current(conn)
        faults = list(events.verify_all(conn))
        standings = [*list_faults(conn), *list_strays(conn)]
    if as_json:
        typer.echo(json.dumps({"schema_current": current, "faults": faults, "standings": standings}))
    else:
        whole = "Every chain of the log is whole, and every case stands as its rows and its chain say."
        typer.echo("\n".join([*faults, *standings]) or whole)
    if faults or standings or not current:
        raise typer.Exit(1)


@app.command(epilog="Example: gridmaps db backup /backups/gridmaps.dump")
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")], directory: Directory = None) -> None:
    """Write the whole database, photos included, to one file."""
    if not file.absolute().parent.is_dir():
        raise SourceUnreadable(f"The directory {file.absolute().parent} does not exist.", field="file")
    with open_store(settings_for(directory)) as store:
        backups.dump(store.url, file)
    typer.echo(f"Wrote {file} ({file.stat().st_size:,} bytes).")


@app.command(epilog="Example: gridmaps db restore /backups/gridmaps.dump --yes")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `gridmaps db backup` wrote.")],
    directory: Directory = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there without asking.")] = False,
) -> None:
    """Replace the whole database by a backup; readers of the feed are told to begin anew."""
    if not file.is_file():
        raise SourceUnreadable(f"There is no file {file}.", field="file")
    if not yes:
        typer.confirm("This replaces everything in the database. Go on?", abort=True)
    with open_store(settings_for(directory)) as store:
        backups.restore(store.url, file)
        migrate.upgrade(store.owner)
    typer.echo(f"Restored {file}.")
