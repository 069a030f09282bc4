"""One port in, one port out, held over the source: who opens cases, and who can reach a citizen."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "gridmaps", "spatial")


def _hits(pattern: str, suffix: str) -> set[str]:
    """The files under the rooms in which a pattern stands; migrations and benchmarks left out."""
    found = re.compile(pattern)
    return {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob(f"*{suffix}")
        if not {"migrations", "node_modules", "bench"} & set(path.parts) and found.search(path.read_text("utf-8"))
    }


def test_a_case_is_opened_in_one_query_which_only_the_intake_reaches() -> None:
    assert _hits(r"INSERT INTO case_file\b", ".sql") == {"spatial/cases/queries.sql"}
    assert _hits(r'SQL\["insert_cases"\]', ".py") == {"spatial/cases/opening.py"}
    assert _hits(r"\bopen_cases\(", ".py") == {"spatial/cases/opening.py", "spatial/cases/intake.py"}


def test_nothing_but_the_port_sends() -> None:
    # What reads an address sends nothing.
    writers = r"email\b(?!\.(errors|headerregistry)\b)"
    senders = rf"^\s*(import|from) (smtplib|http\.client|httpx|requests|aiosmtplib|{writers})"
    assert _hits(f"(?m){senders}", ".py") == {"spatial/cases/port/transports.py"}
    # `gridmaps up` asks its own server whether it serves.
    assert _hits(r"(?m)^\s*(import|from) urllib\.request", ".py") <= {"api/cli/up.py", "api/cli/running.py"}
    called = {"api/deliverer.py", "spatial/cases/port/delivering.py", "spatial/cases/port/outbox.py"}
    assert _hits(r"port\.transports import", ".py") == called


def test_what_a_case_tells_is_recorded_in_one_place_which_answers_its_citizens() -> None:
    about_cases = _hits(r'EventDraft\(\s*[^,()]+,\s*"case"|subject="case"', ".py")
    appenders = _hits(r"store\.events import (?:[^\n(]*|\([^)]*)\bappend\b|store import (?:[^\n(]*)\bevents\b", ".py")
    assert len(about_cases) > 7 and "spatial/cases/recording.py" in appenders
    assert not about_cases & appenders  # they record
    assert _hits(r"\btell_events\(", ".py") == {"spatial/cases/port/telling.py", "spatial/cases/recording.py"}
    # By hand, behind no event: nobody does.
    assert _hits(r"\btell_citizen\(", ".py") == {"spatial/cases/port/telling.py"}


def test_nothing_is_merged_but_by_somebodys_act() -> None:
    assert _hits(r"\bmerge_case\(", ".py") == {"spatial/cases/lifecycle/ending.py", "api/acting/lifecycle.py"}
    # What likeness finds is shown; the only join unasked is a citizen's own repeat.
    assert _hits(r"\bcompare\(", ".py") == {
        f"spatial/cases/port/{name}.py" for name in ("likeness", "duplicates", "repeats")
    }
    assert _hits(r"\bfind_repeats\(", ".py") == {"spatial/cases/port/repeats.py", "spatial/cases/asking.py"}


def test_the_library_is_written_in_one_file() -> None:
    assert _hits(r"(INTO|UPDATE|DELETE FROM) library_entry\b", ".sql") == {"spatial/cases/library/shelving.sql"}


def test_nothing_but_the_port_writes_what_is_sent() -> None:
    assert _hits(r"INSERT INTO (outbox|case_answer)\b", ".sql") == {"spatial/cases/port/telling.sql"}
    assert _hits(r"\b(INTO|UPDATE|FROM|JOIN) outbox\b", ".sql") <= {
        "spatial/cases/port/telling.sql", "spatial/cases/port/delivering.sql", "spatial/cases/port/targets.sql",
    }  # fmt: skip
    assert _hits(r"\bcase_asker\b", ".sql") <= {
        f"spatial/cases/port/{name}.sql" for name in ("askers", "counting", "telling", "delivering", "status")
    } | {path for path in _hits(r"\bcase_asker\b", ".sql") if path.startswith("spatial/cases/evaluation/")}
