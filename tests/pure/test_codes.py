"""Codes against their rules, and serials that run out."""

import pytest

from spatial.errors import CodeInvalid
from spatial.grid.codes import CodeRule, check_code, find_fault, format_gb15, next_code, next_codes, split_gb15

UNIT = CodeRule("gb15", 4, r"^[0-9]{15}$", 12, 3)
COMMUNITY = "330102001002"


def test_a_gb15_code_falls_into_its_four_parts() -> None:
    assert split_gb15("330102001002003") == ("330102", "330102001", "330102001002", "330102001002003")
    assert format_gb15("330102001002003") == "330102 001 002 003"
    with pytest.raises(CodeInvalid):
        split_gb15("3301")


def test_a_code_must_match_its_pattern_and_begin_with_its_parent() -> None:
    check_code(UNIT, COMMUNITY + "001", parent=COMMUNITY)
    assert "pattern" in (find_fault(UNIT, "33010200100200A", parent=COMMUNITY) or "")
    with pytest.raises(CodeInvalid, match="its parent is"):
        check_code(UNIT, "330102001003001", parent=COMMUNITY)


def test_a_serial_comes_after_the_highest_ever_given_so_that_withdrawn_codes_stay_withdrawn() -> None:
    assert next_code(UNIT, parent=COMMUNITY, taken=[]) == COMMUNITY + "001"
    assert next_code(UNIT, parent=COMMUNITY, taken=[COMMUNITY + "001", COMMUNITY + "007"]) == COMMUNITY + "008"
    assert next_codes(UNIT, parent=COMMUNITY, taken=[COMMUNITY + "998"], count=2) == [
        COMMUNITY + "999",
        COMMUNITY + "001",
    ]


def test_serials_over_999_are_refused_with_the_remedy() -> None:
    taken = [f"{COMMUNITY}{serial:03d}" for serial in range(1, 1000)]
    with pytest.raises(CodeInvalid, match="used up.*split the parent"):
        next_code(UNIT, parent=COMMUNITY, taken=taken)


def test_a_level_numbered_by_hand_gives_no_serial() -> None:
    with pytest.raises(CodeInvalid, match="by hand"):
        next_code(CodeRule("own", 1, "^.*$"), parent="", taken=[])
