"""Replay: the stored decision of a case, decided once more from what was in force and known then.

History is never rewritten, so the same question must get the same answer; where it does not, somebody has changed
what may not be changed, and the replay says in which parts. Refuses to change anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.case_files import CaseFile
from spatial.cases.responsibility.decision import Decision, Question
from spatial.cases.responsibility.reading import resolve
from spatial.cases.rules import Category, Rules, read_rules
from spatial.grid.placement import Candidate, Placement
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "replay.sql")
_PARTS = ("lead", "assisting", "supervising", "certainty", "decided_by", "precedent", "rows", "rejected")


@dataclass(frozen=True)
class Replay:
    """Whether deciding again says the same; `differs` names the parts that do not. `decision` is the new one.

    A ruling is a human's word and is not decided again: `before_ruling` says that what it replaced was.
    """

    same: bool
    differs: tuple[str, ...]
    decision: Decision
    before_ruling: bool


def replay(conn: Connection, case: CaseFile) -> Replay | None:
    """Decide a case's owner again, as of its moment and by what was known then; None for one of an older form."""
    ruled = any(reason["rule"] == "ruling" for reason in case.owner.get("reasons", ()))
    stored = _replaced(conn, case) if ruled else case.owner
    if stored is None or "known_at" not in stored:
        return None
    rules = replace(read_rules(conn), revision=stored["revision"])
    decision = resolve(conn, _question(case, stored, rules), rules=rules)
    again = decision.as_json()
    # Before it kept a doubt, a decision was as certain as its place: another rule, and nobody has rewritten anything.
    parts = _PARTS if "doubt" in stored else tuple(part for part in _PARTS if part != "certainty")
    differs = tuple(part for part in parts if again[part] != stored[part])
    return Replay(not differs, differs, decision, ruled)


def _replaced(conn: Connection, case: CaseFile) -> dict[str, Any] | None:
    row = run(conn, SQL["newest_replaced"], {"district": case.district, "case_no": case.case_no}).first()
    return dict(row.owner) if row else None


def _question(case: CaseFile, stored: dict[str, Any], rules: Rules) -> Question:
    return Question(
        matter=_matter(stored, rules),
        lon=case.lon,
        lat=case.lat,
        accuracy_m=case.accuracy_m,
        placement=_placement(case),
        attributes=stored["attributes"],
        at=datetime.fromisoformat(stored["at"]),
        known_at=datetime.fromisoformat(stored["known_at"]),
        doubt=stored.get("doubt"),
    )


def _matter(stored: dict[str, Any], rules: Rules) -> Category | None:
    """The matter with the nodes that it had then: a mapping that was edited since changes nothing."""
    matter = rules.categories.get(stored["matter"] or "")
    return replace(matter, nodes=tuple(stored["nodes"])) if matter else None


def _placement(case: CaseFile) -> Placement:
    candidates = tuple(Candidate(one["code"], one["share"]) for one in case.candidates)
    return Placement(case.unit, None, case.district, case.path, case.certainty, candidates)
