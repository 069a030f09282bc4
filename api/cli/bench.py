"""`gridmaps bench`: measurements that anyone can run, beside what others do.

Peers are in the extra `bench`; one that is not installed leaves a row that says so. Imported when asked for: they
take seconds, and every other command would wait for them.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from api.cli.options import AsJson, Directory, settings_for
from spatial.errors import Invalid
from spatial.store.opening import Store, open_store

if TYPE_CHECKING:
    from api.bench.rows import Row

app = typer.Typer(no_args_is_help=True, help="Measure, beside what others do.")
_PEERS = "sjoin,sedonadb,duckdb,postgis,gather,shapely,discs"
_FILE_WIDTH = 180
GROWTH = (1_200, 10_000, 50_000, 100_000, 200_000)


@app.callback()
def bench() -> None:
    """Measure, beside what others do."""


@app.command("locate", epilog="Example: gridmaps bench locate --points 1000000 --peers sjoin,duckdb")
def locate(
    units: Annotated[int, typer.Option(help="Of the synthetic city, 1,200 to 200,000.")] = 10_000,
    points: Annotated[int, typer.Option(help="That ours places.")] = 10_000_000,
    peer_points: Annotated[int, typer.Option(help="How many of them the peers place.")] = 1_000_000,
    repeats: Annotated[int, typer.Option(help="The median of so many, in turns.")] = 3,
    peers: Annotated[str, typer.Option(help=f"all, none, or some of {_PEERS}.")] = "all",
    growth: Annotated[bool, typer.Option("--growth", help="How cost grows from 1,200 to 200,000 units.")] = False,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """The locator beside its peers: same points, one run, one core, answers compared point by point.

    Rates are by processor time. PostGIS is the server of the settings, else a private one that is gone afterwards.
    """
    if min(points, peer_points, repeats) < 1:
        raise Invalid("points, peer-points and repeats must be at least 1.", field="points")
    from api.bench.locating import Wanted, measure, measure_growth, read_peers
    from api.bench.timing import one_core

    wanted = Wanted(units, points, peer_points, repeats, read_peers(peers))
    console = Console(stderr=True, quiet=as_json)
    with one_core(), console.status("Beginning") as status:
        if growth:
            rows = measure_growth(GROWTH, points=points, few=peer_points, repeats=repeats, told=status.update)
        else:
            rows = measure(wanted, open_store=lambda leaving: _server(directory, leaving), told=status.update)
        said = list(rows)
    _print("locate", said, as_json)


@app.command("intake", epilog="Example: gridmaps bench intake --units 10000 --reports 5000")
def intake(
    units: Annotated[int, typer.Option(help="Of the synthetic city, 1,200 to 200,000.")] = 10_000,
    reports: Annotated[int, typer.Option(help="That are filed in each run.")] = 5_000,
    repeats: Annotated[int, typer.Option(help="The median of so many, in turns.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Reports a second with the index and without, into a private PostGIS that is gone afterwards."""
    if min(reports, repeats) < 1:
        raise Invalid("reports and repeats must be at least 1.", field="reports")
    from api.bench.intake import measure_intake

    with ExitStack() as leaving, Console(stderr=True, quiet=as_json).status("Filing"):
        store = _server(None, leaving)
        said = list(measure_intake(store, units=units, reports=reports, repeats=repeats))
    _print("intake", said, as_json)


