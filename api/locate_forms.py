"""The forms in which many positions come over HTTP and go back: columns as JSON, CSV, GeoJSON.

A form keeps what was sent, so that the answer is the same rows with more in them. In CSV and GeoJSON a row that is no
position gets a `problem` and hinders no other. Pure: bytes in, text out.
"""

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, ClassVar

from api.schemas.reports import Datum
from spatial.cases.drafts import WORST_ACCURACY_M
from spatial.errors import Invalid
from spatial.grid.locate import Placement

ASSUMED_ACCURACY_M = 20.0
ADDED = ("cell", "path", "certainty", "candidates", "problem")
_FARTHEST = {"lon": 180.0, "lat": 90.0, "accuracy_m": WORST_ACCURACY_M}


@dataclass
class Positions:
    """What can be located, in the order of the rows, and what is wrong with the rows that cannot."""

    rows: list[int] = field(default_factory=list)
    lons: list[float] = field(default_factory=list)
    lats: list[float] = field(default_factory=list)
    accuracies_m: list[float] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)

    def add(self, row: int, lon: object, lat: object, accuracy_m: object) -> None:
        """Take a row in, as numbers or as text; an empty accuracy is assumed."""
        try:
            x, y = _number("lon", lon), _number("lat", lat)
            radius = ASSUMED_ACCURACY_M if accuracy_m in (None, "") else _number("accuracy_m", accuracy_m)
        except ValueError as wrong:
            self.problems[row] = str(wrong)
            return
        self.rows.append(row)
        self.lons.append(x)
        self.lats.append(y)
        self.accuracies_m.append(radius)


class Form(ABC):
    """Positions as they were sent; they are in `datum`."""

    media_type: ClassVar[str]

    def __init__(self, positions: Positions, datum: Datum) -> None:
        self.positions = positions
        self.datum = datum

    @abstractmethod
    def answer(self, placements: Sequence[Placement]) -> str:
        """The rows again, with what was found; one placement for each of `positions.rows`."""

    def by_row(self, placements: Sequence[Placement]) -> dict[int, Placement]:
        """The placements by row."""
        return dict(zip(self.positions.rows, placements, strict=True))


class ColumnsForm(Form):
    """Columns as JSON, checked before; the answer is rows."""

    media_type = "application/json"

    def answer(self, placements: Sequence[Placement]) -> str:
        """{"rows": [...]} in the order of the columns."""
        return json.dumps({"rows": [placed(one) for one in placements]}, ensure_ascii=False)


class CsvForm(Form):
    """CSV with a header that names lon, lat and perhaps accuracy_m; other columns are kept."""

    media_type = "text/csv"

    def __init__(self, body: bytes, datum: Datum) -> None:
        """Raises Invalid when it is not CSV in UTF-8 or lacks a column."""
        super().__init__(Positions(), datum)
        self._header, self._rows = _read_csv(body)
        places = {name: self._header.index(name) for name in _FARTHEST if name in self._header}
        for name in ("lon", "lat"):
            if name not in places:
                raise Invalid(f"The first line names no column {name}; it names {self._header[:20]}.", field=name)
        for name in ADDED:
            if name in self._header:
                raise Invalid(f"The column {name} is one that the answer adds; rename it.", field=name)
        for number, cells in enumerate(self._rows):
            if len(cells) != len(self._header):
                self.positions.problems[number] = f"has {len(cells)} fields, the header {len(self._header)}"
            else:
                found = {name: cells[place].strip() for name, place in places.items()}
                self.positions.add(number, found["lon"], found["lat"], found.get("accuracy_m"))

    def answer(self, placements: Sequence[Placement]) -> str:
        """The same rows; path is written as a/b/c, candidates as code:share with spaces between."""
        out, found = io.StringIO(), self.by_row(placements)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*self._header, *ADDED])
        for number, cells in enumerate(self._rows):
            filled = (cells + [""] * len(self._header))[: len(self._header)]
            writer.writerow([*filled, *_flat(found.get(number)), self.positions.problems.get(number, "")])
        return out.getvalue()


