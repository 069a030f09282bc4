"""The house rules, held by tests instead of good will: sizes, names, SQL, reach."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spatial.store.queries import parse_queries

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "gridmaps", "spatial")
LONGEST_FILE = 450
LONGEST_FUNCTION = 45
MEDIAN_FUNCTION = 12
NAMELESS = {"utils", "helpers", "common", "manager", "service", "base", "models", "misc"}


def _modules() -> list[Path]:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts]
    return sorted(found)


def _functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, docstring and signature left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_file_is_longer_than_a_room_should_be() -> None:
    pages = ROOT / "gridmaps" / "web" / "src"
    sources = [*_modules(), *sorted(pages.rglob("*.ts")), *sorted(pages.rglob("*.css"))]
    long = {str(path.relative_to(ROOT)): n for path in sources if (n := _lines(path)) > LONGEST_FILE}
    assert not long


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_functions_are_small() -> None:
    lengths = {f"{path.relative_to(ROOT)}:{node.name}": _length(node) for path, node in _functions()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}
    assert sorted(lengths.values())[len(lengths) // 2] <= MEDIAN_FUNCTION


def test_no_module_hides_behind_a_name_that_says_nothing() -> None:
    assert not [str(path.relative_to(ROOT)) for path in _modules() if path.stem in NAMELESS]


def test_every_module_and_public_function_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in _modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    silent += [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in _modules()
        for node in _public(path)
        if not ast.get_docstring(node)
    ]
    assert not silent


def _public(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of the module and methods of its classes; not those inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if not any(getattr(mark, "id", None) == "overload" for mark in node.decorator_list):
                yield node


def test_everything_is_annotated() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, node in _functions()
        if node.returns is None or any(a.annotation is None for a in node.args.args if a.arg not in ("self", "cls"))
    ]
    assert not bare


_SQL_WORDS = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")


def test_python_never_assembles_sql() -> None:
    assembled = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        and _SQL_WORDS.search("".join(str(v.value) for v in node.values if isinstance(v, ast.Constant)))
    ]
    assert not assembled


def _queries() -> list[tuple[str, str, str]]:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.sql") if "migrations" not in path.parts]
    return [
        (str(path.relative_to(ROOT)), name, sql)
        for path in sorted(files)
        for name, sql in parse_queries(path.read_text(encoding="utf-8")).items()
    ]


# Queries that hand out cases, or what was said in them, without a reach; each with the reason why it may.
WITHOUT_REACH = {
    "make_officers": "posts the officers of a benchmark's city where its cases lie, and shows none",
    "report_of": "compares the pictures of a locked case's result with those of its report",
    "photos_of_report": "the pictures of a case that was read within a reach",
    "photos_used": "compares the pictures of a result with those of other cases, and shows none",
    "shared_positions": "counts the different words said at a position, and shows none",
    "cases_filed": "answers the sender of the report, who holds its id",
    "open_cases_in": "a redraw moves cases to their new territory and shows none",
    "move_cases": "a redraw moves cases to their new territory and shows none",
    "answer_cases": "a message waits for those who asked about a case; none is shown",
    "own_cases": "compares what a citizen says with his own cases",
    "standing_for": "answers who said again what he had said before with how far it has come",
    "hold_cases": "holds cases that somebody said the same about, to tell it in their chains",
    "recount": "counts who else said the same",
    "hold_count": "holds a case whose supporters are counted, and shows none",
    "category_of": "what a case is about, to judge whether somebody says the same",
    "addresses": "where an asker is written to; read by the worker that delivers, and shown to nobody",
    "subjects": "the number and state of a case, for those who asked about it",
    "status_of": "answers the holder of a case's secret link",
    "answers_of": "answers the holder of a case's secret link",
    "unshelve_cases": "takes cases that are not over any more out of the library and shows none",
    "ended_behind": "the library is written anew, whoever may read which case; none is shown",
    "drop_strays": "takes cases that are not over out of the library and shows none",
    "actions_to_chase": "a sweep tells the owners of late actions of the whole city and shows none",
    "due_orders": "a sweep asks about cases of the whole city and shows none",
    "due_chases": "a sweep asks about cases of the whole city and shows none",
    "due_climbs": "a sweep asks about cases of the whole city and shows none",
    "due_part_orders": "a sweep asks about cases of the whole city and shows none",
    "due_part_chases": "a sweep asks about cases of the whole city and shows none",
    "write_warnings": "a sweep writes warnings for the whole city and shows no case",
    "unwarned_cases": "a sweep reckons warnings for the whole city and shows no case",
    "edited_page": "a sweep reckons warnings for the whole city and shows no case",
    "confirmed_cases": "trains the sorter, which keeps weights of character runs and shows no case",
    "fault_disputed": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_returned": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_tasked": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_assisted": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_seen": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_known": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_merged": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_asked": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_conferred": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_supervised": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_held": "verifies the store for whoever keeps it: numbers and states, no words",
    "fault_chained": "verifies the store for whoever keeps it: numbers and states, no words",
}


@pytest.mark.parametrize(("file", "name", "sql"), _queries(), ids=[f"{f}:{n}" for f, n, _ in _queries()])
def test_a_query_that_hands_out_cases_takes_a_reach(file: str, name: str, sql: str) -> None:
    reads = re.search(r"\b(FROM|JOIN)\s+(case_file|report|report_photo)\b", sql)
    if reads and not sql.lstrip().startswith("INSERT") and name not in WITHOUT_REACH:
        assert "%(reach)s" in sql, f"{file}: {name} reads {reads[2]} without a reach"


_ONE_CASE = re.compile(
    r"\(%\((?P<reach>\w*reach)\)s::text\[\] IS NULL\s+OR (?:\w+\.)?current_path && %\((?P=reach)\)s::text\[\]"
    r"\s+OR (?:\w+\.)?parties && %\((?P=reach)\)s::text\[\]"
)


@pytest.mark.parametrize(("file", "name", "sql"), _queries(), ids=[f"{f}:{n}" for f, n, _ in _queries()])
def test_a_reach_of_cases_asks_for_territory_and_department_in_one_form(file: str, name: str, sql: str) -> None:
    if re.search(r"\b(FROM|JOIN)\s+case_file\b", sql) and "%(reach)s" in sql:
        assert _ONE_CASE.search(sql), f"{file}: {name} holds its reach against less than current_path and parties"


# Queries that read cells without a reach; each with the reason why it may. The grid is public: what hands cells to a
# caller takes a reach all the same, and a public way in says PUBLIC_GRID.
CELLS_WITHOUT_REACH = {
    "answer_cases": "a citizen is told the name of the body that his case was handed to",
    "withdrawn_cells": "publishing: whole revisions, for whoever publishes",
    "insert_lineage": "publishing: whole revisions, for whoever publishes",
    "cell_names": "scores: names for figures of cells; the grid is public",
    "chains_of": "resolution: names of the cells around a position; the grid is public",
    "cells_in_force": "a redraw is planned over the cells that it is about; who may is asked before",
    "units_around": "a redraw is planned over the cells that it is about; who may is asked before",
    "units_in_force": "the locator's index holds every unit, or it would place positions wrongly",
    "propose_units": "locating: a position is in its unit whoever asks, and the grid is public",
    "changed_boxes": "locating: a position is in its unit whoever asks, and the grid is public",
    "version_shapes": "locating: a position is in its unit whoever asks, and the grid is public",
    "territory": "the names of the cells in the chain of a case that was read within a reach",
    "upper_middles": "positions of the grid that devices give when they know none; no cell is shown",
    "board_names": "what the streets of cases that were counted within a reach are called",
    "find_unit": "a check-in names its unit, and counts only within the reach",
    "cell_tile": "the public map of the grid",
    "grid_bounds": "the box around the public map of the grid",
    "units": "the names of units of government, which are public",
    "unit_names": "the names of units of government, which are public",
    "homes": "the names of units of government, which are public",
    "still_there": "whether the cell of a body that had a case is still there; no cell is shown",
    "list_rows": "the table of responsibility is one for the city; a row names its place",
    "paths_of_row": "where a row lies, to be held against a reach by its caller",
    "cells_above_at": "the gap list is reckoned over the whole grid and cut to the reach where it is told",
    "units_at": "the gap list is reckoned over the whole grid and cut to the reach where it is told",
    "unit_shapes": "the gap list is reckoned over the whole grid and cut to the reach where it is told",
    "outside_the_grid": "how much of a jurisdiction lies off the grid; no cell is shown",
    "beyond_the_city": "answers positions of shapes that were asked, no cell",
    "insert_precedent": "the words by which a precedent is found",
    "precedents": "where rulings hold, which are rules of the whole city; no cell is shown",
    "unknown_cells": "whether a ruling names cells that there are; no cell is shown",
    "outline_scopes": "the old ground of a precedent whose cell was merged away; no cell is shown",
    "claims_on_area": "whether rows and precedents meet; no cell is shown",
    "peer_slice": "a benchmark on cells that it made itself",
    "peer_leads": "a benchmark on cells that it made itself",
}


@pytest.mark.parametrize(("file", "name", "sql"), _queries(), ids=[f"{f}:{n}" for f, n, _ in _queries()])
def test_a_query_that_hands_out_cells_takes_a_reach(file: str, name: str, sql: str) -> None:
    if re.search(r"\b(FROM|JOIN)\s+cell_version\b", sql) and name not in CELLS_WITHOUT_REACH:
        assert "%(reach)s" in sql, f"{file}: {name} reads cell_version without a reach"


# Who a citizen is: written when he reports, read one case at a time with a look that is logged.
READS_REPORTER = {"insert_reports", "insert_said", "reporter_of", "addresses"}


def test_who_reported_is_read_in_one_place() -> None:
    # The column, and not 'reporter', the part that somebody has in a case.
    reads = re.compile(r"(?<!')\breporter\b|\breport\.\*")
    assert {name for _, name, sql in _queries() if reads.search(sql)} == READS_REPORTER


def test_every_exception_to_the_reach_still_exists() -> None:
    assert set(WITHOUT_REACH) | set(CELLS_WITHOUT_REACH) <= {name for _, name, _ in _queries()}


FORBIDDEN = [
    re.compile(r"https?://(cdn\.|cdnjs|unpkg|fonts\.g|[a-z0-9.]*jsdelivr)"),
    re.compile(r"(?<![\w.])/(root|home)/\w"),
    re.compile(r"\b(TODO|FIXME|XXX)\b"),
]


def test_nothing_points_outside_or_at_one_machine() -> None:
    names = ("*.py", "*.sql", "*.ts", "*.html", "*.css", "*.md", "*.toml", "*.yml", "Makefile", "Dockerfile", "*.sh")
    skip = {"node_modules", ".venv", "static", ".git", "guard"}
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for name in names
        for path in ROOT.rglob(name)
        if not skip & set(path.relative_to(ROOT).parts)
        for pattern in FORBIDDEN
        if (hit := pattern.search(path.read_text(encoding="utf-8")))
    ]
    assert not found


TOOLS = [["ruff", "check", "--no-cache", "."], ["lint-imports"]]


@pytest.mark.parametrize("tool", TOOLS, ids=["style", "who may import whom"])
def test_the_tools_that_hold_the_house_find_nothing(tool: list[str]) -> None:
    program = Path(sys.executable).with_name(tool[0])
    done = subprocess.run([program, *tool[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
