"""Likeness by hand: distance against accuracy, time, class, words, photos."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.port.addresses import check_address
from spatial.cases.port.askers import NOBODY, Who, email_of, target_of, who_asks
from spatial.cases.port.likeness import Bounds, Complaint, compare, words_alike
from spatial.errors import Invalid
from spatial.grid.geodesy import GEOD

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
HERE = Complaint(lon=120.0, lat=30.0, accuracy_m=0.0, at=NOW, category="litter")
BOUNDS = Bounds()


def _moved(metres: float, **changes: object) -> Complaint:
    lon, lat, _ = GEOD.fwd(120.0, 30.0, 90.0, metres)
    return replace(HERE, lon=lon, lat=lat, **changes)  # type: ignore[arg-type]


def test_exact_positions_are_one_place_up_to_the_floor_of_fifty_metres() -> None:
    assert compare(HERE, _moved(49.9), BOUNDS).is_same
    assert not compare(HERE, _moved(50.1), BOUNDS).is_same


def test_poor_positions_widen_the_bound_by_their_two_discs() -> None:
    # Two radii of 50 m: 70.71 m together, spread 70.71 / 1.5096 = 46.84; with the floor's 50 / 2.4477 = 20.43 that is
    # 51.10 on each axis; the 95 % bound of a circular normal lies 2.4477 spreads out: 125.1 m.
    one = replace(HERE, accuracy_m=50.0)
    assert compare(one, _moved(125.0, accuracy_m=50.0), BOUNDS).is_same
    assert not compare(one, _moved(125.3, accuracy_m=50.0), BOUNDS).is_same
    told = compare(one, _moved(60.0, accuracy_m=50.0), BOUNDS)
    assert told.combined_m == pytest.approx(70.711, abs=0.001) and told.distance_m == pytest.approx(60.0, abs=0.001)
    assert told.fit == pytest.approx(math.exp(-0.5 * (60.0 / 51.10) ** 2), abs=0.001)


def test_the_fit_is_the_chance_of_so_wide_a_distance() -> None:
    import numpy as np

    rng = np.random.default_rng(7)
    bounds = Bounds(floor_m=1e-6)
    spread = 30.0 / math.sqrt(-2 * math.log(0.32))
    errors = rng.normal(0.0, spread, (2, 200_000)) - rng.normal(0.0, spread, (2, 200_000))
    beyond = float((np.hypot(*errors) > 60.0).mean())
    found = compare(replace(HERE, accuracy_m=30.0), _moved(60.0, accuracy_m=30.0), bounds)
    assert found.fit == pytest.approx(beyond, abs=0.003)


def test_a_day_is_one_window_and_a_second_more_is_another() -> None:
    assert compare(HERE, replace(HERE, at=NOW + timedelta(hours=24)), BOUNDS).is_same
    assert not compare(HERE, replace(HERE, at=NOW + timedelta(hours=24, seconds=1)), BOUNDS).is_same


def test_another_class_is_another_complaint_whatever_the_words_and_the_photo() -> None:
    other = replace(HERE, category="pothole", text="litter at the gate", photos=frozenset({"a"}))
    assert not compare(replace(HERE, text="litter at the gate", photos=frozenset({"a"})), other, BOUNDS).is_same


def test_words_stand_in_for_a_class_that_nobody_named() -> None:
    unsorted = replace(HERE, category=None, text="小区门口有一堆垃圾没人清理")
    assert compare(replace(HERE, text="小区门口一堆垃圾没有人清理"), unsorted, BOUNDS).is_same
    assert not compare(replace(HERE, text="路灯不亮"), unsorted, BOUNDS).is_same
    assert not compare(HERE, unsorted, BOUNDS).is_same


def test_a_position_that_says_nothing_needs_words_or_the_same_photo() -> None:
    vague = replace(HERE, accuracy_m=1000.0)
    assert not compare(HERE, vague, BOUNDS).is_same
    assert compare(replace(HERE, text="Bags at the gate"), replace(vague, text="bags, at the gate!"), BOUNDS).is_same
    shown = frozenset({"a" * 64})
    assert compare(replace(HERE, photos=shown), replace(vague, photos=shown), BOUNDS).is_same


def test_words_are_compared_without_spaces_case_and_width() -> None:
    assert words_alike("Ａ路 垃圾。", "a路垃圾") == 1.0
    assert words_alike("", "") == 0.0
    assert words_alike("abc", "abd") == 0.5


@given(
    st.floats(0, 2000), st.floats(0, 2000), st.floats(0, 800), st.integers(0, 200_000),
    st.sampled_from(["litter", "pothole", None]), st.text(max_size=20),
)  # fmt: skip
def test_comparing_is_symmetric_and_likest_to_itself(
    metres: float, one_m: float, other_m: float, seconds: int, category: str | None, text: str
) -> None:
    one = replace(HERE, accuracy_m=one_m, text=text)
    other = _moved(metres, accuracy_m=other_m, at=NOW + timedelta(seconds=seconds), category=category)
    there, back = compare(one, other, BOUNDS), compare(other, one, BOUNDS)
    assert (there.is_same, there.score, there.fit) == pytest.approx((back.is_same, back.score, back.fit))
    assert 0.0 <= there.score <= 1.0 and there.score <= max(compare(one, one, BOUNDS).score, there.words, 0.5)


@given(st.floats(0, 300), st.floats(0, 300), st.floats(0, 200))
def test_a_worse_position_never_makes_places_more_different(metres: float, radius: float, more: float) -> None:
    worse = BOUNDS.reach_m(radius + more)
    assert worse >= BOUNDS.reach_m(radius) >= BOUNDS.floor_m - 1e-9


def _who(sender: str = "public", source: str = "public", key: str = "p", **said: str) -> Who:
    return who_asks(key, sender=sender, source=source, by_citizen=sender == "7", reporter=said or None)


def test_a_citizen_is_known_by_his_number_however_it_is_written() -> None:
    phones = ("138 1111 2222", "+86-13811112222", "１３８１１１１２２２２")
    assert len({_who(phone=phone).citizen for phone in phones}) == 1
    assert _who(phone="13811112223").citizen != _who(phone="13811112222").citizen
    assert _who(email="A@b.example") == _who(email="a@B.example") != NOBODY
    assert _who(name="Zhang San") == NOBODY == _who()
    assert _who("7").citizen not in (None, _who("7", key="q").citizen)


def test_for_certain_is_an_account_of_his_own_or_a_contact_that_a_clerk_took_down() -> None:
    said = _who(phone="13811112222", email="a@b.example")
    assert said.citizen and said.mailbox and said.known_as is None  # anybody can write that down
    assert _who("7", phone="13811112222").known_as == _who("7", phone="13811112223").known_as == _who("7").known_as
    assert _who("7", phone="13811112222").citizen == said.citizen
    assert _who("5", "hotline", phone="13811112222").known_as == said.citizen
    assert _who("5", "hotline") == NOBODY  # the clerk who wrote it down is no citizen


NO_ADDRESS = ["a@b@c", "a b@c.example", "a@c.example\nBcc: x@y.example", "<a@b.example>", "@b", 5, None]


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_cannot_be_an_address_is_none(address: object) -> None:
    assert email_of({"email": address}) is None


def test_a_host_in_other_letters_is_the_one_that_the_name_service_knows() -> None:
    hosts = ("li@例子.中国", "li@例子。中国", "li@xn--fsqu00a.xn--fiqs8s")
    assert {email_of({"email": one}) for one in hosts} == {"li@xn--fsqu00a.xn--fiqs8s"}
    assert email_of({"email": "li@straße.example"}) is None  # not the host of somebody else, strasse.example


@pytest.mark.parametrize(("address", "says"), [
    ("a@b.cn\r\nBcc: x@y.z", "no address"), ('"a b"@x.cn', "no address"), ("用户@例子.中国", "before the @"),
    (f"{'a' * 290}@home.cn", "at most 254"), (f"a@{'b' * 64}.cn", "no address"), ("a@b..cn", "no address"),
    (f"a@{'b' * 60}.{'b' * 60}.{'b' * 60}.{'b' * 60}.{'b' * 9}.cn", "at most 254"), ("li@straße.cn", "xn--"),
    (".:@home.example", "no address"), ("a..b@home.example", "no address"), (["a@b.cn"], "no address"),
])  # fmt: skip
def test_an_address_that_no_mail_can_be_written_to_is_refused_with_the_remedy(address: object, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_address({"email": address})
    assert refused.value.field == "reporter.email"
    assert says in refused.value.sentence and refused.value.sentence.endswith("give a telephone number")
    assert email_of({"email": address}) is None


@pytest.mark.parametrize("said", [None, {}, {"email": None}, {"email": ""}, {"email": " li@a.cn "}])
def test_who_gives_no_address_or_a_good_one_is_let_in(said: dict[str, object] | None) -> None:
    check_address(said)


def test_only_an_account_may_ask_to_be_told_by_webhook() -> None:
    assert target_of({"webhook": "hotline"}, sender="public") is None
    assert target_of({"webhook": "hotline"}, sender="7") == "hotline"


def test_without_a_class_place_and_time_do_only_where_somebody_is_asked() -> None:
    asked = replace(BOUNDS, place_alone=True)
    unsorted = replace(HERE, category=None)
    assert not compare(unsorted, _moved(20), BOUNDS).is_same and compare(unsorted, _moved(20), asked).is_same
    assert not compare(unsorted, _moved(60), asked).is_same
    assert not compare(HERE, _moved(20, category="pothole"), asked).is_same
    assert not compare(unsorted, _moved(20, accuracy_m=500.0), asked).is_same  # such a position says nothing