class GeoJsonForm(Form):
    """A FeatureCollection of points, or one Feature; `accuracy_m` is read from the properties."""

    media_type = "application/geo+json"

    def __init__(self, body: bytes, datum: Datum) -> None:
        """Raises Invalid when it is not GeoJSON of features."""
        super().__init__(Positions(), datum)
        self._document = _read_json(body)
        if self._document.get("type") == "Feature":
            self._document = {"type": "FeatureCollection", "features": [self._document]}
        features = self._document.get("features")
        if self._document.get("type") != "FeatureCollection" or not isinstance(features, list):
            raise Invalid("The body is no FeatureCollection; send one, with Point features.", field="type")
        for number, feature in enumerate(features):
            self._add(number, feature)

    def answer(self, placements: Sequence[Placement]) -> str:
        """The same features, with what was found in their properties."""
        found = self.by_row(placements)
        features = []
        for number, feature in enumerate(self._document["features"]):
            placement, problem = found.get(number), self.positions.problems.get(number)
            added: dict[str, Any] = placed(placement) if placement else {"problem": problem}
            kept: dict[str, Any] = feature if isinstance(feature, dict) else {"type": "Feature", "geometry": None}
            features.append(kept | {"properties": (kept.get("properties") or {}) | added})
        return json.dumps(self._document | {"features": features}, ensure_ascii=False)

    def _add(self, number: int, feature: object) -> None:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        at = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
        if not isinstance(feature, dict) or not isinstance(at, list) or len(at) < 2:
            self.positions.problems[number] = "is no Feature with a Point"
            return
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            self.positions.problems[number] = "has properties that are no object"
            feature["properties"] = {}
            return
        self.positions.add(number, at[0], at[1], properties.get("accuracy_m"))


def placed(placement: Placement) -> dict[str, Any]:
    """A placement as JSON."""
    return {
        "cell": placement.unit,
        "path": list(placement.path),
        "certainty": placement.certainty,
        "candidates": [{"code": c.code, "share": c.share} for c in placement.candidates],
    }


def _flat(placement: Placement | None) -> list[str]:
    if placement is None:
        return [""] * (len(ADDED) - 1)
    candidates = " ".join(f"{one.code}:{one.share:.4g}" for one in placement.candidates)
    return [placement.unit or "", "/".join(placement.path), placement.certainty, candidates]


def _number(name: str, value: object) -> float:
    """A number within what its name allows; ValueError says why not."""
    if value is None or value == "":
        raise ValueError(f"{name} is missing or not finite")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} is not a number")
    try:
        read = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is {str(value)[:40]!r}, not a number") from None
    lowest = 0.0 if name == "accuracy_m" else -_FARTHEST[name]
    if not lowest <= read <= _FARTHEST[name]:
        raise ValueError(f"{name} is {read:g}, not between {lowest:g} and {_FARTHEST[name]:g}")
    return read


def _read_csv(body: bytes) -> tuple[list[str], list[list[str]]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) if row]
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise Invalid(f"The body is not CSV in UTF-8 ({wrong}).", field="body") from wrong
    if not rows:
        raise Invalid("The body is empty; its first line names the columns.", field="body")
    header = [name.strip() for name in rows[0]]
    if len(set(header)) < len(header):
        raise Invalid("Two columns have one name; rename one.", field="body")
    return header, rows[1:]


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body, parse_float=_finite, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as wrong:
        raise Invalid("The body is not valid JSON.", field="body") from wrong
    if not isinstance(document, dict):
        raise Invalid("The body is no GeoJSON object.", field="body")
    return document


def _finite(text: str) -> float | None:
    """JSON has no infinities; 1e999 would come back as one, and could not be written again."""
    read = float(text)
    return read if isfinite(read) else None
