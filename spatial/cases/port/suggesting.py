"""What a reporter is asked before he sends: is it one of these, which stand already?

He often names no class. Then the words are sorted as the intake would sort them; where that is sure, its class is
looked for, and where it is not, what is near in place and time, told as just that: he sees for himself.
Refuses to join, and to tell of anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from spatial.cases.port.duplicates import Candidate, list_duplicates, read_bounds
from spatial.cases.port.likeness import Complaint
from spatial.cases.rules import Rules
from spatial.cases.sorting import sort_many
from spatial.grid.locate import locate_points
from spatial.store.reach import WHOLE_CITY

By = Literal["class", "sorted", "place"]


@dataclass(frozen=True)
class Suggested:
    """Open cases that may be the same, the likeliest first, and the class that was looked for, None for any.

    `by`: the reporter named it, or sorting was sure of it; or there is none.
    """

    category: str | None
    by: By
    candidates: Sequence[Candidate]

    def reason(self, one: Candidate) -> By:
        """By what a case is suggested: its class, or place and time alone."""
        return self.by if one.likeness.same_category else "place"


def suggest_same(conn: Connection, *, complaint: Complaint, rules: Rules, limit: int) -> Suggested:
    """The open cases of the whole city that may be what somebody is about to say."""
    category = complaint.category or _sorted(conn, complaint, rules)
    by: By = "class" if complaint.category else "place" if category is None else "sorted"
    known = rules.categories.get(category or "")
    bounds = replace(read_bounds(conn).of(known.nodes if known else ()), place_alone=True)
    asked = replace(complaint, category=category)
    return Suggested(category, by, list_duplicates(conn, complaint=asked, bounds=bounds, reach=WHOLE_CITY, limit=limit))


def _sorted(conn: Connection, complaint: Complaint, rules: Rules) -> str | None:
    """The class that the intake would take the words for, by the sorter of the district where it lies."""
    if not complaint.text.strip():
        return None
    [placement] = locate_points(
        conn, lons=[complaint.lon], lats=[complaint.lat], accuracies_m=[complaint.accuracy_m],
        moments=[complaint.at], rule=rules.certainty,
    )  # fmt: skip
    [said] = sort_many(conn, [complaint.text], [placement.district or ""], at=complaint.at)
    return said.category if said.is_sure else None
