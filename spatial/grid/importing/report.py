"""The report of an import: a value, and its readings as text, JSON and GeoPackage.

Knows findings, changes and sums. Refuses to judge them again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from rich.console import Console
from rich.table import Table
from rich.text import Text
from shapely.geometry.base import BaseGeometry

from spatial.errors import CoverageBroken, Invalid
from spatial.grid.importing.findings import DIRT, FATAL, NOTICE, TITLES, Change, Found, counted_kind
from spatial.grid.importing.remedies import options_for
from spatial.wording import counted

_ORDER = list(TITLES)
_FOUND = "Found"
_SUMMED = "deviation"
_SMALL_M2 = 1.0
_SMALLEST_CHANGE_M2 = 1e-6  # less is a border that only gained a vertex


@dataclass(frozen=True)
class LevelSummary:
    """One level as it would be published; `source` says from which file, or that it was derived."""

    key: str
    cells: int
    area_m2: float
    source: str


@dataclass(frozen=True)
class ImportReport:
    """What an import read, found and changed. `repaired` holds what `--clean` found and mended."""

    levels: tuple[LevelSummary, ...]
    findings: tuple[Found, ...]
    repaired: tuple[Found, ...] = ()
    changes: tuple[Change, ...] = ()
    cleaned: bool = False
    tolerance_m: float = 0.0

    def of(self, gravity: str) -> list[Found]:
        """The findings of one gravity."""
        return [found for found in self.findings if found.gravity == gravity]

    def check(self, *, accept_dirty: bool) -> None:
        """Raises Invalid for what cannot be published, CoverageBroken for dirt that nobody accepts."""
        fatal, dirt = self.of(FATAL), self.of(DIRT)
        if fatal:
            besides = f" Besides, it is not clean: {count_kinds(dirt)}." if dirt else ""
            raise Invalid(f"The grid cannot be published: {fatal[0].sentence}{besides} Nothing was written.")
        if dirt and not accept_dirty:
            options = options_for(self.findings, cleaned=self.cleaned, tolerance_m=self.tolerance_m)
            remedy = f"repair it with {options}" if options else "mend the files"
            raise CoverageBroken(
                f"The grid is not clean: {count_kinds(dirt)}. Nothing was written; {remedy}, or take it as it is with "
                f"--accept-dirty.{self._left_out()}"
            )

    def _left_out(self) -> str:
        childless = [found for found in self.of(NOTICE) if found.kind == "childless" and found.shape is not None]
        if not childless:
            return ""
        which = counted(len(childless), "cell without children is", "cells without children are")
        return f" {which} left out and make holes; --fill-childless makes each its own child."

    def as_json(self) -> dict[str, Any]:
        """The whole report as plain values; areas in square metres, places as [lon, lat]."""
        return {
            "levels": [vars(level) for level in self.levels],
            "clean": not self.of(FATAL) and not self.of(DIRT),
            "cleaned": self.cleaned,
            "tolerance_m": self.tolerance_m if self.cleaned else None,
            "findings": [_plain(found) for found in self.findings],
            "repaired": [_plain(found) for found in self.repaired],
            "changes": [vars(change) for change in self.changes],
        }

    def summary(self) -> dict[str, Any]:
        """What a revision keeps beside its findings: counts, not lists."""
        kinds = {kind: len(list(group)) for kind, group in _by_kind(self.findings)}
        repaired = {kind: len(list(group)) for kind, group in _by_kind(self.repaired)}
        changed = [vars(change) for change in self.changes if change.moved_m2 > _SMALLEST_CHANGE_M2]
        return self.as_json() | {"findings": kinds, "repaired": repaired, "changes": changed}


def count_kinds(findings: Iterable[Found]) -> str:
    """How many of which kind, for a sentence: `2 overlaps (0.2 m2), 1 gap (0.1 m2)`."""
    said = []
    for kind, group in _by_kind(findings):
        members = list(group)
        area = sum(found.area_m2 or 0.0 for found in members)
        said.append(counted_kind(len(members), kind) + (f" ({area:,.2f} m2)" if area else ""))
    return ", ".join(said)


def render(report: ImportReport, console: Console, *, most: int | None = 20) -> None:
    """Print the report; at most `most` findings of a kind, all when None."""
    table = Table("level", "cells", "km2", "from", box=None, pad_edge=False)
    for level in report.levels:
        table.add_row(level.key, f"{level.cells:,}", f"{level.area_m2 / 1e6:,.3f}", level.source)
    console.print(table)
    _render_findings(console, _FOUND, report.findings, most)
    if report.cleaned:
        _render_findings(console, f"Repaired (gaps up to {report.tolerance_m:g} m wide)", report.repaired, most)
        _render_changes(console, report.changes, most)
    if not report.findings:
        console.print("Nothing to find fault with.")


def _render_findings(console: Console, title: str, findings: Iterable[Found], most: int | None) -> None:
    for kind, group in _by_kind(findings):
        members = list(group)
        area = sum(found.area_m2 or 0.0 for found in members)
        grave = f" [{members[0].gravity}]" if members[0].gravity != NOTICE and title == _FOUND else ""
        head = f"{title}: {TITLES[kind]}: {len(members)}" + (f", {area:,.2f} m2 together" if area else "") + grave
        console.print(Text(f"\n{head}", style="bold"), soft_wrap=True)
        members = _summed_up(members, console) if kind == _SUMMED and most is not None else members
        for found in members[:most]:
            where = f"  at {found.place[0]:.6f}, {found.place[1]:.6f}" if found.place else ""
            console.print(Text(f"  {found.sentence}{where}"), soft_wrap=True)
        if most is not None and len(members) > most:
            console.print(f"  and {len(members) - most} more (--full, --report-json or --report-gpkg lists them)")


def _summed_up(members: list[Found], console: Console) -> list[Found]:
    """Print one line for what is too small to look at, and give back the rest."""
    small = [found for found in members if (found.area_m2 or 0.0) < _SMALL_M2]
    if small:
        area = sum(found.area_m2 or 0.0 for found in small)
        console.print(f"  {len(small)} of them by less than {_SMALL_M2:g} m2, {area:.3g} m2 together")
    return [found for found in members if found not in small]


def _render_changes(console: Console, changes: Iterable[Change], most: int | None) -> None:
    moved = [change for change in changes if change.moved_m2 > _SMALLEST_CHANGE_M2]
    others = len(list(changes)) - len(moved)
    console.print(
        Text(f"\nCells changed by cleaning: {len(moved)}, and {others} that only gained a vertex", style="bold")
    )
    for change in moved[:most]:
        grown = change.after_m2 - change.before_m2
        console.print(f"  {change.code}: {grown:+,.3f} m2 ({change.moved_m2:,.3f} m2 changed hands)", soft_wrap=True)
    if most is not None and len(moved) > most:
        console.print(f"  and {len(moved) - most} more")


def write_gpkg(report: ImportReport, path: Path) -> None:
    """Write findings as points and areas into a GeoPackage, for a look in any GIS."""
    path.unlink(missing_ok=True)
    everything = [(found, "found") for found in report.findings] + [(found, "repaired") for found in report.repaired]
    rows = [
        {"status": status, "kind": f.kind, "gravity": f.gravity, "codes": " ".join(f.codes), "area_m2": f.area_m2,
         "sentence": f.sentence, "shape": f.shape}
        for f, status in everything
    ]  # fmt: skip
    points = [None if f.place is None else shapely.Point(*f.place) for f, _ in everything]
    _write_layer(path, "findings", rows, points, "Point")
    areas = [_area_of(row["shape"]) for row in rows]
    kept = [i for i, area in enumerate(areas) if area is not None]
    _write_layer(path, "finding_areas", [rows[i] for i in kept], [areas[i] for i in kept], "MultiPolygon")


def _write_layer(path: Path, layer: str, rows: list[dict[str, Any]], shapes: list[Any], kind: str) -> None:
    columns = ("status", "kind", "gravity", "codes", "area_m2", "sentence")
    table = {name: [row[name] for row in rows] for name in columns}
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"))
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", geometry_type=kind)


def _area_of(shape: BaseGeometry | None) -> BaseGeometry | None:
    if shape is None:
        return None
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if parts else None


def _by_kind(findings: Iterable[Found]) -> Iterator[tuple[str, Iterator[Found]]]:
    return groupby(sorted(findings, key=lambda found: _ORDER.index(found.kind)), key=lambda found: found.kind)


def _plain(found: Found) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "gravity": found.gravity,
        "codes": list(found.codes),
        "sentence": found.sentence,
        "area_m2": found.area_m2,
        "place": None if found.place is None else list(found.place),
    }
