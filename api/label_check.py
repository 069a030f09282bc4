"""Placement compared with labels that a file brings along.

Two figures: by the chain of the unit that a position lies in, and by the parent polygons that were supplied
and kept as evidence. Where units cross a supplied parent, the two differ, and the units say where.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from api.csv_reports import CsvRow
from api.dependencies import now
from spatial.errors import Invalid
from spatial.grid.datum import to_wgs84
from spatial.grid.datum_suspicion import judge_datum
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
    datum_doubt: str | None = None

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
    """Compare rows that have a position with the column named by `expect`, written LEVEL=COLUMN. Raises Invalid."""
    level, _, column = expect.partition("=")
    labelled = [row for row in rows if row.cells.get(column, "") not in _NO_LABEL and _has_position(row)]
    if not labelled:
        return LabelCheck(level, 0, 0, 0, ())
    places = [to_wgs84(row.body["lon"], row.body["lat"], row.body["datum"]) for row in labelled]
    lons, lats = [float(lon) for lon, _ in places], [float(lat) for _, lat in places]
    with transaction(store.app) as conn:
        rank = _rank_of(conn, expect)
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
        datum_doubt=_datum_doubt(store, labelled, names, rank),
    )


def check_expect(store: Store, expect: str, header: Sequence[str]) -> None:
    """Raises Invalid when `expect` is not LEVEL=COLUMN with a level of the grid and a column of the file."""
    _, equals, column = expect.partition("=")
    if not equals:
        raise Invalid(f"--expect {expect}: write it as LEVEL=COLUMN")
    if column not in header:
        raise Invalid(f"--expect {expect}: the file has no column {column}; it has {', '.join(header)}")
    with transaction(store.app) as conn:
        _rank_of(conn, expect)


def _rank_of(conn: Connection, expect: str) -> int:
    ranks = {item.key: item.rank for item in list_levels(conn)}
    level = expect.partition("=")[0]
    if level not in ranks:
        raise Invalid(f"--expect {expect}: the grid has no level {level}; it has {', '.join(ranks)}")
    return ranks[level]


def _has_position(row: CsvRow) -> bool:
    lon, lat = row.body["lon"], row.body["lat"]
    return isinstance(lon, float) and isinstance(lat, float) and abs(lon) <= 180 and abs(lat) <= 90


def _crossings(chains: list[tuple[str | None, str | None]], names: list[str]) -> tuple[Crossing, ...]:
    counted = Counter((unit, chain, name) for (unit, chain), name in zip(chains, names, strict=True) if chain != name)
    return tuple(Crossing(*key, rows) for key, rows in counted.most_common())


def _datum_doubt(store: Store, rows: Sequence[CsvRow], names: Sequence[str], rank: int) -> str | None:
    """Whether the rows would fit their labels better in another datum than the file's."""
    lons, lats = [row.body["lon"] for row in rows], [row.body["lat"] for row in rows]

    def fits(xs: Sequence[float], ys: Sequence[float]) -> list[bool]:
        with transaction(store.app) as conn:
            near, moments = [0.0] * len(xs), [now()] * len(xs)
            placed = locate_points(conn, lons=xs, lats=ys, accuracies_m=near, moments=moments)
        return [name in place.path[rank - 1 : rank] for place, name in zip(placed, names, strict=True)]

    return judge_datum(lons, lats, declared=rows[0].body["datum"], fits=fits).sentence
