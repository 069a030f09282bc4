"""Training a sorter from a district's own cases: logistic regression over runs of characters, with honest shares.

The keywords are learned along as very short texts: what they know of words and matters that no case has named yet
counts from the first model on.

Shares are tempered on texts unlike those learned from: the texts are gathered into groups of alike ones, each group
is sorted by a model that never saw it, and the temperature is the one under which those shares are likeliest. Judged
by texts that repeat what was learned, a model thinks itself far too sure.

scikit-learn is imported when something is trained and not before: it takes a second, and whoever only sorts needs
none of it. Refuses to read cases and to store models.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spatial.cases.sorting.model import Model
from spatial.cases.sorting.ngrams import grams
from spatial.errors import Conflict

FEWEST_CASES = 40
FEWEST_OF_A_MATTER = 3
_MOST_RUNS = 40_000
_STRENGTH = 20.0
_CLOSE_ENOUGH = 1e-3
_FOLDS = 3
_HINT_COPIES = 3
_TEMPERATURES = np.geomspace(0.2, 8.0, 60)


def fit(texts: Sequence[str], matters: Sequence[str], hints: Sequence[tuple[str, str]] = ()) -> Model:
    """Learn from texts whose matters are known. The same texts give the same model.

    `hints` are keywords, each with its matter; they are learned from and never measured on.

    Matters with fewer than three texts are left out. Raises Conflict when there are fewer than forty texts of at
    least two matters.
    """
    often = Counter(matters)
    kept = [n for n, matter in enumerate(matters) if often[matter] >= FEWEST_OF_A_MATTER]
    named = {matters[n] for n in kept}
    if len(kept) < FEWEST_CASES or len(named) < 2:
        raise Conflict(
            f"there are {len(kept)} confirmed cases of {len(named)} matters to learn from; it takes {FEWEST_CASES} of "
            "at least 2, three of each"
        )
    told = list(hints) * _HINT_COPIES
    learned = [texts[n] for n in kept] + [words for words, _ in told]
    return _fit(learned, np.array([matters[n] for n in kept] + [matter for _, matter in told]), len(kept))


def group_by_wording(texts: Sequence[str]) -> NDArray[np.intp]:
    """A number for each text, the same for texts that are worded alike; fewer than three texts are one group."""
    if len(texts) < _FOLDS:
        return np.zeros(len(texts), np.intp)
    return _alike(_vectors(len(texts)).fit_transform(texts))


def _vectors(texts: int) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    rare = 1 if texts < 500 else 2
    return TfidfVectorizer(analyzer=grams, sublinear_tf=True, min_df=rare, max_features=_MOST_RUNS, dtype=np.float32)


def _fit(texts: Sequence[str], truths: NDArray[Any], cases: int) -> Model:
    vectors = _vectors(len(texts))
    seen = vectors.fit_transform(texts)
    weights, bias, classes = _regress(seen, truths)
    temperature = _temper(seen, truths, cases)
    runs = tuple(str(run) for run in vectors.get_feature_names_out())
    rarity = np.asarray(vectors.idf_, np.float32)
    return Model(classes, runs, rarity, np.ascontiguousarray(weights.T), bias, temperature)


def _regress(seen: Any, truths: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[str, ...]]:
    """Weights (matters x runs), bias and matters. Two matters are two rows here, of opposite sign."""
    from sklearn.linear_model import LogisticRegression

    learned = LogisticRegression(C=_STRENGTH, tol=_CLOSE_ENOUGH, max_iter=300).fit(seen, truths)
    weights, bias = np.asarray(learned.coef_, np.float32), np.asarray(learned.intercept_, np.float32)
    if len(weights) == 1:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return weights, bias, tuple(str(one) for one in learned.classes_)


def _temper(seen: Any, truths: NDArray[Any], cases: int) -> float:
    """Behind the cases lie hints: each fold learns from them all, and none is judged by them."""
    groups = np.concatenate([_alike(seen[:cases]), np.full(len(truths) - cases, -1)])
    scores, right = [], []
    for fold in range(_FOLDS):
        out = (groups >= 0) & (groups % _FOLDS == fold)
        if not out.any() or len(set(truths[~out])) < 2:
            continue
        weights, bias, classes = _regress(seen[~out], truths[~out])
        known = np.isin(truths[out], classes)
        scores += list(np.asarray(seen[out][known] @ weights.T) + bias)
        right += [classes.index(truth) for truth in truths[out][known]]
    return _likeliest(scores, right)


def _alike(seen: Any) -> NDArray[np.intp]:
    """A group for each text, alike ones in one."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD

    # Texts that are all alike have no variance to share out, which is no fault of theirs.
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = TruncatedSVD(n_components=min(50, seen.shape[1] - 1), random_state=0).fit_transform(seen)
    clusters = MiniBatchKMeans(n_clusters=max(_FOLDS, min(150, len(flat) // 8)), n_init=1, random_state=0)
    return np.asarray(clusters.fit_predict(flat), np.intp)


def _likeliest(scores: Sequence[NDArray[np.float32]], right: Sequence[int]) -> float:
    """The temperature under which the right matters were likeliest; 1 where there is nothing to judge by."""
    if not scores:
        return 1.0
    losses = [sum(_surprise(one / t, n) for one, n in zip(scores, right, strict=True)) for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _surprise(scores: NDArray[np.float32], right: int) -> float:
    top = scores.max()
    return float(np.log(np.exp(scores - top).sum()) + top - scores[right])
