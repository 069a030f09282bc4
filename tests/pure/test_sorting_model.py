"""Sorting without a store: words, models as bytes, and figures."""

import io
import pickle
from itertools import product

import numpy as np
import pytest

from spatial.cases.sorting.keywords import Keyword, KeywordRules, read_starter_keywords
from spatial.cases.sorting.measuring import measure
from spatial.cases.sorting.model import Model
from spatial.cases.sorting.ngrams import grams, plain
from spatial.cases.sorting.sorter import Sorter, sort_text
from spatial.cases.sorting.training import fit
from spatial.errors import Conflict, Invalid

PLACES = ("东园", "西湖", "南星", "北山", "望江", "紫阳")
PHRASES = {
    "lamp": ("路灯不亮了", "两盏路灯坏了", "street lamp is out", "夜里灯都不亮"),
    "garbage": ("垃圾堆了很多", "垃圾没人清运", "garbage beside the gate", "有一袋垃圾"),
    "parking": ("车停在人行道上", "车辆占用消防通道", "a car parked on the pavement", "乱停车"),
}
TEXTS = [(f"{place}{phrase}", matter) for matter, told in PHRASES.items() for place, phrase in product(PLACES, told)]


@pytest.fixture(scope="module")
def model() -> Model:
    return fit([text for text, _ in TEXTS], [matter for _, matter in TEXTS])


def test_a_text_is_its_letters_in_one_width_and_its_numbers_are_one() -> None:
    assert plain("ＡＢ路灯１２３号!!  不亮") == "ab路灯0号 不亮"
    assert grams("灯")[:3] == [" ", "灯", " "]
    assert " 灯 " in grams("灯")


def test_a_model_sorts_what_it_never_read_word_for_word(model: Model) -> None:
    for text, matter in (("采荷的路灯全坏", "lamp"), ("采荷垃圾很多", "garbage"), ("采荷有车停在路上", "parking")):
        assert model.matters[int(model.shares(text).argmax())] == matter
    assert model.shares("采荷的路灯全坏").sum() == pytest.approx(1.0)


def test_a_text_about_nothing_that_was_learned_is_left_to_a_clerk(model: Model) -> None:
    for text in ("xxxxxxxxxx", "zzzz", "结婚登记需要带什么材料", "孩子上学怎么报名", "医保卡怎么办理"):
        assert model.knows(text) < 0.5
        said = sort_text(Sorter("", model, KeywordRules(()), 0.6), text)
        assert not said.is_sure and said.confidence < 0.6, text
    nothing_in_common = sort_text(Sorter("", model, KeywordRules(()), 0.0), "ΩΨΦ")
    assert nothing_in_common.confidence < 0.1  # its two ends are blanks, which every text has


def test_what_a_model_knows_of_a_text_lies_between_nothing_and_all(model: Model) -> None:
    assert model.knows(TEXTS[0][0]) == pytest.approx(1.0) and model.knows("") < 1.0
    assert model.confidences(TEXTS[0][0]).sum() == pytest.approx(1.0)
    assert 0.0 < model.knows("采荷的路灯坏了") < 1.0


def test_a_model_answers_as_the_library_that_trained_it() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, truths = [text for text, _ in TEXTS], [matter for _, matter in TEXTS]
    ours = fit(texts, truths)
    theirs = make_pipeline(
        TfidfVectorizer(analyzer=grams, sublinear_tf=True, dtype=np.float32),
        LogisticRegression(C=20.0, tol=1e-3, max_iter=300),
    ).fit(texts, truths)
    asked = [*texts[::5], "a car, a lamp and garbage", "完全不相干的话", "2024"]
    scores = theirs.decision_function(asked) / ours.temperature
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert np.array([ours.shares(text) for text in asked]) == pytest.approx(shares, abs=1e-4)


