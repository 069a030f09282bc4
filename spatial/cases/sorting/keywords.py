"""Keyword rules: the cold start of sorting, in Chinese and English, as rows that a district edits.

A keyword that lies inside a longer one that was found too says nothing of its own. One vague word is never enough
to be sure: weight 1 leads to 0.75, weight 2 to 0.94, and a rival's weight divides it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from spatial.cases.sorting.ngrams import plain
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "sorting.sql")
STARTER_KEYWORDS = Path(__file__).with_name("starter_keywords.csv")
_DOUBT = 0.25  # what is left of doubt behind each whole weight


@dataclass(frozen=True)
class Keyword:
    """A word that points to a matter, and how strongly."""

    matter: str
    keyword: str
    weight: float


class KeywordRules:
    """Keywords made ready to be looked for."""

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._by_start: dict[str, list[tuple[str, list[tuple[str, float]]]]] = defaultdict(list)
        points: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for one in keywords:
            points[plain(one.keyword)].append((one.matter, one.weight))
        for word, pointed in points.items():
            if word:
                self._by_start[word[0]].append((word, pointed))

    def weigh(self, text: str) -> list[tuple[str, float]]:
        """The matters that a text's words point to with their confidence, the likeliest first."""
        weights: dict[str, float] = defaultdict(float)
        for pointed in self._found(plain(text)).values():
            for matter, weight in pointed:
                weights[matter] += weight
        total = sum(weights.values())
        told = ((matter, weight / total * (1 - _DOUBT**weight)) for matter, weight in weights.items())
        return sorted(told, key=lambda one: (-one[1], one[0]))

    def _found(self, text: str) -> dict[str, list[tuple[str, float]]]:
        found = {
            word: pointed
            for at, letter in enumerate(text)
            for word, pointed in self._by_start.get(letter, ())
            if text.startswith(word, at) and not (at and letter.isascii() and text[at - 1] != " ")
        }
        return {word: to for word, to in found.items() if not any(word != other and word in other for other in found)}


def read_starter_keywords() -> list[Keyword]:
    """The keywords that the product ships for its starter set."""
    with STARTER_KEYWORDS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [
            Keyword(row["matter"], word, float(row["weight"])) for row in rows for word in row["keywords"].split("|")
        ]


def load_starter_keywords(conn: Connection) -> int:
    """Add the shipped keywords that are not there, for matters that are; answers how many."""
    drafts = read_starter_keywords()
    params = {
        "matters": [one.matter for one in drafts],
        "keywords": [one.keyword for one in drafts],
        "weights": [one.weight for one in drafts],
    }
    return run(conn, SQL["put_keywords"], params).rowcount


def list_keywords(conn: Connection) -> list[Keyword]:
    """All keywords."""
    return [Keyword(row.matter, row.keyword, row.weight) for row in run(conn, SQL["keywords"])]
