"""The table of moves as a value: what it allows, and what it says of what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.cases.disputes.transitions import Transitions, check_act, check_move
from spatial.errors import IllegalAct

TABLE = Transitions(
    steps={"reported": "reported", "filed": "reported", "pending": "handed_over", "disputed": "handed_over"},
    moves=frozenset(
        {
            ("reported", "accept", "filed"),
            ("reported", "dispute", "disputed"),
            ("filed", "dispatch", "pending"),
            ("pending", "dispute", "disputed"),
        }
    ),
)
_ACTS = st.sampled_from(["accept", "dispatch", "dispute", "rule", "sort"])
_STATES = st.sampled_from(sorted(TABLE.steps))


def test_a_move_of_the_table_tells_the_step_that_people_see() -> None:
    assert check_move(TABLE, state="filed", act="dispatch", to="pending") == "handed_over"
    assert check_move(TABLE, state="reported", act="accept", to="filed") == "reported"


def test_an_illegal_act_tells_the_legal_ones_and_the_state() -> None:
    with pytest.raises(IllegalAct) as refused:
        check_move(TABLE, state="reported", act="dispatch", to="pending")
    assert refused.value.legal == ["accept", "dispute"]
    assert refused.value.extra["state"] == "reported" and "accept, dispute" in refused.value.sentence


def test_a_state_without_a_way_on_says_that_it_knows_none() -> None:
    with pytest.raises(IllegalAct, match="knows none"):
        check_act(TABLE, state="disputed", act="dispute")


def test_a_known_act_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(IllegalAct, match="does not lead from filed to disputed"):
        check_move(TABLE, state="filed", act="dispatch", to="disputed")


@given(state=_STATES, act=_ACTS, to=_STATES)
def test_a_move_is_allowed_exactly_where_the_table_has_it(state: str, act: str, to: str) -> None:
    if (state, act, to) in TABLE.moves:
        assert check_move(TABLE, state=state, act=act, to=to) == TABLE.steps[to]
    else:
        with pytest.raises(IllegalAct):
            check_move(TABLE, state=state, act=act, to=to)
