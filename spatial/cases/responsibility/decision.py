"""The values of resolution: what is asked, what was read for it, what was decided and why.

Pure values. Knows how they look as plain JSON, which is how a decision is stored with its case and told. Refuses to
decide anything: `resolving.py` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spatial.cases.responsibility.specificity import MATTER_RANKS, PLACE_KINDS, Standing
from spatial.cases.rules import Category, Department, LevelName
from spatial.cases.territory import CellName
from spatial.grid.placement import Placement

TERRITORY = "@"  # begins the reference of a territorial body: '@street' in rows, '@330102001' once a place is known


@dataclass(frozen=True)
class Question:
    """Whose is this matter at this position? WGS 84 degrees, metres; `at` is the moment whose rules count.

    `known_at` is when the answer is or was given: rows that were adopted later were not known then. `doubt` says why
    the position is no place of its own (`fallbacks.py`), None where it may be one: then no lead is certain.
    """

    matter: Category | None
    lon: float
    lat: float
    accuracy_m: float
    placement: Placement
    attributes: Mapping[str, str]
    at: datetime
    known_at: datetime
    doubt: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a row holds: a level (`rank`), a cell (`code`), or a jurisdiction (`jurisdiction`, its id)."""

    kind: str
    rank: int | None
    code: str
    name: str
    jurisdiction: int | None = None


@dataclass(frozen=True)
class DutyRow:
    """A row of the table as resolution reads it; `since` and `until` are its half-open validity, None is open."""

    id: int
    matter: str
    matter_rank: str
    place: Place
    lead: str
    assisting: tuple[str, ...]
    supervising: tuple[str, ...]
    priority: int | None
    basis: str
    since: datetime | None
    until: datetime | None
    adopted_at: datetime | None

    @property
    def standing(self) -> Standing:
        """Where the row stands in the order of specificity."""
        place = PLACE_KINDS.get(self.place.kind) or self.place.rank or 0
        return Standing(MATTER_RANKS[self.matter_rank], place)

    def holds(self, at: datetime, known_at: datetime) -> bool:
        """Whether the row is in force at a moment, by what was known at another."""
        begun = self.since is None or self.since <= at
        lasts = self.until is None or at < self.until
        return begun and lasts and (self.adopted_at is None or self.adopted_at <= known_at)

    def as_json(self) -> dict[str, Any]:
        """As it stands among the reasons of a decision."""
        place = {"kind": self.place.kind, "code": self.place.code, "name": self.place.name}
        return {"id": self.id, "matter": self.matter, "place": place, "lead": self.lead, "basis": self.basis}


@dataclass(frozen=True)
class UnitName:
    """A unit of government by its reference: a department, or the territorial body of a cell."""

    ref: str
    kind: str
    code: str
    name: str
    name_zh: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Scene:
    """One way the position may really be: its chain of cells, the jurisdictions around it, and how likely that is."""

    path: tuple[str, ...]
    inside: frozenset[int]
    share: float
    says: str = ""
    says_zh: str = ""


@dataclass(frozen=True)
class Ground:
    """What was read for one question: rows of its matter that might apply, the scenes, names and levels.

    The first scene is the position itself, as the border rule decides it.
    """

    rows: tuple[DutyRow, ...]
    scenes: tuple[Scene, ...]
    names: Mapping[str, CellName]
    departments: Mapping[str, Department]
    levels: Mapping[str, int]
    level_names: Mapping[int, LevelName]
    certain_share: float
    matters: Mapping[str, Category] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """A rule that took part, and what it said, in English and in Chinese."""

    rule: str
    says: str
    says_zh: str = ""


@dataclass(frozen=True)
class Body:
    """A territorial body, bound to the cell that it answers for."""

    cell: str
    level: str
    name: str


@dataclass(frozen=True)
class Rejected:
    """A row or a precedent that did not decide, and why not."""

    kind: str
    id: str
    lead: str
    why: str
    says: str
    says_zh: str


@dataclass(frozen=True)
class Alternative:
    """Another lead that may be the right one, with the share of the accuracy that speaks for it."""

    lead: UnitName
    share: float
    says: str
    says_zh: str


@dataclass(frozen=True)
class Decision:
    """Whose it is and why: see ARCHITECTURE.md. `lead` None: territory holds it, or several claim it.

    `certainty` is of the lead, not of the place. `ambiguous`: somebody else may lead as well (`alternatives`), or a
    part of the accuracy lies outside the city (reason `outside`), or the position itself is in `doubt`.
    """

    territorial: tuple[Body, ...]
    lead: UnitName | None
    assisting: tuple[UnitName, ...]
    supervising: tuple[UnitName, ...]
    certainty: str
    decided_by: str
    precedent: str | None
    rows: tuple[DutyRow, ...]
    rejected: tuple[Rejected, ...]
    alternatives: tuple[Alternative, ...]
    interim: Body | None
    matter: str | None
    nodes: tuple[str, ...]
    attributes: Mapping[str, str]
    at: datetime
    known_at: datetime
    revision: int
    doubt: str | None = None
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def is_gap(self) -> bool:
        """Whether the matter is known and nobody was named for it: territory holds it, and it is a dispute."""
        return self.decided_by == "territory" and self.matter is not None

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the store and for answers."""
        return {
            "territorial": [vars(body) for body in self.territorial],
            "lead": self.lead.as_json() if self.lead else None,
            "assisting": [unit.as_json() for unit in self.assisting],
            "supervising": [unit.as_json() for unit in self.supervising],
            "certainty": self.certainty,
            "decided_by": self.decided_by,
            "precedent": self.precedent,
            "rows": [row.as_json() for row in self.rows],
            "rejected": [vars(one) for one in self.rejected],
            "alternatives": [vars(one) | {"lead": one.lead.as_json()} for one in self.alternatives],
            "interim": vars(self.interim) if self.interim else None,
            "matter": self.matter,
            "nodes": list(self.nodes),
            "attributes": dict(self.attributes),
            "at": self.at.isoformat(),
            "known_at": self.known_at.isoformat(),
            "revision": self.revision,
            "doubt": self.doubt,
            "reasons": [vars(reason) for reason in self.reasons],
        }
