"""The weights of composite scores and the cut points of grades: rows that an administrator edits.

Weights and grades are followed by later ones and never changed, so that last year's score can be reckoned again as it
was published. Refuses to know what an indicator counts.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from spatial.cases.evaluation.indicators import INDICATORS, Grade
from spatial.errors import Invalid
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "weights.sql")
WEIGHED = ("cell", "department", "collector", "dispatcher", "handler", "post", "source", "three_rates")
# By what a post is judged: who patrols and who handles do not do one another's work. Whoever else holds one: `post`.
_KINDS = {
    "grid_officer": "collector", "grid_leader": "collector", "street_clerk": "dispatcher",
    "centre_operator": "dispatcher", "department_handler": "handler",
}  # fmt: skip
_UNJUDGED = "citizen"


def read_weights(conn: Connection, *, at: datetime) -> dict[str, dict[str, Decimal]]:
    """The weights in force at a moment, by dimension and indicator; what weighs nothing is left away."""
    weights: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in run(conn, SQL["weights_at"], {"at": at}):
        if row.weight > 0:
            weights[row.dimension][row.indicator] = row.weight
    return dict(weights)


def weights_of_posts(weights: Mapping[str, Mapping[str, Decimal]], roles: Iterable[str]) -> dict[str, Decimal]:
    """What weighs for who holds these posts: each kind's own, added up. Nothing for a citizen, or without a post."""
    kinds = {_KINDS.get(role, "post") for role in roles if role != _UNJUDGED}
    added: dict[str, Decimal] = defaultdict(Decimal)
    for kind in kinds:
        for key, weight in weights.get(kind, {}).items():
            added[key] += weight
    return dict(added)


def set_weights(
    conn: Connection, *, dimension: str, weights: Mapping[str, Decimal], actor: str, now: datetime
) -> dict[str, Decimal]:
    """Weigh a dimension anew from `now` on; an indicator that is not named weighs nothing from then on.

    Raises Invalid for an unknown dimension or indicator, a share (which is no merit), or a weight below zero.
    """
    if dimension not in WEIGHED:
        raise Invalid(f"dimension {dimension!r} is not weighed; choose {', '.join(WEIGHED)}", field="dimension")
    for key, weight in weights.items():
        _check_weight(key, weight)
    told = json.dumps({key: str(weight) for key, weight in weights.items()})
    run(conn, SQL["set_weights"], {"dimension": dimension, "weights": told, "actor": actor, "now": now})
    return read_weights(conn, at=now).get(dimension, {})


def read_grades(conn: Connection, *, at: datetime) -> list[Grade]:
    """The grades in force at a moment, best first."""
    return [Grade(row.code, row.name, row.name_zh, row.at_least) for row in run(conn, SQL["grades"], {"at": at})]


def set_grades(conn: Connection, *, grades: Sequence[Grade], now: datetime) -> list[Grade]:
    """Other grades from `now` on; periods that ended before keep theirs.

    Raises Invalid where two share a code or a cut point, or one lies outside 0 to 100."""
    if len({one.code for one in grades}) < len(grades) or len({one.at_least for one in grades}) < len(grades):
        raise Invalid("grades share a code or a cut point; each needs its own", field="grades")
    if any(not 0 <= one.at_least <= 100 for one in grades):
        raise Invalid("at_least of a grade must lie between 0 and 100", field="grades")
    run(conn, SQL["clear_grades"], {"now": now})
    rows = [asdict(one) | {"at_least": str(one.at_least)} for one in grades]
    run(conn, SQL["insert_grades"], {"rows": json.dumps(rows, ensure_ascii=False), "now": now})
    return read_grades(conn, at=now)


def _check_weight(key: str, weight: Decimal) -> None:
    if key not in INDICATORS:
        raise Invalid(f"weights: {key!r} is no indicator; there are {', '.join(INDICATORS)}", field="weights")
    if INDICATORS[key].better == "neither":
        raise Invalid(f"weights: {key} is a share and no merit; more of it is not better", field="weights")
    if not weight.is_finite() or weight < 0:
        raise Invalid(f"weights: the weight of {key} must be 0 or more", field="weights")
