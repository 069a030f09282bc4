"""The weights that a city begins with: every subject can be marked by what it does, and by nothing else."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from spatial.cases.evaluation.scores import Asked, Score, read_scores
from spatial.cases.evaluation.spans import read_period
from spatial.cases.evaluation.weights import WEIGHED, read_weights, set_weights, weights_of_posts
from spatial.store.reach import WHOLE_CITY
from tests.acting import add_rows
from tests.living import CLERK, HANDLER, OFFICER, OPERATOR, Life, live, utc, with_photo

OCTOBER = read_period("2026-10", "Asia/Shanghai")
MONDAY = utc("2026-10-12T09:00")


def _marked(conn: Connection, by: str) -> dict[str | None, Score]:
    return {row.key: row for row in read_scores(conn, Asked(OCTOBER, by=by), reach=WHOLE_CITY).rows}


def test_whatever_is_weighed_has_weights_that_add_up_to_a_hundred(conn: Connection) -> None:
    weights = read_weights(conn, at=MONDAY)
    assert {dimension: sum(weights[dimension].values()) for dimension in WEIGHED} == dict.fromkeys(WEIGHED, 100)


def test_everybody_who_works_on_a_case_is_marked_by_the_work_of_his_post(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    live(conn, Life("litter", MONDAY, source="public", closed_h=3.0))
    posts, roles = _marked(conn, "post"), _marked(conn, "role")
    for actor in (OFFICER, CLERK, HANDLER):
        assert posts[actor].mark.score is not None, posts[actor].name
    assert posts[OFFICER].mark.score == roles["grid_officer"].mark.score
    assert "handling_on_time" not in posts[OFFICER].mark.left_out, "he handles nothing, and is not asked for it"
    assert "valid_report" not in posts[HANDLER].mark.left_out
    assert posts["public"].mark.score is None, "a citizen is marked for nothing"


def test_where_reports_come_from_is_marked_too(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY, closed_h=3.0))
    live(conn, Life("litter", MONDAY, closed_h=200.0))
    # 有效上报 100 weighs 30, 结案 100 weighs 20, 按期结案 50 weighs 30; nobody was asked for what the other 20 weigh.
    assert _marked(conn, "source")["grid"].mark.score == Decimal("81.25")


@pytest.mark.parametrize(
    ("roles", "expected"),
    [(["grid_officer", "grid_leader"], {"valid_report": 2}), (["grid_officer", "street_clerk"], {"valid_report": 5}),
     (["supervisor"], {"redo": 1}), (["citizen"], {}), ([], {})],
)  # fmt: skip
def test_who_holds_several_posts_is_judged_by_all_of_them(roles: list[str], expected: dict[str, int]) -> None:
    one, two, three = Decimal(1), Decimal(2), Decimal(3)
    weights = {"collector": {"valid_report": two}, "dispatcher": {"valid_report": three}, "post": {"redo": one}}
    assert weights_of_posts(weights, roles) == expected


def test_weights_of_a_kind_of_post_are_data(conn: Connection) -> None:
    with_photo(conn)
    live(conn, Life("litter", MONDAY, closed_h=3.0, reworks=1))
    set_weights(conn, dimension="handler", weights={"rework": Decimal(1)}, actor=OPERATOR, now=MONDAY)
    assert _marked(conn, "post")[HANDLER].mark.score == Decimal("0.00")


def test_a_post_counts_in_the_months_in_which_it_was_held(conn: Connection) -> None:
    live(conn, Life("litter", MONDAY))
    assert "grid_officer" in _marked(conn, "role")
    left = MONDAY + timedelta(days=2)
    add_rows(conn, f"UPDATE posting SET during = tstzrange(lower(during), '{left}') WHERE account = {OFFICER}")
    add_rows(
        conn,
        f"""INSERT INTO posting (account, role, during, granted_by, granted_at)
        VALUES ({OFFICER}, 'planner', tstzrange('{OCTOBER.until}', NULL), 'system', now())""",
    )
    assert "grid_officer" in _marked(conn, "role"), "he left it in the month, and is a planner from the next one on"
