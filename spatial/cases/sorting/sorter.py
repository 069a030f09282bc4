"""The sorter of a district: its own model, else the city's, else keyword rules; and what it says of a text.

Where the model is sure, it decides; else the surer of the two speaks, since keywords know matters and words of which
no case has been seen yet. A sorter is kept in the process until a model, a keyword, the threshold or a matter changes.

Refuses to train, and to decide what becomes of a case: `is_sure` says whether the district's threshold is reached.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Literal

from sqlalchemy import Connection

from spatial.cases.matters.reading import read_taxonomy
from spatial.cases.matters.taxonomy import Matter, Taxonomy
from spatial.cases.sorting.keywords import KeywordRules, list_keywords
from spatial.cases.sorting.model import Model
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "sorting.sql")
By = Literal["model", "keywords", "nobody"]
_kept: dict[tuple[str, str], "Sorter"] = {}
_lock = Lock()


@dataclass(frozen=True)
class Suggestion:
    """A matter and how likely it is, 0 to 1."""

    matter: str
    confidence: float


@dataclass(frozen=True)
class Sorted:
    """What sorting says of a text. Without `is_sure` it is a suggestion, and a clerk decides."""

    category: str | None
    confidence: float
    by: By
    second: Suggestion | None
    is_sure: bool

    def as_json(self, *, took: str | None) -> dict[str, Any]:
        """Plain values, as a case keeps them; `took` is the matter that the case took from here, if any."""
        return {"category": self.category, "confidence": round(self.confidence, 4), "by": self.by, "took": took}


@dataclass(frozen=True)
class Sorter:
    """Everything that sorting a text takes. `stamp` changes with anything in it."""

    stamp: str
    model: Model | None
    rules: KeywordRules
    threshold: float
    matters: Taxonomy | None = None


def sort_text(sorter: Sorter, text: str, *, at: datetime | None = None) -> Sorted:
    """The matter of a text. Matters not in force at `at` are never named; without it, none that was ever retired."""
    by_model = _standing(sorter, _by_model(sorter.model, text), at)
    if by_model and by_model[0].confidence >= sorter.threshold:
        return _said(by_model, "model", sorter.threshold)
    by_words = _standing(sorter, (Suggestion(*one) for one in sorter.rules.weigh(text)), at)
    if by_words and (not by_model or by_words[0].confidence > by_model[0].confidence):
        return _said(by_words, "keywords", sorter.threshold)
    return _said(by_model, "model", sorter.threshold)


def sort_many(
    conn: Connection, texts: Sequence[str], districts: Sequence[str], *, at: datetime | None = None
) -> list[Sorted]:
    """The matters of texts, each by the sorter of its home district ('' or an unknown one: the whole city's)."""
    sorters = {district: read_sorter(conn, district) for district in set(districts)}
    return [sort_text(sorters[district], text, at=at) for text, district in zip(texts, districts, strict=True)]


def read_sorter(conn: Connection, district: str = "") -> Sorter:
    """The sorter of a district: its newest model, else the city's newest, with the keywords and the threshold."""
    facts = run(conn, SQL["sorter_facts"], {"district": district}).one()
    key = (str(conn.engine.url), district)
    stamp = f"{facts.model} {facts.keywords} {facts.threshold} {facts.matters}"
    with _lock:
        kept = _kept.get(key)
    if kept is not None and kept.stamp == stamp:
        return kept
    artefact = run(conn, SQL["artefact"], {"id": facts.model}).scalar()
    model = Model.from_bytes(bytes(artefact)) if artefact is not None else None
    sorter = Sorter(stamp, model, KeywordRules(list_keywords(conn)), facts.threshold, read_taxonomy(conn))
    with _lock:
        _kept[key] = sorter
    return sorter


def _by_model(model: Model | None, text: str) -> Iterable[Suggestion]:
    if model is None or not text.strip():
        return ()
    sure = model.confidences(text)
    order = (-sure).argsort(kind="stable")[:5]
    return [Suggestion(model.matters[n], float(sure[n])) for n in order if sure[n] > 0.0]


def _standing(sorter: Sorter, told: Iterable[Suggestion], at: datetime | None) -> list[Suggestion]:
    matters = sorter.matters
    if matters is None:
        return list(told)
    return [one for one in told if one.matter in matters and _holds(matters.get(one.matter), at)]


def _holds(matter: Matter, at: datetime | None) -> bool:
    return matter.until is None if at is None else matter.holds(at)


def _said(told: Sequence[Suggestion], by: By, threshold: float) -> Sorted:
    if not told:
        return Sorted(None, 0.0, "nobody", None, False)
    second = told[1] if len(told) > 1 else None
    return Sorted(told[0].matter, told[0].confidence, by, second, told[0].confidence >= threshold)
