"""The information library's search beside two others on one corpus: trigrams, and reading every row.

A corpus of synthetic closed cases in Chinese and English, shelved like those that a transaction ends. Each way must
find the same rows, which is checked; times are the median of many words on the wall's clock, first page of 30.
Trigrams say nothing about words of two characters; what they cost and bring is shown beside.
"""

import time
from collections.abc import Iterator
from statistics import median, quantiles

from sqlalchemy import Connection

from api.bench.rows import Row
from spatial.cases.library.searching import LibraryFilter, search
from spatial.cases.library.shelving import shelve_cases
from spatial.cases.library.words import read_words
from spatial.store.db import run, transaction
from spatial.store.opening import Store
from spatial.store.queries import load_queries
from spatial.store.reach import WHOLE_CITY

SQL = load_queries(__file__, "library.sql")
_ROUNDS = 10
# By length and rarity: two characters, three, four and more, an English word, both.
QUESTIONS = {
    "two characters, common": ("道路", "垃圾", "噪声", "停车"),
    "two characters, rare": ("窨井", "渣土", "白蚁", "危墙"),
    "three characters": ("消防栓", "红绿灯", "垃圾桶"),
    "four characters": ("占道经营", "油烟扰民", "违章搭建"),
    "English word": ("potholes", "hydrant", "noise"),
    "both": ("道路 pothole", "噪声 night"),
}


def measure_library(store: Store, *, rows: int) -> Iterator[Row]:
    """Index sizes, then milliseconds of a question by each way; ours first, the peer's beside."""
    begun = time.perf_counter()
    with transaction(store.owner) as conn:
        run(conn, SQL["lay_corpus"], {"rows": rows})
        shelve_cases(conn, [("000000", f"9{i:018}") for i in range(1, rows + 1)])
    rate = rows / (time.perf_counter() - begun)
    _analyse(store)
    with transaction(store.app) as conn:
        ours = {name: _ours(conn, words) for name, words in QUESTIONS.items()}
        scanned = {name: _peer(conn, words) for name, words in QUESTIONS.items()}
    with transaction(store.owner) as conn:
        run(conn, SQL["add_trigrams"])
    _analyse(store)
    with transaction(store.app) as conn:
        size = run(conn, SQL["sizes"]).one()
        trigrams = {name: _peer(conn, words) for name, words in QUESTIONS.items()}
    mb = 1024.0 * 1024.0
    note = f"{rows:,} rows, words {size.words / mb:.1f} MB; beside GIN of trigrams"
    bigger = size.trigrams / size.grams
    yield Row("index of pairs, size", size.grams / mb, size.trigrams / mb, bigger, unit="MB", note=note)
    yield Row("filing, closing and shelving a case", rate, unit="rows/s", note="one transaction")
    for name in QUESTIONS:
        yield from _rows(name, ours[name], trigrams[name], "trigrams")
        yield from _rows(name, ours[name], scanned[name], "reading every row")


def _analyse(store: Store) -> None:
    with store.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        run(conn, SQL["analyse"])


def _ours(conn: Connection, questions: tuple[str, ...]) -> tuple[list[float], list[list[str]]]:
    taken, found = [], []
    for question in questions:
        for i in range(_ROUNDS):
            begun = time.perf_counter()
            entries = search(conn, narrowed=LibraryFilter(words=question), reach=WHOLE_CITY, limit=30)
            taken.append((time.perf_counter() - begun) * 1000.0)
            if i == 0:
                found.append([one.ref for one in entries])
    return taken, found


def _peer(conn: Connection, questions: tuple[str, ...]) -> tuple[list[float], list[list[str]]]:
    taken, found = [], []
    for question in questions:
        words = read_words(question)
        latin = [word.lower()[:-1] if word.endswith("s") else word for word in words.latin.split()]
        asked = {"patterns": [f"%{part}%" for part in (*words.runs, *latin)], "reach": WHOLE_CITY.bound}
        for i in range(_ROUNDS):
            begun = time.perf_counter()
            refs = list(run(conn, SQL["by_pattern"], asked).scalars())
            taken.append((time.perf_counter() - begun) * 1000.0)
            if i == 0:
                found.append(refs)
    return taken, found


def _rows(
    name: str, ours: tuple[list[float], list[list[str]]], theirs: tuple[list[float], list[list[str]]], peer: str
) -> Iterator[Row]:
    mine, other = median(ours[0]), median(theirs[0])
    last = quantiles(ours[0], n=20)[18]
    note = f"beside {peer}; 95 of 100 of ours within {last:.1f} ms"
    yield Row(name, mine, other, other / mine, ours[1] == theirs[1], "ms", None, note)
