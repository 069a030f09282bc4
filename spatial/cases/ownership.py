"""Whose is it, for cases: the questions that a report asks of the table of responsibility.

Composes placement, matter and moment into questions, and keeps the order. Refuses to decide: the decision is
`spatial/cases/responsibility/`.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from spatial.cases.responsibility.decision import Decision, Question
from spatial.cases.responsibility.reading import resolve_many
from spatial.cases.rules import Rules


def resolve_owners(
    conn: Connection, *, questions: Sequence[Question], doubts: Sequence[str | None], rules: Rules
) -> list[Decision]:
    """The owner of each question, in their order; a position in doubt has no certain one, and the reason says why."""
    doubted = [replace(one, doubt=doubt) if doubt else one for one, doubt in zip(questions, doubts, strict=True)]
    return resolve_many(conn, questions=doubted, rules=rules)
