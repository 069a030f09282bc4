"""`gridmaps responsibility`: the table of who answers for what, loaded, listed, proposed, answered, ended."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from api.cli.moments import read_moment
from api.cli.options import AsJson, Directory, settings_for
from api.duty_files import read_duty_file, read_shape_file
from api.duty_loading import Loaded, load_duties
from api.schemas.duties import RowOut, refs_of
from spatial.cases.responsibility import proposals
from spatial.cases.responsibility.bodies import name_units
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import STATES, RowFilter, TableRow, end_row, list_rows
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.grid.datum import check_datum
from spatial.store.db import transaction
from spatial.store.events import wake
from spatial.store.opening import open_store
from spatial.wording import counted

app = typer.Typer(no_args_is_help=True, help="Who answers for what: the table of responsibility.")
By = Annotated[str, typer.Option("--by", help="Who says so; kept with the record.")]
RowId = Annotated[int, typer.Argument(help="The row's id, as `gridmaps responsibility list` tells it.")]


@app.command("load", epilog="Example: gridmaps responsibility load duties.csv --jurisdictions rivers.geojson")
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8 whose first line names the columns.")],
    jurisdictions: Annotated[Path | None, typer.Option(help="Polygons: code, name, department, kind, feature.")] = None,
    datum: Annotated[str, typer.Option(help="Of the polygons: wgs84, cgcs2000, gcj02 or bd09.")] = "wgs84",
    crs: Annotated[str | None, typer.Option(help="Of the polygons, where their file says none.")] = None,
    supersede: Annotated[bool, typer.Option("--supersede", help="New versions end the polygons in force.")] = False,
    since: Annotated[
        str | None, typer.Option("--from", help="For lines whose `from` is empty; without it they always held.")
    ] = None,
    by: By = "operator",
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Put a table in force: all of it, or nothing and every bad line with its number and field.

    Columns: matter, place_kind (level, cell or jurisdiction), place (a level's key, a cell's or a jurisdiction's code),
    lead; and, as you like, assisting and supervising (units, with semicolons between them), priority, basis, from and
    until (2026-03-02 or 2026-03-02T08:00 in the city's time). A unit is a department's code, or @ and a level's key.
    """
    check_datum(datum)
    with open_store(settings_for(directory)) as store:
        with transaction(store.app) as conn:
            zone = get_setting(conn, key="time_zone")
            shapes = read_shape_file(jurisdictions, time_zone=zone, datum=datum, crs=crs) if jurisdictions else None
            rows = read_duty_file(file, time_zone=zone, since=since)
            if not (rows.drafts or rows.unread or (shapes and (shapes.drafts or shapes.unread))):
                raise Invalid(f"{file.name} names columns and holds no row; nothing was put in force", field="file")
            done = load_duties(
                conn, rows=rows, shapes=shapes, supersede=supersede, now=datetime.now(UTC), actor=by
            )  # fmt: skip
        wake(store.app)
    _tell_loaded(done, as_json)


def _tell_loaded(done: Loaded, as_json: bool) -> None:
    if as_json:
        bad = [vars(line) for line in done.bad]
        typer.echo(json.dumps({"rows": done.rows, "jurisdictions": done.jurisdictions, "bad": bad}, ensure_ascii=False))
    else:
        for line in done.bad:
            typer.echo(str(line))
    if done.bad:
        lines = len({(line.file, line.line) for line in done.bad})
        raise Invalid(f"{counted(lines, 'line')} cannot be loaded, so nothing was; mend and load again")
    if not as_json:
        drawn = counted(done.jurisdictions, "jurisdiction")
        typer.echo(f"{counted(done.rows, 'row')} and {drawn} put in force")


