"""From case files to answers: the names of cells are joined here, as of the moment that decided.

Knows the wire's shapes and the domain's values; composes them and decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from api.problems import problem_of, status_of
from api.schemas.reports import BodyOut, CaseOut, CellRef, LocatedCell, ReportAnswer, RowAnswer
from spatial.cases.case_files import CaseFile
from spatial.cases.intake import Filed
from spatial.cases.masking import mask
from spatial.cases.routing import first_step
from spatial.cases.territory import CellAt, CellName, list_territory
from spatial.people.accounts import Account

Names = dict[CellAt, CellName]
# Of the seven steps: what a case tells as it is stored.
_AS_THEY_STAND = (
    "limit_amount", "limit_unit", "paused_since", "tier", "tier_since", "filed_at", "dispatched_at",
    "taken_at", "submitted_at", "closed_at", "ended_at", "outcome", "is_self_solved", "reworks", "reopens",
    "extensions", "suspensions", "appeals", "merged_into", "supporters", "unnamed_supporters",
    "missed_at", "missed_by", "missed_until", "late_at",
)  # fmt: skip
NOWADAYS = datetime.max.replace(tzinfo=UTC)  # later than any version ends: the newest name


@dataclass(frozen=True)
class Answer:
    """An HTTP status with a report's answer, or with a problem document."""

    status: int
    report: ReportAnswer | None = None
    problem: dict[str, Any] | None = None


def answers_of(conn: Connection, filed: Sequence[Filed]) -> list[Answer]:
    """The answers to reports, in their order: 201 opened, 200 known before, else the refusal's own."""
    names = names_of(conn, [item.case for item in filed if item.case])
    return [_answer(item, names) for item in filed]


def row_of(row: int, report_id: str | None, answer: Answer) -> RowAnswer:
    """An answer as a row of a batch."""
    return RowAnswer(row=row, id=report_id, status=answer.status, answer=answer.report, problem=answer.problem)


def names_of(conn: Connection, cases: Iterable[CaseFile]) -> Names:
    """The names of all cells in the cases' chains: as of the moment that decided, and as they are called now."""
    chains = [((case.path, case.in_force_at), (case.current_path, NOWADAYS)) for case in cases]
    return list_territory(conn, asked=((code, at) for pair in chains for path, at in pair for code in path))


def told_text(text: str | None, *, tags: Sequence[str], reader: Account) -> str | None:
    """What a reader is told of a citizen's words: nothing or the masked words, by his postings there.

    In clear nobody reads them unlogged: `POST /api/v1/cases/{case_no}/looks` tells them.
    """
    if text is None or not reader.reach_for("read_text").covers(tags):
        return None
    return mask(text)


def told_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """What a reader is told of a case's attributes: a telephone number stands behind a mask there too."""
    return {key: mask(value) for key, value in attributes.items()}


def told_decision(decision: dict[str, Any]) -> dict[str, Any]:
    """A stored decision for a reader: it keeps the attributes as they were said, and tells them as the case does."""
    return decision | {"attributes": told_attributes(decision.get("attributes", {}))}


def case_out(case: CaseFile, names: Names, *, reader: Account | None) -> CaseOut:
    """A case for somebody within whose reach it lies; `reader` None is the sender of its report himself."""
    reads = reader is None or reader.reach_for("read_text").covers(case.tags)
    return CaseOut(
        **_report_fields(case, names) | ({} if reader is None else {"owner": told_decision(case.owner)}),
        state=case.state,
        position=(case.lon, case.lat),
        current_cell=_cell(case.current_path, NOWADAYS, names),
        current_territorial=[_body(names[code, NOWADAYS]) for code in reversed(case.current_path)],
        category=case.category,
        source=case.source,
        text=case.text if reader is None else told_text(case.text, tags=case.tags, reader=reader),
        photos=list(case.photos) if reads else [],
        captured_at=case.captured_at,
        captured_in_future=case.captured_in_future,
        received_at=case.received_at,
        revision=case.revision,
        is_history=case.is_history,
        attributes=case.attributes if reader is None else told_attributes(case.attributes),
        sorted=case.sorted,
        platform=case.platform,
        nature=case.nature,
        provider=case.provider,
        contact_due_at=case.contact_due_at,
        contacted_at=case.contacted_at,
        standard=case.standard,
        lead=case.lead,
        assisting=list(case.assisting),
        returns=case.returns,
        precedent=case.precedent,
        is_locked=case.ruling is not None,
        held_by=_holder(case, names),
        **{name: getattr(case, name) for name in _AS_THEY_STAND},
    )


def _answer(item: Filed, names: Names) -> Answer:
    if item.refusal is not None:
        return Answer(status_of(item.refusal), problem=problem_of(item.refusal))
    assert item.case is not None
    fields = _report_fields(item.case, names)
    # The same id again gets the first answer, also when the case has moved on since; who says the same by another id
    # asks what became of it.
    step = "done" if item.case.is_self_solved else first_step(item.case.owner, is_history=item.case.is_history)
    stands = {"step": step} if item.standing is None else vars(item.standing)
    link = None if item.token is None else f"/status/{item.token}"
    return Answer(201 if item.created else 200, ReportAnswer(**fields | stands | {"status_url": link}))


def _report_fields(case: CaseFile, names: Names) -> dict[str, Any]:
    return {
        "case_no": case.case_no,
        "step": case.step,
        "cell": _cell(case.path, case.in_force_at, names),
        "certainty": case.certainty,
        "candidates": case.candidates,
        "owner": case.owner,
        "accuracy_m": case.accuracy_m,
        "accuracy_assumed": case.accuracy_assumed,
        "is_fallback": case.is_fallback,
        "step_due_at": case.step_due_at,
        "due_at": case.due_at,
        "due_reason": case.due_reason,
    }


def _cell(path: tuple[str, ...], moment: datetime, names: Names) -> LocatedCell | None:
    if not path:
        return None
    chain = [
        CellRef(code=cell.code, name=cell.name, level=cell.level) for cell in (names[code, moment] for code in path)
    ]
    unit = chain[-1]
    return LocatedCell(code=unit.code, name=unit.name, level=unit.level, path=chain)


def _body(cell: CellName) -> BodyOut:
    return BodyOut(cell=cell.code, level=cell.level, name=cell.body or cell.name)


def _holder(case: CaseFile, names: Names) -> BodyOut | None:
    """The body of the level that holds a case; none outside the grid."""
    if case.tier is None or not 0 < case.tier <= len(case.current_path):
        return None
    return _body(names[case.current_path[case.tier - 1], NOWADAYS])
