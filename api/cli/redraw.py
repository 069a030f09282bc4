"""`gridmaps redraw`: split a unit along a line, or merge units of one community."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import shapely
import typer
from shapely import LineString
from sqlalchemy import Connection

from api.cli.options import AsJson, Directory, settings_for
from api.redrawing import list_touched_rules, publish
from spatial.cases.moves import CaseMove, list_moves
from spatial.errors import Forbidden, GridmapsError, Invalid, SourceUnreadable
from spatial.grid.cells import find_cell
from spatial.grid.redraw import Plan, plan_merge, plan_split
from spatial.people.accounts import get_by_login
from spatial.people.bounds import list_bound_logins
from spatial.store.db import transaction
from spatial.store.opening import open_store
from spatial.store.reach import WHOLE_CITY

app = typer.Typer(help="Redraw units: split one, or merge several. Open cases follow.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the effect and change nothing.")]
Note = Annotated[str, typer.Option(help="Why; kept with the record.")]
By = Annotated[
    str | None,
    typer.Option("--by", help="A login that publishes, within its reach; default the operator of this machine."),
]
Name = Annotated[str | None, typer.Option(help="The name of the new or the merged unit.")]


@dataclass(frozen=True)
class _Order:
    """What every redraw command is told beside its geometry."""

    directory: Path | None
    dry_run: bool
    note: str
    by: str | None
    as_json: bool


@app.command(epilog='Example: gridmaps redraw split 330102001001001 --line "120.161 30.240, 120.163 30.251" --dry-run')
def split(
    code: Annotated[str, typer.Argument(help="The unit's code.")],
    line: Annotated[str | None, typer.Option(help='"lon lat, lon lat, ..." in WGS 84, across the unit.')] = None,
    line_file: Annotated[Path | None, typer.Option(help="A GeoJSON file with one LineString in WGS 84.")] = None,
    name: Name = None,
    dry_run: DryRun = False,
    note: Note = "",
    by: By = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Split a unit. The larger part keeps the code; the other gets the next serial of its community."""
    cut = _read_line(line, line_file)
    _redraw(
        _Order(directory, dry_run, note, by, as_json), lambda conn: plan_split(conn, code=code, line=cut, name=name)
    )


