"""The tour is executed from its first cell to its last, and is committed without outputs or machine paths."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from spatial.store.opening import Store
from tests.reporting import file_at
from tests.worlds import UNITS, W, inside

ROOT = Path(__file__).resolve().parents[2]
TOUR = ROOT / "notebooks" / "tour.ipynb"


def test_the_tour_runs_on_the_tiny_town(fresh_db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        file_at(fresh_db, *inside(W))
    file_at(fresh_db, 121.0, 31.0)
    monkeypatch.setenv("GRIDMAPS_DATABASE_URL", fresh_db.url)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = copy.deepcopy(nbformat.read(TOUR, as_version=4))
    NotebookClient(notebook, timeout=600, startup_timeout=300, kernel_name="python3").execute()
    said = "".join(
        output.get("text", "") for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    )
    assert f"{len(UNITS)} units, 5 cases" in said
    assert "certain" in said
    assert "Getis-Ord" in said


def test_the_tour_is_committed_without_outputs() -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_the_tour_names_no_place_on_a_machine() -> None:
    text = TOUR.read_text(encoding="utf-8")
    assert not [place for place in ("/home/", "/root", "/Users/", "/tmp", "C:\\\\") if place in text]
