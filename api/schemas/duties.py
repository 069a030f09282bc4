"""The shapes of responsibility over the wire: rows, answers, jurisdictions, departments, providers.

Knows the wire and the domain's values; composes them and decides nothing. Moments carry an offset; `from` and `until`
bound half-open validity, null is open.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.reports import PLAIN, Datum, Moment
from spatial.cases.responsibility.bodies import Department
from spatial.cases.responsibility.decision import UnitName
from spatial.cases.responsibility.jurisdictions import Jurisdiction, JurisdictionDraft
from spatial.cases.responsibility.polygons import as_geojson, read_polygon
from spatial.cases.responsibility.providers import Provider
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.cases.responsibility.rows import TableRow
from spatial.errors import Invalid

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN)]
Text = Annotated[str, Field(max_length=2000, pattern=PLAIN)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
Names = dict[str, UnitName]
_MOST_UNITS = 50


class Body(BaseModel):
    """What is sent: a field that is misspelt is refused, not forgotten."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Spanned(Body):
    """Something with validity."""

    since: Moment | None = Field(default=None, alias="from", description="Default now.")
    until: Moment | None = Field(default=None, description="Null: without an end.")


class PlaceBody(Body):
    """Where a row holds: a level everywhere, a cell, or a jurisdiction, by its own field."""

    kind: Literal["level", "cell", "jurisdiction"]
    level: Code | None = None
    cell: Code | None = None
    jurisdiction: Code | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        told = [kind for kind in ("level", "cell", "jurisdiction") if getattr(self, kind) is not None]
        if told != [self.kind]:
            raise ValueError(f"place of kind {self.kind} takes the field {self.kind} and no other")
        return self

    @property
    def code(self) -> str:
        """The level's key, or the code."""
        return str(getattr(self, self.kind))


class RowBody(Spanned):
    """A row of responsibility: a proposal, or with `adopt` in force at once."""

    matter: Code
    place: PlaceBody
    lead: Code = Field(description="A department's code, or `@` and a level's key.", examples=["roads", "@street"])
    assisting: list[Code] = Field(default=[], max_length=_MOST_UNITS)
    supervising: list[Code] = Field(default=[], max_length=_MOST_UNITS)
    priority: int | None = Field(default=None, description="The district's word where rows tie: the highest wins.")
    basis: Text = Field(default="", description="The law, the duty list, the minutes that it rests on.")
    answer_by: Moment | None = Field(default=None, description="Until when the named units answer a proposal.")
    adopt: bool = Field(default=False, description="In force at once; needs the permission adopt_duty.")

    def draft(self, now: datetime) -> RowDraft:
        """The domain's value of this body."""
        return RowDraft(
            matter=self.matter, place_kind=self.place.kind, place=self.place.code, lead=self.lead,
            assisting=tuple(self.assisting), supervising=tuple(self.supervising), priority=self.priority,
            basis=self.basis, since=self.since or now, until=self.until,
        )  # fmt: skip


class AnswerBody(Body):
    """What a named unit says to a proposal."""

    unit: Code
    answer: Literal["agree", "object"]
    reason: Text = Field(default="", description="Needed for an objection.")


class SettleBody(Body):
    """What a panel decides about a proposal that was objected to, or never fully answered."""

    decision: Literal["adopt", "withdraw"]
    grounds: Text


class EndBody(Body):
    """When something ends."""

    until: Moment | None = Field(default=None, description="Default now; never in the past.")


class UnitOut(BaseModel):
    """A unit of government: a department, or a territorial body. A level's key names the body of the place."""

    ref: str
    kind: str
    code: str
    name: str
    name_zh: str

    @classmethod
    def of(cls, unit: UnitName) -> "UnitOut":
        """The answer for a unit."""
        return cls(**vars(unit))


class AnswerOut(BaseModel):
    """An answer to a proposal."""

    unit: UnitOut
    answer: str
    reason: str
    at: datetime