@app.command(epilog="Example: gridmaps redraw merge 330102001001001 330102001001002 --note 'one caretaker'")
def merge(
    codes: Annotated[list[str], typer.Argument(help="Two units or more of one community that share borders.")],
    name: Name = None,
    dry_run: DryRun = False,
    note: Note = "",
    by: By = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Merge units. The largest keeps its code; the other codes are withdrawn and never given again."""
    _redraw(_Order(directory, dry_run, note, by, as_json), lambda conn: plan_merge(conn, codes=codes, name=name))


def _redraw(order: _Order, draw: Callable[[Connection], Plan]) -> None:
    with open_store(settings_for(order.directory)) as store:
        with transaction(store.app) as conn:
            plan = draw(conn)
            _check_planner(conn, plan, order.by)
            moves = list_moves(conn, units=plan.closing, decide=plan.decide, reach=WHOLE_CITY)
            bound = list_bound_logins(conn, codes=[link.from_code for link in plan.lineage])
            rules = list_touched_rules(conn, plan=plan, now=datetime.now(UTC))
        revision = None
        if not order.dry_run:
            outcome = publish(store.app, plan=plan, published_by=order.by or "operator", note=order.note)
            revision, moves, rules = outcome.published.revision, list(outcome.moves), outcome.rules
    effect = _effect(plan, moves, revision) | {"accounts": bound} | rules.as_json()
    typer.echo(json.dumps(effect, ensure_ascii=False) if order.as_json else _in_words(effect))


def _check_planner(conn: Connection, plan: Plan, login: str | None) -> None:
    """Raise Forbidden when a unit of the plan lies beyond where a login may redraw. Whoever holds the machine and
    speaks for nobody may all: he could as well restore another database.
    """
    if login is None:
        return
    reach = get_by_login(conn, login=login).reach_for("redraw")
    meant = [code for code in plan.closing if code not in plan.touched]
    beyond = [code for code in meant if find_cell(conn, reach=reach, code=code) is None]
    if beyond:
        raise Forbidden(f"{login} may not redraw {beyond[0]}; a planner redraws within his own cells", field="by")


def _effect(plan: Plan, moves: list[CaseMove], revision: int | None) -> dict[str, Any]:
    units = [
        {"code": unit.code, "name": unit.name, "area_m2": round(unit.area_m2, 1), "new": unit.code in plan.created}
        for unit in plan.put
        if unit.code not in plan.touched
    ]
    return {
        "kind": plan.kind,
        "revision": revision,
        "base_revision": plan.base_revision,
        "units": units,
        "withdrawn": list(plan.withdrawn),
        "touched": list(plan.touched),
        "lineage": [{"from": link.from_code, "to": link.to_code, "share": link.share} for link in plan.lineage],
        "cases": [{"case_no": move.case_no, "from": move.from_unit, "to": move.to_unit} for move in moves],
    }


def _in_words(effect: dict[str, Any]) -> str:
    done = f"Published as revision {effect['revision']}." if effect["revision"] else "Nothing was changed."
    lines = [
        f"{unit['code']}  {unit['name']}  {unit['area_m2']:,.1f} m2{'  new' * unit['new']}" for unit in effect["units"]
    ]
    lines += [f"{code}  withdrawn" for code in effect["withdrawn"]]
    lines += [f"{code}  gets a corner in its border, its ground stays" for code in effect["touched"]]
    lines += [f"case {move['case_no']}  {move['from']} -> {move['to']}" for move in effect["cases"]]
    lines += [
        f"account {login}  its reach names a redrawn unit; check what it should see" for login in effect["accounts"]
    ]
    lines += _rules_in_words(effect)
    rows = len(effect["responsibility"]["rows"])
    counts = f"{rows} rows of the table of responsibility follow. {len(effect['cases'])} open cases move."
    return "\n".join([*lines, f"{counts} {done}"])


_FATES = {
    "copied": "holds in {to} too",
    "ended": "ends with its cell, whose ground goes to {to}",
    "withdrawn": "is withdrawn with its cell, whose ground goes to {to}",
    "widened": "holds in the new shape of {to}",
    "extended": "names {to} too",
    "outlined": "keeps its old ground as a polygon",
}


def _rules_in_words(effect: dict[str, Any]) -> list[str]:
    table = effect["responsibility"]
    lines = [
        f"row {row['id']} ({row['state']})  {row['matter']} in {row['cell']}, lead {row['lead']}: {_fate(row)}"
        for row in table["rows"]
    ]
    for one in table["disagreements"]:
        said = "; ".join(f"{cell} says {', '.join(leads)}" for cell, leads in one["leads"].items())
        lines.append(f"matter {one['matter']}  the merged units disagree on the lead: {said}")
    return lines + [f"precedent {one['number']}  lead {one['lead']}: {_fate(one)}" for one in effect["precedents"]]


def _fate(one: dict[str, Any]) -> str:
    return _FATES[one["fate"]].format(to=", ".join(one["to"]))


def _read_line(text: str | None, file: Path | None) -> LineString:
    if (text is None) == (file is None):
        raise Invalid("give the line once: --line or --line-file", field="line")
    return _line_of_text(text) if text is not None else _line_of_file(file)


def _line_of_text(text: str) -> LineString:
    try:
        pairs = [tuple(float(number) for number in pair.split()) for pair in text.split(",")]
        if any(len(pair) != 2 or not all(map(math.isfinite, pair)) for pair in pairs):
            raise ValueError(text)
        return _checked(LineString(pairs))
    except (ValueError, shapely.errors.ShapelyError) as wrong:
        raise Invalid('line is not of the form "lon lat, lon lat"', field="line") from wrong


def _line_of_file(file: Path | None) -> LineString:
    try:
        document = json.loads((file or Path()).read_text(encoding="utf-8"))
        features = document.get("features", [document])
        geometries = [feature.get("geometry", feature) for feature in features]
        [line] = [shapely.from_geojson(json.dumps(geometry)) for geometry in geometries]
    except GridmapsError:
        raise
    except (OSError, ValueError, AttributeError, TypeError, shapely.errors.ShapelyError) as wrong:
        raise SourceUnreadable(f"{file} is not GeoJSON with one line", field="line_file") from wrong
    if not isinstance(line, LineString):
        raise SourceUnreadable(f"{file} holds a {line.geom_type}, not a LineString", field="line_file")
    return _checked(line)


def _checked(line: LineString) -> LineString:
    west, south, east, north = line.bounds
    if not (-180 <= west and east <= 180 and -90 <= south and north <= 90):
        raise Invalid("line lies outside of -180 to 180 and -90 to 90 degrees; longitude comes first", field="line")
    return line
