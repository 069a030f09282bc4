"""Placement compared with labels that a file brings along.

Two figures: by the chain of the unit that a position lies in, and by the parent polygons that were supplied
and kept as evidence. Where units cross a supplied parent, the two differ, and the units say where.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from api.csv_reports import CsvRow
from api.dependencies import now
from spatial.errors import Invalid
from spatial.grid.levels import list_levels
from spatial.grid.locate import locate_in_evidence, locate_points
from spatial.store.db import transaction
from spatial.store.opening import Store

_NO_LABEL = ("", "NULL", "null")
_NEAR_M = 1.0


@dataclass(frozen=True)
class Crossing:
    """Rows of one unit whose chain says another label than the file."""

    unit: str | None
    chain: str | None
    named: str
    rows: int


@dataclass(frozen=True)
class LabelCheck:
    """How far placement and labels agree, at one level."""

    level: str
    labelled: int
    by_chain: int
    by_evidence: int
    crossings: tuple[Crossing, ...]

    @property
    def chain_share(self) -> float:
        """Agreement by the unit's chain, 0 to 1."""
        return self.by_chain / self.labelled if self.labelled else 0.0

    @property
    def evidence_share(self) -> float:
        """Agreement by the supplied polygons, 0 to 1."""
        return self.by_evidence / self.labelled if self.labelled else 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"chain_share": self.chain_share, "evidence_share": self.evidence_share}


def check_labels(store: Store, rows: Iterable[CsvRow], expect: str) -> LabelCheck:
    """Compare rows with the column named by `expect`, written LEVEL=COLUMN. Raises Invalid."""
    level, _, column = expect.partition("=")
    labelled = [row for row in rows if row.cells.get(column, "") not in _NO_LABEL]
    if not labelled:
        raise Invalid(f"--expect {expect}: no row has a value in column {column}")
    lons = [float(row.body["lon"]) for row in labelled]
    lats = [float(row.body["lat"]) for row in labelled]
    with transaction(store.app) as conn:
        rank = next((item.rank for item in list_levels(conn) if item.key == level), None)
        if rank is None:
            raise Invalid(f"--expect {expect}: the grid has no level {level}")
        placed = locate_points(
            conn, lons=lons, lats=lats, accuracies_m=[_NEAR_M] * len(lons), moments=[now()] * len(lons)
        )
        evidence = locate_in_evidence(conn, lons=lons, lats=lats, rank=rank)
    chains = [(p.unit, p.path[rank - 1] if p.path else None) for p in placed]
    names = [row.cells[column] for row in labelled]
    return LabelCheck(
        level=level,
        labelled=len(labelled),
        by_chain=sum(chain == name for (_, chain), name in zip(chains, names, strict=True)),
        by_evidence=sum(code == name for code, name in zip(evidence, names, strict=True)),
        crossings=_crossings(chains, names),
    )


def _crossings(chains: list[tuple[str | None, str | None]], names: list[str]) -> tuple[Crossing, ...]:
    counted = Counter((unit, chain, name) for (unit, chain), name in zip(chains, names, strict=True) if chain != name)
    return tuple(Crossing(*key, rows) for key, rows in counted.most_common())
