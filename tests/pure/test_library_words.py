"""Questions taken apart, and where their words stand."""

import pytest

from spatial.cases.library.words import highlight, read_words


@pytest.mark.parametrize(
    ("question", "grams", "latin"),
    [
        ("道路", "'道路'", ""), ("路", "'路':*", ""), ("道路破损", "'道路' & '路破' & '破损'", ""),
        ("pothole 道路", "'道路'", "pothole"), ("道路A段", "'道路' & '段':*", "A"), ("  ", "", ""),
        ("道路 道路", "'道路'", ""), ("%_'\\", "", "%_'\\"),
    ],
)  # fmt: skip
def test_a_question_is_pairs_and_latin_words(question: str, grams: str, latin: str) -> None:
    words = read_words(question)
    assert (words.grams, words.latin) == (grams, latin)
    assert words.asks == bool(grams or latin)


def test_only_a_run_of_three_must_be_looked_at_again() -> None:
    assert read_words("道路 破损严重").patterns == ["%破损严重%"]


def test_hits_are_spans_of_the_piece_that_is_shown() -> None:
    text = "前" * 200 + "道路破损，big Potholes" + "后" * 200
    piece, hits = highlight(text, read_words("破损 pothole"), ["pothol"])
    assert [piece[a:b] for a, b in hits] == ["破损", "Potholes"]
    assert len(piece) == 120


def test_without_a_hit_a_text_is_shown_from_its_beginning() -> None:
    assert highlight("短文", read_words("道路"), []) == ("短文", [])
    assert highlight("短文", read_words(""), []) == ("短文", [])


def test_a_stem_that_ends_otherwise_than_its_words_is_found_in_them() -> None:
    piece, hits = highlight("City and cities, a taxi", read_words("city taxi"), ["citi", "taxi"])
    assert [piece[a:b] for a, b in hits] == ["City", "cities", "taxi"]
