"""Report drafts: what somebody says, before anything is decided about it.

Pure: a draft is checked against rules that are handed in, and refused with a sentence that names the field.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from spatial.cases.rules import Rules
from spatial.errors import Invalid
from spatial.grid.datum import DATUMS
from spatial.store.reach import Reach
from spatial.years import check_moment_in_reach

TEXT_LIMIT = 4000
REPORTER_LIMIT = 2000
WORST_ACCURACY_M = 100_000.0
MOST_ATTRIBUTES = 20
PICTURE_KINDS = ("near", "far", "reference", "before")  # `after` is what a result shows, and nothing before it
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LONGEST_VALUE = 100


@dataclass(frozen=True)
class SelfSolved:
    """How an officer has solved what he reports, with names of photos; `reach` is where he may say so."""

    how: str
    photos_after: tuple[str, ...]
    reach: Reach


@dataclass(frozen=True)
class Picture:
    """What a photo of a report, or of a look at it, shows, and when and where it was taken; WGS 84 degrees.

    None: nobody told.
    """

    sha256: str
    kind: str | None = None
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class ReportDraft:
    """What somebody says. `lon`, `lat` in degrees of `datum`; `sender` an account's id or 'public'.

    `by_citizen`: the account is a citizen's own; a clerk's takes down what many citizens say. `pictures` tell more of
    those photos of which more is told.
    """

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
    pictures: tuple[Picture, ...] = ()
    reporter: dict[str, Any] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    self_solved: SelfSolved | None = None
    by_citizen: bool = False

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
        if self.attributes:  # left out when empty, so that reports from before there were attributes keep their digest
            said["attributes"] = dict(self.attributes)
        if self.pictures:
            said["pictures"] = sorted([one.sha256, *map(_told, (one.kind, one.taken_at, one.lon, one.lat))]
                                      for one in self.pictures)  # fmt: skip
        if self.self_solved is not None:
            said["self_solved"] = [self.self_solved.how, sorted(set(self.self_solved.photos_after))]
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).digest()


def check_draft(draft: ReportDraft, rules: Rules, *, at: datetime) -> None:
    """Raise Invalid, naming the field and the remedy, for a report that cannot be filed at the moment that counts."""
    _check_position(draft)
    check_moment("captured_at", draft.captured_at)  # before moments are compared: one without an offset cannot be
    if draft.source not in rules.sources:
        raise Invalid(f"source {draft.source} is unknown; one of {', '.join(rules.sources)}", field="source")
    if draft.category is not None:
        check_matter(draft.category, rules, at=at, field="category")
    if len(draft.text) > TEXT_LIMIT:
        raise Invalid(f"text has {len(draft.text)} characters; at most {TEXT_LIMIT}", field="text")
    for name in ("text", "place_code", "reporter"):
        check_storable(name, getattr(draft, name))
    if len(json.dumps(draft.reporter)) > REPORTER_LIMIT:
        raise Invalid(f"reporter is too long; at most {REPORTER_LIMIT} characters as JSON", field="reporter")
    check_attributes(draft.attributes)
    for picture in draft.pictures:
        check_picture(picture)
    if draft.self_solved is not None:
        check_storable("self_solved", draft.self_solved.how)


def check_matter(code: str, rules: Rules, *, at: datetime, field: str) -> None:
    """Raise Invalid for a matter that there is not, or that takes no cases at that moment."""
    if code not in rules.categories:
        raise Invalid(f"{field} {code} is unknown; see /api/v1/matters", field=field)
    if not rules.categories[code].holds(at):
        raise Invalid(f"{field} {code} is not in force then; see /api/v1/matters for those that are", field=field)


def check_attributes(attributes: Mapping[str, str]) -> None:
    """Raise Invalid for attributes that a ruling could not ask for: odd names, no text, or far too many."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise Invalid(f"attributes: at most {MOST_ATTRIBUTES}", field="attributes")
    for name, value in attributes.items():
        if not _ATTRIBUTE.fullmatch(name):
            raise Invalid("attributes: a name takes small letters, digits and underscores", field="attributes")
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_VALUE:
            raise Invalid(f"attributes: {name} takes a text of 1 to {_LONGEST_VALUE} characters", field="attributes")
        check_storable("attributes", value)


def check_moment(field: str, moment: datetime) -> None:
    """Raise Invalid for a moment without an offset, or so far away that calendars do not reach it."""
    if moment.tzinfo is None:
        raise Invalid(f"{field} has no offset; write it as 2026-01-31T08:00:00+08:00", field=field)
    check_moment_in_reach(field, moment)


def _told(value: datetime | float | str | None) -> str:
    """A value in the form in which a digest takes it: a moment is the same in every time zone."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)


def check_picture(picture: Picture) -> None:
    """Raise Invalid for a picture of a kind that there is not, or from a moment or place that cannot be."""
    if picture.kind is not None and picture.kind not in PICTURE_KINDS:
        raise Invalid(f"photos: a picture of what was found is one of {', '.join(PICTURE_KINDS)}", field="photos")
    if picture.taken_at is not None:
        check_moment("photos", picture.taken_at)
    place = (picture.lon, picture.lat)
    if place == (None, None):
        return
    if picture.lon is None or picture.lat is None or not (abs(picture.lon) <= 180.0 and abs(picture.lat) <= 90.0):
        raise Invalid("photos: a place is a lon and a lat, in degrees of WGS 84", field="photos")


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


def check_storable(field: str, value: object) -> None:
    """Raise Invalid for what PostgreSQL does not keep, and would refuse a whole batch for: NUL, half a surrogate
    pair, numbers that are not finite."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise Invalid(f"{field} holds a number that is not finite", field=field) from None
    if "\\u0000" in text:
        raise Invalid(f"{field} holds a NUL character; leave it out", field=field)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{field} holds half of a surrogate pair; send whole characters", field=field) from None