class RowOut(BaseModel):
    """A row of the table; `recorded_at` behind `from` says that it was written later."""

    id: int
    matter: str
    matter_name: str
    matter_name_zh: str
    place: dict[str, str]
    lead: UnitOut
    assisting: list[UnitOut]
    supervising: list[UnitOut]
    priority: int | None
    basis: str
    since: datetime | None = Field(serialization_alias="from")
    until: datetime | None
    state: str
    answer_by: datetime | None
    is_overdue: bool
    waits_for: list[UnitOut] = Field(description="Named units of an open proposal that have not answered.")
    answers: list[AnswerOut]
    adopted_at: datetime | None
    recorded_at: datetime
    settled_at: datetime | None
    grounds: str

    @classmethod
    def of(cls, row: TableRow, names: Names, *, now: datetime) -> "RowOut":
        """The answer for a row."""
        answered = {said.unit for said in row.answers}
        waits = [UnitOut.of(names[ref]) for ref in row.draft.units if row.state == "proposed" and ref not in answered]
        plain = {key: getattr(row, key) for key in PLAIN_FIELDS}
        return cls(
            **plain, lead=UnitOut.of(names[row.lead]), waits_for=waits,
            assisting=[UnitOut.of(names[ref]) for ref in row.assisting],
            supervising=[UnitOut.of(names[ref]) for ref in row.supervising],
            place={"kind": row.place_kind, row.place_kind: row.place, "name": row.place_name},
            is_overdue=row.state == "proposed" and row.answer_by is not None and row.answer_by < now,
            answers=[
                AnswerOut(unit=UnitOut.of(names[one.unit]), answer=one.answer, reason=one.reason, at=one.at)
                for one in row.answers
            ],
        )  # fmt: skip


PLAIN_FIELDS = (
    "id", "matter", "matter_name", "matter_name_zh", "priority", "basis", "since", "until", "state", "answer_by",
    "adopted_at", "recorded_at", "settled_at", "grounds",
)  # fmt: skip


class RowPage(BaseModel):
    """Some rows, by id; `next` goes into `cursor`."""

    items: list[RowOut]
    next: str | None


class JurisdictionProperties(Spanned):
    """What a jurisdiction is, beside its shape."""

    code: Code
    kind: Literal["polygon", "exclusive_grid"] = "polygon"
    feature: str = Field(default="", max_length=64, pattern=PLAIN, description="What it follows: river, road, park.")
    name: Name
    department: Code | None = None


class JurisdictionBody(BaseModel):
    """A GeoJSON Feature; its geometry is in `datum`, longitude first."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: JurisdictionProperties
    datum: Datum = "wgs84"
    supersede: bool = Field(default=False, description="End the version in force when this one begins.")

    def draft(self, now: datetime) -> JurisdictionDraft:
        """The domain's value of this body. Raises GeometryInvalid."""
        told = self.properties
        return JurisdictionDraft(
            code=told.code, kind=told.kind, name=told.name, feature=told.feature, department=told.department,
            geometry=read_polygon(self.geometry, datum=self.datum), since=told.since or now, until=told.until,
        )  # fmt: skip


def jurisdiction_feature(one: Jurisdiction) -> dict[str, Any]:
    """A version of a jurisdiction as a GeoJSON Feature."""
    properties = {key: getattr(one, key) for key in ("code", "kind", "feature", "name", "department", "area_m2")}
    properties |= {"version": one.id, "from": one.since, "until": one.until, "recorded_at": one.recorded_at}
    return {"type": "Feature", "id": one.code, "geometry": as_geojson(one.geometry), "properties": properties}


class DepartmentBody(Spanned):
    """A new department."""

    code: Code
    name: Name
    name_zh: str = Field(default="", max_length=200, pattern=PLAIN)
    platform: Code | None = None

    def value(self, now: datetime) -> Department:
        """The domain's value of this body."""
        return Department(self.code, self.name, self.name_zh, self.platform, self.since or now, self.until)


class ProviderBody(Spanned):
    """A new provider."""

    code: Code
    name: Name
    name_zh: str = Field(default="", max_length=200, pattern=PLAIN)
    kind: Literal["market", "social"]
    contact: Name
    contact_limit: timedelta = Field(default=timedelta(minutes=15), description="ISO 8601, such as PT15M.")

    def value(self, now: datetime) -> Provider:
        """The domain's value of this body."""
        return Provider(
            self.code, self.name, self.kind, self.contact, self.name_zh, self.contact_limit, self.since or now,
            self.until,
        )  # fmt: skip


class TerritorialBodyBody(Body):
    """Who is to answer for a cell."""

    cell: Code
    name: Name
    since: Moment | None = Field(default=None, alias="from", description="Default, and at the earliest, now.")


class ListPage(BaseModel):
    """Some of a list; `next` goes into `cursor`."""

    items: list[dict[str, Any]]
    next: str | None


def spanned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values with validity under the names of the wire."""
    return {"from" if key == "since" else key: value for key, value in values.items()}


def refs_of(rows: Iterable[TableRow]) -> set[str]:
    """Every unit reference that some rows name."""
    return {ref for row in rows for ref in (*row.draft.units, *(said.unit for said in row.answers))}


def id_behind(cursor: str | None) -> int | None:
    """The id that a list's cursor stands for. Raises Invalid."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid("cursor is not one that this list gave out; leave it away to begin anew", field="cursor")
    return int(cursor)