def test_two_matters_are_told_apart_too() -> None:
    two = [(text, matter) for text, matter in TEXTS if matter != "parking"]
    model = fit([text for text, _ in two], [matter for _, matter in two])
    assert model.matters == ("garbage", "lamp")
    assert model.shares("路灯不亮了")[1] > 0.5 > model.shares("垃圾没人清运")[1]


def test_a_model_comes_back_from_its_bytes_the_same(model: Model) -> None:
    again = Model.from_bytes(model.to_bytes())
    for text, _ in TEXTS:
        assert (again.shares(text) == model.shares(text)).all()


def test_bytes_that_could_run_are_refused(model: Model) -> None:
    hostile = io.BytesIO()
    np.savez(hostile, card=np.array([{"form": 1}], dtype=object), rarity=model.rarity)
    for kept in (pickle.dumps({"form": 1}), hostile.getvalue(), b"", model.to_bytes()[:100]):
        with pytest.raises(Invalid, match="train it again"):
            Model.from_bytes(kept)


def test_too_few_cases_teach_nothing() -> None:
    with pytest.raises(Conflict, match="39 confirmed cases"):
        fit(["灯"] * 20 + ["车"] * 19 + ["雨"] * 2, ["lamp"] * 20 + ["parking"] * 19 + ["rain"] * 2)
    with pytest.raises(Conflict, match="1 matters"):
        fit(["灯"] * 60, ["lamp"] * 60)


RULES = KeywordRules(
    [Keyword("lamp", "路灯", 1), Keyword("cover", "路灯井盖", 2), Keyword("ads", "ad", 1), Keyword("lamp", "不亮", 1)]
)


def test_a_keyword_inside_a_longer_one_says_nothing_of_its_own() -> None:
    assert [matter for matter, _ in RULES.weigh("路灯井盖翘起")] == ["cover"]
    assert [matter for matter, _ in RULES.weigh("路灯坏了")] == ["lamp"]


def test_an_english_keyword_begins_a_word() -> None:
    assert RULES.weigh("the road is broad") == []
    assert [matter for matter, _ in RULES.weigh("many ads here")] == ["ads"]


def test_one_vague_word_is_not_enough_and_a_rival_halves_it() -> None:
    assert RULES.weigh("路灯") == [("lamp", 0.75)]
    assert RULES.weigh("路灯不亮") == [("lamp", 0.9375)]
    assert RULES.weigh("路灯 ad") == [("ads", 0.375), ("lamp", 0.375)]


def test_the_model_decides_where_it_is_sure_and_keywords_where_they_are(model: Model) -> None:
    sorter = Sorter("", model, RULES, threshold=0.8)
    assert (sort_text(sorter, "路灯井盖")).by == "keywords"
    assert (sort_text(sorter, "东园路灯不亮了")).category == "lamp"
    unsure = sort_text(sorter, "嗯")
    assert (unsure.by, unsure.is_sure) == ("model", False)
    assert sort_text(Sorter("", None, RULES, 0.8), "嗯") == sort_text(Sorter("", model, RULES, 0.8), "  ")


def test_the_shipped_keywords_are_plain_and_told_once() -> None:
    keywords = read_starter_keywords()
    assert len({(one.matter, one.keyword) for one in keywords}) == len(keywords) > 200
    assert all(plain(one.keyword) == one.keyword for one in keywords)


def test_abstaining_is_measured_at_each_threshold() -> None:
    said = {"a": ("x", 0.95), "b": ("x", 0.7), "c": ("y", 0.55), "d": (None, 0.0)}
    found = measure(lambda text: said[text], ["a", "b", "c", "d"], ["x", "y", "y", "x"])
    assert (found.accuracy, found.macro_f1) == (0.5, pytest.approx((0.5 + 2 / 3) / 2))
    curve = {step.threshold: (step.share, step.accuracy) for step in found.abstention}
    assert curve[0.0] == (0.75, pytest.approx(2 / 3))
    assert curve[0.9] == (0.25, 1.0)
    assert measure(lambda _: (None, 0.0), ["a"], ["x"]).abstention[0].accuracy is None
