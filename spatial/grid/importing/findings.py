"""What checks say: findings, changes by cleaning, and how grave each is.

Knows values only. `fatal` cannot be published at all, `dirt` only when somebody accepts it, a `notice` never stands
in the way.
"""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from spatial.grid.publishing import Finding
from spatial.wording import counted

FATAL, DIRT, NOTICE = "fatal", "dirt", "notice"

TITLES = {
    "unreadable_code": "Codes that cannot be stored",
    "duplicate_code": "Duplicate codes",
    "reused_code": "Withdrawn codes that come back at another place",
    "no_code": "Rows without a code",
    "no_name": "Rows without a name",
    "invalid_ring": "Invalid rings",
    "overlap": "Overlaps",
    "gap": "Gaps",
    "unmatched_border": "Borders that do not meet vertex by vertex",
    "swallowed": "Cells that cleaning swallowed",
    "orphan": "Orphans",
    "unknown_parent": "Parents that are named and do not exist",
    "parent_disagreement": "Parents on which code, column and area disagree",
    "renumbered": "Cells that got a new code because another has it",
    "code_prefix": "Codes that break their prefix",
    "code_pattern": "Codes that break their pattern",
    "crosses_parent": "Cells that cross the border of a supplied parent (1 to 99 % of them lies outside)",
    "outside_parent": "Cells that lie outside the supplied parent that their chain leads to",
    "leaves_parent": "Cells that leave a supplied parent slightly",
    "withdrawn": "Cells in force that the new grid withdraws, by level",
    "uncovered": "Land in force that is no longer covered",
    "revived": "Withdrawn cells that come back",
    "deviation": "Supplied parents beside the union of their units",
    "childless": "Supplied cells without children",
    "multipart": "Cells of several parts",
    "shared_hole": "Holes that a supplied parent has too",
    "datum": "Suspicions about the datum or the CRS",
}


_ONE = {
    "overlap": "overlap",
    "gap": "gap",
    "unmatched_border": "border that does not meet vertex by vertex",
    "orphan": "orphan",
    "unknown_parent": "parent that is named and does not exist",
    "renumbered": "cell that got a new code because another has it",
    "code_pattern": "code that breaks its pattern",
}  # kinds that may be dirt: a refusal counts them


def counted_kind(number: int, kind: str) -> str:
    """How many findings of a kind, for a sentence: `1 gap`, `2 gaps`."""
    many = TITLES[kind][0].lower() + TITLES[kind][1:]
    return counted(number, _ONE.get(kind, many), many)


@dataclass(frozen=True)
class Found:
    """One finding: kind, gravity, codes, a sentence, square metres, and the shape of it in EPSG:4326."""

    kind: str
    gravity: str
    codes: tuple[str, ...]
    sentence: str
    area_m2: float | None = None
    shape: BaseGeometry | None = None

    @property
    def place(self) -> tuple[float, float] | None:
        """A position (lon, lat) on the shape."""
        if self.shape is None or self.shape.is_empty:
            return None
        point = self.shape.representative_point()
        return (point.x, point.y)

    def as_record(self) -> Finding:
        """What a publish keeps on record."""
        return Finding(self.kind, self.codes, self.sentence, self.area_m2, self.place)


@dataclass(frozen=True)
class Change:
    """A cell that cleaning changed: its area before and after, and the area that changed hands, in square metres."""

    code: str
    before_m2: float
    after_m2: float
    moved_m2: float
