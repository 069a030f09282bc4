"""`gridmaps reports`: loading reports from files, through the same intake as every other report."""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from api.batches import check_source, file_rows
from api.cli.moments import check_out
from api.cli.options import AsJson, Directory, settings_for
from api.csv_reports import Columns, CsvRow, check_rows, read_header, read_mapping, read_rows, slug
from api.datum_doubts import doubted_reporters
from api.dependencies import now
from api.label_check import LabelCheck, check_expect, check_labels
from api.schemas.reports import BatchAnswer
from api.writer import ReportWriter
from spatial.cases.rules import add_category, read_rules
from spatial.errors import Forbidden, Invalid, SourceUnreadable
from spatial.grid.cells import get_setting
from spatial.grid.datum import DATUMS
from spatial.grid.keeper import ready_index
from spatial.people.accounts import Account, find_by_login
from spatial.store.db import transaction
from spatial.store.opening import Store, open_store
from spatial.wording import counted

app = typer.Typer(no_args_is_help=True, help="Load reports from files.")
_PER_BATCH = 1000
_WORTH_AN_INDEX = 2000  # rows, from which on the seconds of building are earned back
_SHOWN_REFUSALS = 10


@dataclass
class Loaded:
    """What became of a file."""

    rows: int = 0
    created: int = 0
    repeated: int = 0
    refused: int = 0
    seconds: float = 0.0
    certainty: Counter[str] = field(default_factory=Counter)
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def add(self, rows: list[CsvRow], answer: BatchAnswer) -> None:
        """Count a batch in."""
        self.rows += len(rows)
        self.created += answer.created
        self.repeated += answer.repeated
        self.refused += answer.refused
        self.certainty.update(item.answer.certainty for item in answer.rows if item.answer)
        self.refusals += [
            {"line": row.line, "detail": item.problem["detail"]}
            for row, item in zip(rows, answer.rows, strict=True)
            if item.problem
        ]


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8 whose first line names the columns.")],
    column: Annotated[list[str] | None, typer.Option(help="field=COLUMN, once for each field.")] = None,
    source: Annotated[str, typer.Option(help="Where these reports come from.")] = "public",
    datum: Annotated[str, typer.Option(help="wgs84, cgcs2000, gcj02 or bd09.")] = "wgs84",
    time_zone: Annotated[
        str | None, typer.Option(help="Of moments that are written without an offset; default the city's own.")
    ] = None,
    history: Annotated[bool, typer.Option(help="Each row's own time decides; no clock starts.")] = False,
    add_categories: Annotated[bool, typer.Option(help="Add categories and departments that are new.")] = False,
    login: Annotated[str | None, typer.Option(help="The account that signs; default the public.")] = None,
    expect: Annotated[str | None, typer.Option(help="LEVEL=COLUMN: compare placement with a given code.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Write refused rows here, with the reason.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Load a CSV file of reports; exit code 1 when every row was refused.

    Example: gridmaps reports load calls.csv --column lon=X --column lat=Y --column captured_at=ADDDATE --history
    """
    if not file.is_file():
        raise SourceUnreadable(f"there is no file {file.name}")
    check_out(rejects, field="rejects")
    _check_datum(datum)
    header = read_header(file)
    mapping, count = read_mapping(column or [], header), check_rows(file)
    with open_store(settings_for(directory)) as store:
        columns = Columns(mapping, source, datum, _zone(store, time_zone))
        viewer = _viewer(store, login)
        _check_source(store, source, viewer)
        if expect:
            check_expect(store, expect, header)
        if add_categories:
            _add_categories(store, file, columns)
        if count > _WORTH_AN_INDEX:
            ready_index(store.app, directory=settings_for(directory).index_dir())
        loaded = _load(store, file, columns, count=count, viewer=viewer, history=history, quiet=as_json)
        compared = check_labels(store, read_rows(file, columns), expect) if expect else None
    if rejects:
        _write_rejects(rejects, loaded)
    _print(loaded, compared, as_json)
    if loaded.rows and loaded.refused == loaded.rows:
        typer.echo(f"every row was refused; the first: {loaded.refusals[0]['detail']}", err=True)
        raise typer.Exit(1)


def _check_datum(datum: str) -> None:
    if datum not in DATUMS:
        raise Invalid(f"--datum {datum} is unknown; one of {', '.join(DATUMS)}", field="datum")


def _check_source(store: Store, source: str, viewer: Account | None) -> None:
    with transaction(store.app) as conn:
        known = read_rules(conn).sources
    if source not in known:
        raise Invalid(f"--source {source} is unknown; one of {', '.join(known)}", field="source")
    try:
        check_source(source, viewer)
    except Forbidden as refused:
        raise Forbidden(
            f"--source {source}: without --login only source public may be loaded", field="source"
        ) from refused


def _zone(store: Store, named: str | None) -> ZoneInfo:
    if named is None:
        with transaction(store.app) as conn:
            return ZoneInfo(get_setting(conn, key="time_zone"))
    try:
        return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(f"--time-zone {named} is unknown; write it as Asia/Shanghai") from None


def _load(
    store: Store, file: Path, columns: Columns, *, count: int, viewer: Account | None, history: bool, quiet: bool
) -> Loaded:
    writer = ReportWriter(store, queue_limit=1, clock=now)
    loaded = Loaded()
    begun = time.perf_counter()
    batches = list(range(0, count, _PER_BATCH))
    rows = read_rows(file, columns)
    console = Console(stderr=True, quiet=quiet)
    for _ in track(batches, description="Filing", console=console):
        batch = list(islice(rows, _PER_BATCH))
        answer = file_rows(writer, [row.body for row in batch], viewer=viewer, history=history)
        loaded.add(batch, answer)
    loaded.seconds = time.perf_counter() - begun
    return loaded


def _viewer(store: Store, login: str | None) -> Account | None:
    if login is None:
        return None
    with transaction(store.app) as conn:
        found = find_by_login(conn, login=login)
    if found is None:
        raise Invalid(f"--login {login}: there is no such account; see gridmaps user add")
    return found


def _add_categories(store: Store, file: Path, columns: Columns) -> None:
    if "category" not in columns.by_field:
        raise Invalid("--add-categories needs --column category=NAME")
    for name, department in sorted(set(_named(read_rows(file, columns), columns))):
        with transaction(store.app) as conn:
            add_category(conn, code=slug(name), name=name, department=department, now=now())


def _named(rows: Iterable[CsvRow], columns: Columns) -> Iterator[tuple[str, str]]:
    category, department = columns.by_field["category"], columns.by_field.get("department")
    for row in rows:
        if row.cells[category].strip():
            named = row.cells[department].strip() if department else ""
            yield row.cells[category].strip(), named or "unassigned"


def _write_rejects(path: Path, loaded: Loaded) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["line", "detail"])
        writer.writeheader()
        writer.writerows(loaded.refusals)


def _print(loaded: Loaded, compared: LabelCheck | None, as_json: bool) -> None:
    rate = loaded.rows / loaded.seconds if loaded.seconds else 0.0
    if as_json:
        figures = vars(loaded) | {"per_second": round(rate)}
        print(json.dumps(figures | {"labels": compared.as_json() if compared else None}, ensure_ascii=False))
        return
    console = Console()
    console.print(
        f"{counted(loaded.rows, 'row')} in {loaded.seconds:.1f} s ({rate:.0f} a second): {loaded.created} opened, "
        f"{loaded.repeated} known before, {loaded.refused} refused"
    )
    console.print("certainty: " + ", ".join(f"{key} {n}" for key, n in loaded.certainty.most_common()))
    for refusal in loaded.refusals[:_SHOWN_REFUSALS]:
        console.print(f"line {refusal['line']}: {refusal['detail']}")
    if compared:
        _print_labels(console, compared)


def _print_labels(console: Console, compared: LabelCheck) -> None:
    named = counted(compared.labelled, "row names", "rows name")
    console.print(
        f"{named} a {compared.level}: {compared.by_chain} ({compared.chain_share:.2%}) agree by "
        f"the unit's chain, {compared.by_evidence} ({compared.evidence_share:.2%}) by the supplied polygons"
    )
    if compared.datum_doubt:
        console.print(compared.datum_doubt)
    table = Table("unit", f"{compared.level} of its chain", "named", "rows")
    for crossing in compared.crossings:
        table.add_row(crossing.unit or "outside", crossing.chain or "-", crossing.named, str(crossing.rows))
    console.print(table)


@app.command("datums")
def datums(directory: Directory = None, as_json: AsJson = False) -> None:
    """Reporters whose positions fit the cells of their reach better in another datum than they declare.

    Example: gridmaps reports datums
    """
    with open_store(settings_for(directory)) as store:
        doubts = doubted_reporters(store)
    if as_json:
        print(json.dumps([{"login": login, "doubt": doubt} for login, doubt in doubts], ensure_ascii=False))
        return
    for login, doubt in doubts:
        print(f"{login}: {doubt}")
    if not doubts:
        print("No reporter's datum is doubtful.")
