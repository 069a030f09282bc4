"""How well texts are sorted: the trained model beside the keyword rules, on texts that neither has seen.

Split in two ways: the newest fifth by time, and templates that were never learned from. What both are told is made
up, phrases and keywords by the same hand: the figures show that the machinery works and how it abstains, and prove
nothing about a city. A city measures on its own cases with `gridmaps sorting measure`.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from api.bench.rows import Row
from api.bench.sorting_texts import ToldText, split_by_template, split_by_time, tell_corpus
from spatial.cases.sorting.district_models import hints_of, say_by_keywords, say_by_model
from spatial.cases.sorting.keywords import KeywordRules, read_starter_keywords
from spatial.cases.sorting.measuring import Answered, Measures, Said, measure
from spatial.cases.sorting.model import Model
from spatial.cases.sorting.sorter import Sorter, sort_text
from spatial.cases.sorting.training import fit

_SHARE = "share"
_MADE_UP = "made-up texts: proves nothing about a city"
_THRESHOLD = 0.8


def measure_sorting_texts(texts: int, *, seed: int, told: Callable[[str], None]) -> Iterator[Row]:
    """Rows of both splits, and the time that one text takes."""
    corpus = tell_corpus(texts, seed=seed)
    keywords = read_starter_keywords()
    rules = KeywordRules(keywords)
    splits = {"newest fifth": split_by_time(corpus), "unseen templates": split_by_template(corpus, seed=seed)}
    for name, (known, asked) in splits.items():
        told(f"Learning from {len(known)} texts: {name}")
        model = fit([one.text for one in known], [one.matter for one in known], hints_of(keywords))
        yield from _rows(name, known, asked, model, rules)
    yield _pace(corpus, model, rules)


def _rows(
    name: str, known: Sequence[ToldText], asked: Sequence[ToldText], model: Model, rules: KeywordRules
) -> Iterator[Row]:
    ours = _measure(lambda text: say_by_model(model, text), asked)
    theirs = _measure(lambda text: say_by_keywords(rules, text), asked)
    both = _measure(lambda text: _say_together(model, rules, text), asked)
    seen = {one.template for one in known}
    new = sum(one.template not in seen for one in asked) / len(asked)
    note = f"{len(known)} learned from, {len(asked)} asked, {new:.0%} of them of unseen templates; {_MADE_UP}"
    yield _row(f"{name}: accuracy, model beside keywords", ours.accuracy, theirs.accuracy, note)
    yield _row(f"{name}: macro-F1, model beside keywords", ours.macro_f1, theirs.macro_f1)
    yield _row(f"{name}: accuracy, both beside keywords", both.accuracy, theirs.accuracy)
    for who, mine in (("model", ours), ("both", both)):
        for step, other in zip(mine.abstention, theirs.abstention, strict=True):
            yield from _step(f"{name}, {who}", step, other)


def _step(name: str, mine: Answered, other: Answered) -> Iterator[Row]:
    at = f"{name}: at threshold {mine.threshold:g}"
    yield _row(f"{at}, share answered", mine.share, other.share)
    yield _row(f"{at}, accuracy of those", mine.accuracy, other.accuracy)


def _row(what: str, ours: float | None, peer: float | None, note: str = "") -> Row:
    ratio = ours / peer if ours is not None and peer else None
    return Row(what, ours, peer, ratio, unit=_SHARE, note=note)


def _measure(say: Callable[[str], Said], asked: Sequence[ToldText]) -> Measures:
    return measure(say, [one.text for one in asked], [one.matter for one in asked])


def _say_together(model: Model, rules: KeywordRules, text: str) -> Said:
    said = sort_text(Sorter("", model, rules, _THRESHOLD), text)
    return said.category, said.confidence


def _pace(corpus: Sequence[ToldText], model: Model, rules: KeywordRules) -> Row:
    sorter = Sorter("", model, rules, _THRESHOLD)
    begun = time.process_time()
    for one in corpus:
        sort_text(sorter, one.text)
    rate = len(corpus) / max(time.process_time() - begun, 1e-9)
    return Row("texts sorted on one core", rate, unit="texts/s", bytes=len(model.to_bytes()), note="model and keywords")
