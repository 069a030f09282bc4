"""How much one address may send without a log-in."""

import pytest

from api.pacing import Pace
from spatial.errors import TooMany


def test_an_address_sends_its_hours_worth_and_then_as_fast_as_an_hour_gives_it_back() -> None:
    clock = [0.0]
    pace = Pace(60, clock=lambda: clock[0])
    for _ in range(60):
        pace.take("198.51.100.7")
    with pytest.raises(TooMany, match="60 reports within an hour") as refused:
        pace.take("198.51.100.7")
    assert refused.value.extra == {"retry_after_s": 60}
    pace.take("198.51.100.8")
    clock[0] = 60.0
    pace.take("198.51.100.7")
    with pytest.raises(TooMany):
        pace.take("198.51.100.7")


def test_a_batch_counts_by_its_rows_and_the_addresses_of_one_customer_are_one() -> None:
    pace = Pace(10, clock=lambda: 0.0)
    pace.take("2001:db8::1", 10)
    with pytest.raises(TooMany):
        pace.take("2001:db8::2")
    pace.take("2001:db8:0:1::1", 5000)  # more than an hour's worth at once is a whole hour's, and never for ever
    pace.take("not an address", 10)


def test_nought_is_no_limit_and_what_is_kept_of_addresses_is_bounded() -> None:
    for _ in range(5):
        Pace(0).take("198.51.100.7", 1000)
    pace = Pace(1, clock=lambda: 0.0)
    for i in range(20_050):
        pace.take(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}")
    assert len(pace._left) <= 20_000
