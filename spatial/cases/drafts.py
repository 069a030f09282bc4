"""Report drafts: what somebody says, before anything is decided about it.

Pure: a draft is checked against rules that are handed in, and refused with a sentence that names the field.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from spatial.cases.rules import Rules
from spatial.errors import Invalid
from spatial.grid.datum import DATUMS

TEXT_LIMIT = 4000
WORST_ACCURACY_M = 100_000.0


@dataclass(frozen=True)
class ReportDraft:
    """What somebody says. `lon`, `lat` in degrees of `datum`; `sender` an account's id or 'public'."""

    id: UUID
    lon: float
    lat: float
    captured_at: datetime
    source: str
    text: str
    sender: str
    accuracy_m: float | None = None
    datum: str = "wgs84"
    category: str | None = None
    place_code: str | None = None
    photos: tuple[str, ...] = ()
    reporter: dict[str, Any] | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical body: the same words twice are the same report."""
        said = {
            "lon": self.lon,
            "lat": self.lat,
            "captured_at": self.captured_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "source": self.source,
            "text": self.text,
            "accuracy_m": self.accuracy_m,
            "datum": self.datum,
            "category": self.category,
            "place_code": self.place_code,
            "photos": sorted(set(self.photos)),
            "reporter": self.reporter,
        }
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).digest()


def check_draft(draft: ReportDraft, rules: Rules) -> None:
    """Raise Invalid, naming the field and the remedy, for a report that cannot be filed."""
    _check_position(draft)
    if draft.source not in rules.sources:
        raise Invalid(f"source {draft.source} is unknown; one of {', '.join(rules.sources)}", field="source")
    if draft.category is not None and draft.category not in rules.categories:
        raise Invalid(f"category {draft.category} is unknown; see /api/v1/config", field="category")
    if len(draft.text) > TEXT_LIMIT:
        raise Invalid(f"text has {len(draft.text)} characters; at most {TEXT_LIMIT}", field="text")
    for field in ("text", "place_code", "reporter"):
        _check_storable(field, getattr(draft, field))
    if draft.captured_at.tzinfo is None:
        raise Invalid("captured_at has no offset; write it as 2026-01-31T08:00:00+08:00", field="captured_at")


def _check_position(draft: ReportDraft) -> None:
    if not (math.isfinite(draft.lon) and -180.0 <= draft.lon <= 180.0):
        raise Invalid("lon must be a finite number of degrees from -180 to 180", field="lon")
    if not (math.isfinite(draft.lat) and -90.0 <= draft.lat <= 90.0):
        raise Invalid("lat must be a finite number of degrees from -90 to 90", field="lat")
    if draft.datum not in DATUMS:
        raise Invalid(f"datum {draft.datum} is unknown; one of {', '.join(DATUMS)}", field="datum")
    accuracy = draft.accuracy_m
    if accuracy is not None and not (math.isfinite(accuracy) and 0.0 <= accuracy <= WORST_ACCURACY_M):
        raise Invalid(f"accuracy_m must be from 0 to {WORST_ACCURACY_M:.0f} metres, or null", field="accuracy_m")


def _check_storable(field: str, value: object) -> None:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair, and would refuse the whole batch for one."""
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in text:
        raise Invalid(f"{field} holds a NUL character; leave it out", field=field)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{field} holds half of a surrogate pair; send whole characters", field=field) from None
