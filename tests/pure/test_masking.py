"""Masking: whatever number a citizen leaves in his words, nobody reads it who may not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.masking import MASK, mask

_WORDS = st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@＠"), max_size=20)
_BREAKS = st.sampled_from(["", " ", "-", "－", "—", ".", "\u3000", " - "])


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


@st.composite
def _broken_up(draw: st.DrawFn, digits: st.SearchStrategy[str]) -> str:
    number = draw(digits)
    return number[0] + "".join(draw(_BREAKS) + digit for digit in number[1:])


MOBILES = st.from_regex("1[3-9][0-9]{9}", fullmatch=True)
LANDLINES = st.from_regex("0[1-9][0-9]{1,2}[2-9][0-9]{6,7}", fullmatch=True)
ID_CARDS = st.from_regex("[1-9][0-9]{5}(19|20)[0-9]{9}[0-9]", fullmatch=True)


@given(_WORDS, _broken_up(st.one_of(MOBILES, LANDLINES, ID_CARDS)), _WORDS)
def test_no_number_by_which_somebody_is_found_survives_however_it_is_broken_up(
    before: str, number: str, behind: str
) -> None:
    shown = mask(before + number + behind)
    assert MASK in shown and _digits(shown) == ""


@given(_WORDS, st.from_regex("[1-9][0-9]{16}[Xx]", fullmatch=True), _WORDS)
def test_the_x_of_an_id_card_goes_with_its_number(before: str, number: str, behind: str) -> None:
    assert f"{before}{MASK}{behind}"[: len(before) + len(MASK)] in mask(before + number + " " + behind)


@given(_WORDS)
def test_words_without_digits_and_addresses_stay_as_they_are(text: str) -> None:
    assert mask(text) == text


@given(st.from_regex("[a-z0-9._+-]{1,12}@[a-z0-9-]{1,8}[.](com|cn|com[.]cn)", fullmatch=True))
def test_an_address_goes_whole(address: str) -> None:
    assert mask(f"请回复 {address}，谢谢") == f"请回复 {MASK}，谢谢"


@given(st.text(max_size=60))
def test_what_is_masked_stays_masked(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我是王某，电话138-0000 1111，请回电", "我是王某，电话***，请回电"),
        ("call +86 139 0000 1111 now", "call +*** now"),
        ("座机 (0571) 8888-6666", "座机 (***"),
        ("身份证33010219900101123X。", "身份证***。"),
        ("hotline 400-800-1234", "hotline ***"),
        ("full-width １３８００００１１１１ too", "full-width *** too"),
        ("zhang.san@example.com 13800001111", "*** ***"),
        ("since 2026-01-31 the lamp 12 at no. 345 is dark", "since 2026-01-31 the lamp 12 at no. 345 is dark"),
        ("2026-01-31 13800001111", "2026-***"),
    ],
)
def test_what_people_write(said: str, shown: str) -> None:
    assert mask(said) == shown
