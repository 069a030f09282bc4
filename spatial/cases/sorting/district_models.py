"""A district's model: learned from its confirmed cases, measured on its newest, kept with its card.

The newest fifth is never learned from before it is measured, nor is a fifth of the wordings: by time a model is judged
by much that repeats what it read, by wording by what it never read. The model that is kept then learns from all. Knows
cases and the store. Refuses to hand out what a case says: a card holds figures alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from spatial.cases.sorting.keywords import Keyword, KeywordRules, list_keywords
from spatial.cases.sorting.measuring import Measures, Said, measure
from spatial.cases.sorting.model import Model
from spatial.errors import Conflict, NotFound
from spatial.store.db import run
from spatial.store.events import EventDraft, append
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "sorting.sql")
MOST_CASES = 50_000
_NEWEST_SHARE = 5  # one in so many, the newest, is measured on


@dataclass(frozen=True)
class ConfirmedCase:
    """What one case teaches."""

    text: str
    category: str
    received_at: datetime


@dataclass(frozen=True)
class Measured:
    """The model and the keyword rules on the newest cases, and on wordings that no case was learned of.

    `unseen` is None where there are too few wordings to hold some out. `is_synthetic`: the texts are made up, and all
    of this proves nothing about a city.
    """

    learned_from: int
    tested_on: int
    tested_since: datetime
    model: Measures
    keywords: Measures
    unseen: Measures | None
    is_synthetic: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "split": "the newest fifth by time",
            "learned_from": self.learned_from,
            "tested_on": self.tested_on,
            "tested_since": self.tested_since.isoformat(),
            "model": self.model.as_json(),
            "keywords": self.keywords.as_json(),
            "unseen_wordings": self.unseen.as_json() if self.unseen else None,
            "is_synthetic": self.is_synthetic,
        }


@dataclass(frozen=True)
class ModelCard:
    """What is known of a stored model. `district` is '' for the whole city's."""

    id: int
    district: str
    trained_at: datetime
    cases: int
    measures: dict[str, Any]
    bytes: int


def list_confirmed(conn: Connection, *, district: str = "") -> list[ConfirmedCase]:
    """The confirmed cases to learn from, oldest first; at most the newest 50,000."""
    found = run(conn, SQL["confirmed_cases"], {"district": district, "limit": MOST_CASES})
    return [ConfirmedCase(row.text, row.category, row.received_at) for row in found]


def measure_sorting(conn: Connection, *, district: str = "") -> Measured:
    """Learn from the older cases and measure on the newest fifth, beside the keyword rules; keeps nothing.

    Raises Conflict when there are too few confirmed cases.
    """
    return _measure(conn, list_confirmed(conn, district=district), list_keywords(conn))


def train_sorting(conn: Connection, *, district: str = "", now: datetime, actor: str) -> ModelCard:
    """Train, measure and keep a model for a district, or ('') the whole city; it sorts from then on.

    Raises Conflict when there are too few confirmed cases.
    """
    from spatial.cases.sorting.training import fit

    cases = list_confirmed(conn, district=district)
    keywords = list_keywords(conn)
    measured = _measure(conn, cases, keywords)
    model = fit([case.text for case in cases], [case.category for case in cases], hints_of(keywords))
    measures = measured.as_json() | {"matters": list(model.matters), "temperature": model.temperature}
    params = {"district": district, "now": now, "cases": len(cases), "artefact": model.to_bytes()}
    model_id = run(conn, SQL["insert_model"], params | {"measures": json.dumps(measures)}).scalar_one()
    told = {"model": model_id, "cases": len(cases), "accuracy": measured.model.accuracy}
    append(conn, [EventDraft(district, "sorting", str(model_id), "sorting.trained", now, actor, (), told)])
    return get_card(conn, district=district)


def get_card(conn: Connection, *, district: str = "") -> ModelCard:
    """The card of the model that sorts for a district. Raises NotFound when there is none."""
    row = run(conn, SQL["model_card"], {"district": district}).first()
    if row is None:
        raise NotFound("no model was trained yet: keywords sort alone; see gridmaps sorting train")
    return ModelCard(**row._mapping)


def say_by_model(model: Model, text: str) -> Said:
    """A model's first choice."""
    sure = model.confidences(text)
    best = int(sure.argmax())
    return model.matters[best], float(sure[best])


def say_by_keywords(rules: KeywordRules, text: str) -> Said:
    """The rules' first choice, or none."""
    return next(iter(rules.weigh(text)), (None, 0.0))


def hints_of(keywords: Sequence[Keyword]) -> list[tuple[str, str]]:
    """Keywords as a model learns them along."""
    return [(one.keyword, one.matter) for one in keywords]


def _measure(conn: Connection, cases: Sequence[ConfirmedCase], keywords: Sequence[Keyword]) -> Measured:
    from spatial.cases.sorting.training import FEWEST_CASES

    if len(cases) < FEWEST_CASES:
        raise Conflict(f"there are {len(cases)} confirmed cases to learn from; it takes {FEWEST_CASES}")
    cut = len(cases) - max(1, len(cases) // _NEWEST_SHARE)
    old, new = cases[:cut], cases[cut:]
    rules = KeywordRules(keywords)
    by_words = measure(lambda text: say_by_keywords(rules, text), *_told(new))
    synthetic = bool(run(conn, SQL["is_synthetic"]).scalar_one())
    return Measured(
        len(old), len(new), new[0].received_at, _learn_and_measure(old, new, keywords), by_words,
        _measure_unseen(cases, keywords), synthetic,
    )  # fmt: skip


def _measure_unseen(cases: Sequence[ConfirmedCase], keywords: Sequence[Keyword]) -> Measures | None:
    from spatial.cases.sorting.training import group_by_wording

    held_out = group_by_wording([case.text for case in cases]) % _NEWEST_SHARE == 0
    old = [case for case, is_out in zip(cases, held_out, strict=True) if not is_out]
    new = [case for case, is_out in zip(cases, held_out, strict=True) if is_out]
    try:
        return _learn_and_measure(old, new, keywords) if new else None
    except Conflict:  # what is left is too little to learn from
        return None


def _learn_and_measure(
    old: Sequence[ConfirmedCase], new: Sequence[ConfirmedCase], keywords: Sequence[Keyword]
) -> Measures:
    from spatial.cases.sorting.training import fit

    model = fit(*_told(old), hints_of(keywords))
    return measure(lambda text: say_by_model(model, text), *_told(new))


def _told(cases: Sequence[ConfirmedCase]) -> tuple[list[str], list[str]]:
    return [case.text for case in cases], [case.category for case in cases]
