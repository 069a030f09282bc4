"""The made-up texts that sorting is measured on: what is held out is truly unseen."""

from api.bench.sorting_texts import list_phrases, split_by_template, split_by_time, tell_corpus
from spatial.cases.matters.class_files import read_starter


def test_phrases_tell_of_matters_of_the_starter_set_and_stand_once() -> None:
    phrases = list_phrases()
    assert {matter for matter, _ in phrases} <= {draft.code for draft in read_starter()}
    assert len({phrase for _, phrase in phrases}) == len(phrases) > 300


def test_the_same_seed_tells_the_same_texts_and_another_one_others() -> None:
    assert tell_corpus(200, seed=1) == tell_corpus(200, seed=1) != tell_corpus(200, seed=2)


def test_templates_held_out_are_never_learned_from() -> None:
    corpus = tell_corpus(3000, seed=4)
    known, asked = split_by_template(corpus, seed=4)
    assert len(known) + len(asked) == len(corpus)
    assert not {one.template for one in known} & {one.template for one in asked}
    assert {one.matter for one in known} == {one.matter for one in asked}


def test_the_newest_are_asked_and_tell_of_new_troubles_too() -> None:
    known, asked = split_by_time(tell_corpus(3000, seed=4))
    assert max(one.moment for one in known) < min(one.moment for one in asked)
    assert {one.template for one in asked} - {one.template for one in known}