@app.command("gaps", epilog="Example: gridmaps bench gaps --units 100000")
def gaps(
    units: Annotated[int, typer.Option(help="Of the synthetic city, 1,200 to 200,000.")] = 100_000,
    rows: Annotated[int, typer.Option(help="Of the table of responsibility, at least.")] = 50_000,
    polygons: Annotated[int, typer.Option(help="Jurisdictions, rivers and parks and small ones, at least.")] = 500,
    planted: Annotated[int, typer.Option(help="Gaps, and as many conflicts, at each of three moments.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """The gap list of 200 matters against planted gaps and conflicts, beside PostGIS; a private server, on one core."""
    if planted < 2 or polygons < 10:
        raise Invalid("planted must be at least 2 and polygons at least 10.", field="planted")
    from api.bench.gaps import Wanted, measure_gaps
    from api.bench.timing import one_core

    with ExitStack() as leaving, Console(stderr=True, quiet=as_json).status("Planting"):
        store = _server(None, leaving)
        leaving.enter_context(one_core())
        said = list(measure_gaps(store, Wanted(units, rows, polygons, planted)))
    _print("gaps", said, as_json)


@app.command("resolve", epilog="Example: gridmaps bench resolve --units 100000")
def resolve(
    units: Annotated[int, typer.Option(help="Of the synthetic city, 1,200 to 200,000.")] = 100_000,
    rows: Annotated[int, typer.Option(help="Of the table of responsibility, at least.")] = 50_000,
    polygons: Annotated[int, typer.Option(help="Jurisdictions, at least.")] = 500,
    questions: Annotated[int, typer.Option(help="That are asked of us.")] = 5_000,
    peer_questions: Annotated[int, typer.Option(help="How many of them the peer is asked.")] = 300,
    as_json: AsJson = False,
) -> None:
    """One resolution with its database reads, beside one PostGIS statement; a private server, on the wall's clock."""
    if min(questions, peer_questions) < 100 or polygons < 10:
        raise Invalid("questions and peer-questions must be at least 100, polygons at least 10.", field="questions")
    from api.bench.resolving import Wanted, measure_resolving

    with ExitStack() as leaving, Console(stderr=True, quiet=as_json).status("Asking"):
        store = _server(None, leaving)
        said = list(measure_resolving(store, Wanted(units, rows, polygons, questions, peer_questions)))
    _print("resolve", said, as_json)


@app.command("sorting", epilog="Example: gridmaps bench sorting --texts 6000 --json")
def sorting(
    texts: Annotated[int, typer.Option(help="Made up, of 28 matters.")] = 6_000,
    seed: Annotated[int, typer.Option(help="Other seeds tell other texts.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Sorting beside keyword rules on made-up texts, by time and by unseen templates; proves nothing about a city."""
    if texts < 500:
        raise Invalid("texts must be at least 500, or some matter has nothing to be measured by.", field="texts")
    from api.bench.sorting import measure_sorting_texts

    with Console(stderr=True, quiet=as_json).status("Telling") as status:
        said = list(measure_sorting_texts(texts, seed=seed, told=status.update))
    _print("sorting", said, as_json)


@app.command("duplicates", epilog="Example: gridmaps bench duplicates --things 10000 --json")
def duplicates(
    things: Annotated[int, typer.Option(help="Planted, each reported once or several times.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Other seeds plant other worlds.")] = 1,
    requests: Annotated[
        Path | None, typer.Option(help="A CSV of real requests to join as well; see docs/duplicates.md.")
    ] = None,
    accuracy_m: Annotated[float, typer.Option(help="The radius of the requests' positions.")] = 50.0,
    sample: Annotated[int, typer.Option(help="List so many of the joins, drawn by the seed.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Precision and recall of recognising the same complaint, on planted repeats; how many real requests join."""
    if things < 100:
        raise Invalid("things must be at least 100, or a share says nothing.", field="things")
    from api.bench.duplicates import list_sample, measure_planted, measure_requests
    from spatial.cases.port.likeness import Bounds

    with Console(stderr=True, quiet=as_json).status("Planting") as status:
        said = list(measure_planted(things, seed=seed, bounds=Bounds(), told=status.update))
        rows, joins = measure_requests(requests, accuracy_m=accuracy_m, bounds=Bounds()) if requests else ([], [])
    _print("duplicates", [*said, *rows], as_json)
    for line in list_sample(joins, sample, seed=seed):
        typer.echo(line, err=as_json)


@app.command("clocks", epilog="Example: gridmaps bench clocks --cases 1000000 --json")
def clocks(
    cases: Annotated[int, typer.Option(help="A quarter of them on each clock.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Other seeds, other cases.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Deadlines of many cases at once, beside numpy's business days and pandas' business hours; answers compared."""
    if cases < 1_000:
        raise Invalid("cases must be at least 1,000.", field="cases")
    from api.bench.clocks import measure_clocks

    with Console(stderr=True, quiet=as_json).status("Counting") as status:
        said = list(measure_clocks(cases, seed=seed, told=status.update))
    _print("clocks", said, as_json)


@app.command("sweep", epilog="Example: gridmaps bench sweep --cases 1000000")
def sweep(
    cases: Annotated[int, typer.Option(help="Open ones that are planted, in hundreds of hundreds.")] = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """One sweep over open cases of all colours, others behind edits, one that is killed midway, and two at once."""
    if cases < 10_000 or cases % 10_000:
        raise Invalid("cases must be a multiple of 10,000.", field="cases")
    from api.bench.sweeping import measure_sweep

    with ExitStack() as leaving, Console(stderr=True, quiet=as_json).status("Beginning") as status:
        store = _server(None, leaving)
        said = list(measure_sweep(store, cases=cases, told=status.update))
    _print("sweep", said, as_json)


@app.command("library", epilog="Example: gridmaps bench library --rows 100000")
def library(
    rows: Annotated[int, typer.Option(help="Closed cases, made up, in Chinese and English.")] = 100_000,
    as_json: AsJson = False,
) -> None:
    """Searching the information library beside trigrams and beside reading every row; a private server."""
    if rows < 1_000:
        raise Invalid("rows must be at least 1000, or there is nothing to search in.", field="rows")
    from api.bench.library import measure_library

    with ExitStack() as leaving, Console(stderr=True, quiet=as_json).status("Shelving"):
        said = list(measure_library(_server(None, leaving), rows=rows))
    _print("library", said, as_json)


@app.command("scores", epilog="Example: gridmaps bench scores --cases 120000")
def scores(
    cases: Annotated[int, typer.Option(help="Received in the month, and as many in the month before.")] = 120_000,
    repeats: Annotated[int, typer.Option(help="The median of so many.")] = 3,
    as_json: AsJson = False,
) -> None:
    """A month's figures by department, cell and post, beside pandas on the same rows; a private server."""
    if min(cases, repeats) < 1:
        raise Invalid("cases and repeats must be at least 1.", field="cases")
    from api.bench.scores import measure_scores

    with ExitStack() as leaving, Console(stderr=True, quiet=as_json).status("Living"):
        store = _server(None, leaving)
        said = list(measure_scores(store, cases=cases, repeats=repeats))
    _print("scores", said, as_json)


def _server(directory: Path | None, leaving: ExitStack) -> Store:
    settings = settings_for(directory)
    if directory is None and settings.database_url is None:
        # The cluster belongs to another user when we are root: it must be able to enter.
        place = Path(tempfile.mkdtemp(prefix="gridmaps-bench-"))
        place.chmod(0o755)
        leaving.callback(shutil.rmtree, place, ignore_errors=True)
        settings = settings_for(place)
    return leaving.enter_context(open_store(settings))


def _print(name: str, rows: "Iterable[Row]", as_json: bool) -> None:
    from api.bench.rows import as_table

    if as_json:
        typer.echo(json.dumps({"name": name, "rows": [row.as_json() for row in rows]}, ensure_ascii=False))
    else:
        # Into a file, lines are as long as they need to be.
        Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(as_table(list(rows)))