@app.command("list", epilog="Example: gridmaps responsibility list --matter litter --at 2026-03-02")
def list_table(
    matter: Annotated[str | None, typer.Option(help="A matter's own rows.")] = None,
    unit: Annotated[str | None, typer.Option(help="A unit that leads, assists or supervises.")] = None,
    cell: Annotated[str | None, typer.Option(help="A cell of any level; its whole subtree.")] = None,
    state: Annotated[str | None, typer.Option(help=f"One of {', '.join(STATES)}.")] = None,
    at: Annotated[str | None, typer.Option(help="Rows that were in force then, in the city's time.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Proposals whose time to answer is over.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 1000,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """List rows, by id."""
    if state is not None and state not in STATES:
        raise Invalid(f"--state {state} is unknown; one of {', '.join(STATES)}", field="state")
    now = datetime.now(UTC)
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        moment = read_moment(at, time_zone=get_setting(conn, key="time_zone"), field="--at")
        narrowed = RowFilter(matter, unit, cell, None, state, moment, now if overdue else None)
        shown = _shown(conn, list_rows(conn, narrowed=narrowed, limit=limit), now)
    if as_json:
        typer.echo(json.dumps({"items": shown}, ensure_ascii=False))
    else:
        Console().print(_table(shown))


@app.command(
    "propose",
    epilog="Example: gridmaps responsibility propose litter cell 330102001 roads --assisting sanitation",
)
def propose(
    matter: Annotated[str, typer.Argument(help="A matter's code.")],
    place_kind: Annotated[str, typer.Argument(help="level, cell or jurisdiction.")],
    place: Annotated[str, typer.Argument(help="A level's key, or a code.")],
    lead: Annotated[str, typer.Argument(help="A department's code, or @ and a level's key.")],
    assisting: Annotated[list[str] | None, typer.Option(help="Once for each unit.")] = None,
    supervising: Annotated[list[str] | None, typer.Option(help="Once for each unit.")] = None,
    priority: Annotated[int | None, typer.Option(help="Where rows tie, the highest wins.")] = None,
    basis: Annotated[str, typer.Option(help="The law, the duty list, the minutes.")] = "",
    since: Annotated[str | None, typer.Option("--from", help="Default now.")] = None,
    until: Annotated[str | None, typer.Option(help="Default without an end.")] = None,
    answer_by: Annotated[str | None, typer.Option(help="Default by the setting proposal_answer_limit.")] = None,
    by: By = "operator",
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Propose a row; it is in force when every unit that it names has agreed."""
    with open_store(settings_for(directory)) as store:
        with transaction(store.app) as conn:
            zone = get_setting(conn, key="time_zone")
            dates = [read_moment(text, time_zone=zone, field=name)
                     for text, name in ((since, "--from"), (until, "--until"), (answer_by, "--answer-by"))]  # fmt: skip
            draft = RowDraft(
                matter, place_kind, place, lead, tuple(assisting or ()), tuple(supervising or ()), priority, basis,
                dates[0], dates[1],
            )  # fmt: skip
            now = datetime.now(UTC)
            row = proposals.propose(conn, draft=draft, answer_by=dates[2], now=now, actor=by)
            shown = _shown(conn, [row], now)[0]
        wake(store.app)
    _tell(shown, as_json)


@app.command("answer", epilog="Example: gridmaps responsibility answer 17 roads object --reason 'the street owns it'")
def answer(
    row_id: RowId,
    unit: Annotated[str, typer.Argument(help="The unit that answers, as the row names it.")],
    said: Annotated[str, typer.Argument(metavar="ANSWER", help="agree or object.")],
    reason: Annotated[str, typer.Option(help="Needed for an objection.")] = "",
    by: By = "operator",
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Take down what a named unit answers to a proposal."""
    now = datetime.now(UTC)
    with open_store(settings_for(directory)) as store:
        with transaction(store.app) as conn:
            row = proposals.answer(conn, row_id=row_id, unit=unit, answer=said, reason=reason, now=now, actor=by)
            shown = _shown(conn, [row], now)[0]
        wake(store.app)
    _tell(shown, as_json)


@app.command("end", epilog="Example: gridmaps responsibility end 17 --until 2026-12-31")
def end(
    row_id: RowId,
    until: Annotated[str | None, typer.Option(help="In the city's time; default now, never in the past.")] = None,
    by: By = "operator",
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """End a row in force."""
    now = datetime.now(UTC)
    with open_store(settings_for(directory)) as store:
        with transaction(store.app) as conn:
            moment = read_moment(until, time_zone=get_setting(conn, key="time_zone"), field="--until")
            shown = _shown(conn, [end_row(conn, row_id=row_id, until=moment, now=now, actor=by)], now)[0]
        wake(store.app)
    _tell(shown, as_json)


def _shown(conn: Connection, rows: list[TableRow], now: datetime) -> list[dict[str, Any]]:
    names = name_units(conn, refs=refs_of(rows), at=now)
    return [RowOut.of(row, names, now=now).model_dump(mode="json", by_alias=True) for row in rows]


def _tell(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    waits = ", ".join(unit["ref"] for unit in shown["waits_for"])
    until = f" until {shown['until']}" if shown["until"] else ""
    waiting = f"; waits for {waits} until {shown['answer_by']}" if waits else ""
    typer.echo(f"row {shown['id']}: {shown['state']}, from {shown['from'] or 'the beginning'}{until}{waiting}")


def _table(shown: list[dict[str, Any]]) -> Table:
    table = Table("id", "matter", "place", "lead", "assisting", "from", "until", "state")
    for row in shown:
        assisting = ", ".join(unit["ref"] for unit in row["assisting"])
        place = f"{row['place']['kind']} {row['place']['name']}"
        state = "overdue" if row["is_overdue"] else row["state"]
        ends = (row["from"] or "-", row["until"] or "-")
        table.add_row(str(row["id"]), row["matter"], place, row["lead"]["ref"], assisting, *ends, state)
    return table
