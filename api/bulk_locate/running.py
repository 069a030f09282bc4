"""One run: a source, a placer, a target, and a count of what became of the rows.

Rows that are no positions stay in the output without a unit, and are named. Refuses to draw a progress bar: whoever
runs it is told how far it has come.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from api.bulk_locate.placing import Placer
from api.bulk_locate.sources import PointBatch, Source
from api.bulk_locate.targets import GEOMETRY, takes_geometry, write
from spatial.errors import Invalid
from spatial.grid.index.layout import Floats

NAMED_ROWS = 10

_NO_RADIUS = "accuracy is not a number of metres, 0 or more; the unit is told, its certainty is not"


@dataclass
class Located:
    """What became of the rows; `named` are the first bad ones, with what is wrong."""

    rows: int = 0
    inside: int = 0
    outside: int = 0
    bad: int = 0
    overlaps: int = 0
    certainty: Counter[str] = field(default_factory=Counter)
    named: list[dict[str, Any]] = field(default_factory=list)


class Run:
    """Locating one file. Use once."""

    def __init__(
        self, source: Source, placer: Placer, out: Path, *, datum: str, rejects: Path | None, prefix: str = ""
    ) -> None:
        """Raises Invalid when an added column is already in the file."""
        self._source, self._placer, self._out, self._datum = source, placer, out, datum
        self._rejects_path = rejects
        self._shaped = takes_geometry(out) or (source.has_geometry and out.suffix.lower() == ".parquet")
        self._degrees = source.has_geometry and not self._shaped
        added = list(placer.fields)
        if self._degrees:
            added += [pa.field(f"{prefix}{name}", pa.float64()) for name in ("lon", "lat")]
        if self._shaped:
            added.append(pa.field(GEOMETRY, pa.binary()))
        _check_free(source, added)
        self._schema = pa.schema([*source.schema, *added]).remove_metadata()
        self.located = Located()

    def go(self, told: Callable[[int], None]) -> Located:
        """Read, place and write everything; `told` hears how far the source has come after each batch."""
        with ExitStack() as leaving:
            rejects = self._open_rejects(leaving)
            write(self._out, self._schema, self._batches(told, rejects))
            for number, why in self._source.broken:
                self._name(number, why)
                self._reject(rejects, number, why, [])
        self.located.rows += len(self._source.broken)
        self.located.bad += len(self._source.broken)
        self.located.named = sorted(self.located.named, key=lambda bad: int(bad["row"]))[:NAMED_ROWS]
        return self.located

    def _batches(self, told: Callable[[int], None], rejects: Any) -> Iterator[pa.RecordBatch]:
        for batch in self._source.batches():
            yield self._place(batch, rejects)
            told(self._source.done)

    def _place(self, batch: PointBatch, rejects: Any) -> pa.RecordBatch:
        positions = batch.positions.in_wgs84(self._datum)
        bad = batch.positions.bad | positions.bad
        lons, lats = np.where(bad, np.nan, positions.lons), np.where(bad, np.nan, positions.lats)
        columns, found = self._placer.place(batch, lons, lats)
        self._count(batch, bad, found.units, len(found.overlaps), columns)
        vague = _without_radius(batch, bad)
        self.located.bad += int(vague.sum())
        self._refuse(batch, bad | vague, rejects)
        if self._degrees:
            columns += [pa.array(lons, from_pandas=True), pa.array(lats, from_pandas=True)]
        if self._shaped:
            columns.append(_points(lons, lats))
        return pa.RecordBatch.from_arrays([*batch.columns.columns, *columns], schema=self._schema)

    def _count(self, batch: PointBatch, bad: Any, units: Any, overlaps: int, columns: list[pa.Array]) -> None:
        count = self.located
        inside, wrong = int((units >= 0).sum()), int(bad.sum())
        count.rows += len(bad)
        count.inside += inside
        count.bad += wrong
        count.outside += len(bad) - inside - wrong
        count.overlaps += overlaps
        for place, added in enumerate(self._placer.fields):
            if added.name.endswith("certainty"):
                words = columns[place].value_counts().to_pylist()
                count.certainty.update({one["values"]: one["counts"] for one in words if one["values"]})

    def _refuse(self, batch: PointBatch, bad: Any, rejects: Any) -> None:
        rows, is_nowhere = np.flatnonzero(bad), batch.positions.bad | batch.positions.in_wgs84(self._datum).bad
        if rejects is None:
            rows = rows[: max(0, NAMED_ROWS - len(self.located.named))]
        values = batch.columns.take(pa.array(rows)).to_pylist() if rejects is not None else []
        for nth, (row, why) in enumerate(zip(rows.tolist(), batch.positions.reasons(rows), strict=True)):
            number = int(batch.numbers[row])
            why = why if is_nowhere[row] else _NO_RADIUS
            self._name(number, why)
            self._reject(rejects, number, why, list(values[nth].values()) if values else [])

    def _name(self, number: int, why: str) -> None:
        if len(self.located.named) < NAMED_ROWS or number < self.located.named[-1]["row"]:
            self.located.named.append({"row": number, "detail": why})

    def _open_rejects(self, leaving: ExitStack) -> Any:
        if self._rejects_path is None:
            return None
        file = leaving.enter_context(self._rejects_path.open("w", encoding="utf-8", newline=""))
        writer = csv.writer(file)
        writer.writerow(["row", "detail", *self._source.schema.names])
        return writer

    def _reject(self, rejects: Any, number: int, why: str, values: list[Any]) -> None:
        if rejects is not None:
            rejects.writerow([number, why, *values])


def _check_free(source: Source, added: list[pa.Field]) -> None:
    for one in added:
        if one.name in source.schema.names:
            raise Invalid(
                f"{source.path.name} already has a column {one.name!r}; say --prefix TEXT to name ours otherwise.",
                field="prefix",
            )


def _points(lons: Floats, lats: Floats) -> pa.Array:
    """WKB points; null where there is none."""
    there = np.isfinite(lons)
    points = np.full(len(lons), None, dtype=object)
    points[there] = shapely.to_wkb(shapely.points(lons[there], lats[there]))
    return pa.array(points, pa.binary())


def _without_radius(batch: PointBatch, bad: Any) -> Any:
    """Rows whose position is good and whose radius is none: they get their unit, and no certainty."""
    if batch.accuracies_m is None:
        return np.zeros(len(bad), dtype=bool)
    return ~bad & ~(np.isfinite(batch.accuracies_m) & (batch.accuracies_m >= 0.0))
