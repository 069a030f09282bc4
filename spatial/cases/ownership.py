"""Whose is it, for cases: the questions that a report asks of the table of responsibility.

Composes placement, matter and moment into questions, and keeps the order. Refuses to decide: the decision is
`spatial/cases/responsibility/`.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from spatial.cases.responsibility.decision import Decision, Question, Reason
from spatial.cases.responsibility.reading import resolve_many
from spatial.cases.rules import Rules


def resolve_owners(
    conn: Connection, *, questions: Sequence[Question], doubts: Sequence[str | None], rules: Rules
) -> list[Decision]:
    """The owner of each question, in their order; a doubt about a position becomes a reason of its own."""
    decisions = resolve_many(conn, questions=questions, rules=rules)
    return [_doubted(one, doubt) for one, doubt in zip(decisions, doubts, strict=True)]


def _doubted(decision: Decision, doubt: str | None) -> Decision:
    if doubt is None:
        return decision
    return replace(decision, reasons=(*decision.reasons, Reason("fallback", doubt, doubt)))
