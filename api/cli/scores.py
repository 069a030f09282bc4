"""`gridmaps scores`: the indicators of a period by area, unit, post or source."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from api.cli.moments import check_out
from api.cli.options import AsJson, Directory, settings_for
from spatial.cases.evaluation.fragmentation import read_fragments
from spatial.cases.evaluation.indicators import INDICATORS, NOTHING_EN, say
from spatial.cases.evaluation.scores import DIMENSIONS, Asked, Score, Scores, read_scores
from spatial.cases.evaluation.spans import GRAINS, Span, month_of, read_period
from spatial.errors import Invalid
from spatial.grid.cells import get_setting
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY

_FILE_WIDTH = 180
# A line of a terminal holds so many; --out holds all.
_SHOWN = ("valid_report", "filing", "closing", "closing_on_time", "fixed", "rework", "return", "resolution",
          "satisfaction")  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("scores", epilog="Example: gridmaps scores --by department --month 2026-10 --out october.html")(scores)


def scores(
    by: Annotated[str, typer.Option(help=f"{', '.join(DIMENSIONS)}.")] = "department",
    month: Annotated[str | None, typer.Option("--month", "--period", help="2026-10, also 2026-W41, 2026-Q4.")] = None,
    level: Annotated[str | None, typer.Option(help="Of cells; default the widest.")] = None,
    grain: Annotated[str | None, typer.Option(help=f"In parts: {', '.join(GRAINS)}.")] = None,
    cell: Annotated[str | None, typer.Option(help="Only below this cell.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write all figures (.csv) or a page to print (.html) here.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """The indicators of a period, default this month: rates, marks, and what does not count and why."""
    check_out(out)
    if out is not None and out.suffix not in (".csv", ".html"):
        raise Invalid(f"{out.name} names no format; write a name that ends in .csv or .html", field="out")
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        now = datetime.now(UTC)
        asked = Asked(_span(conn, month, now), by, level, grain, cell, now=now)
        found = read_scores(conn, asked, reach=WHOLE_CITY)
        if out is not None:
            _write(conn, out, found, now)
    _say(found, out, as_json)


def _span(conn: Connection, period: str | None, now: datetime) -> Span:
    zone = get_setting(conn, key="time_zone")
    return month_of(now, zone) if period is None else read_period(period, zone)


def _write(conn: Connection, out: Path, found: Scores, now: datetime) -> None:
    from gridmaps.score_paper import score_csv, score_paper

    if out.suffix == ".csv":
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(score_csv(found))
        return
    is_by_unit = found.asked.by == "department"
    asked = found.asked
    fragments = (
        read_fragments(conn, span=asked.span, reach=WHOLE_CITY, cell=asked.cell, unit=asked.unit) if is_by_unit else []
    )
    page = score_paper(found, fragments, city=get_setting(conn, key="city_name"), now=now)
    out.write_text(page, encoding="utf-8")


def _say(found: Scores, out: Path | None, as_json: bool) -> None:
    from api.schemas.scores import ScoresOut

    if as_json:
        typer.echo(json.dumps(ScoresOut.of(found, found.rows, None).model_dump(mode="json"), ensure_ascii=False))
        return
    span = found.asked.span
    causes = "; ".join(f"{cases} {cause.replace('_', ' ')}" for cause, cases in found.causes.items())
    typer.echo(f"{span.first} to {span.last} by {found.asked.by}. Does not count: {causes or 'nothing'}.")
    if out is not None:
        typer.echo(f"Wrote {out} ({out.stat().st_size:,} bytes).")
        return
    # Into a file, lines are as long as they need to be.
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(_table(found))


def _table(found: Scores) -> Table:
    heads = [INDICATORS[key].name for key in _SHOWN]
    table = Table(found.asked.by, *(["from"] if found.asked.grain else []), *heads, "score")
    for row in found.rows:
        mark = NOTHING_EN if row.mark.score is None else str(row.mark.score)
        grade = f" {row.mark.grade.name}" if row.mark.grade else ""
        table.add_row(escape(row.name or "nobody"), *_figures(found, row), f"{mark}{grade}")
    for row in found.totals:
        table.add_row("all", *_figures(found, row), "")
    return table


def _figures(found: Scores, row: Score) -> list[str]:
    part = [str(row.part)] if found.asked.grain else []
    return part + [_told(row, key) for key in _SHOWN]


def _told(row: Score, key: str) -> str:
    one = row.ratio(key)
    return say(one.rate, NOTHING_EN) if one.rate is None else f"{say(one.rate)} {one.numerator:f}/{one.denominator:f}"
