"""The shapes of rulings and precedents on the wire. Longitude first, metres, GeoJSON in EPSG:4326."""

from datetime import datetime
from typing import Annotated, Any

import shapely
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.reports import PLAIN, Moment
from spatial.cases.disputes.library import DecidedCase, Found
from spatial.cases.disputes.precedents import Precedent
from spatial.cases.disputes.rulings import Ruled, Ruling, RulingDraft
from spatial.cases.disputes.scopes import ScopeDraft, read_area
from spatial.cases.masking import mask

_ORIGIN_DECIMALS = 3  # about 100 m: the very spot is the case's, and not everybody may read that
Unit = Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN, examples=["roads", "@street"])]
Code = Annotated[str, Field(min_length=1, max_length=32, pattern=PLAIN)]
Short = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]


def _named(value: object) -> object:
    """Names of attributes alone take over what the case has."""
    return dict.fromkeys(value) if isinstance(value, list) and all(isinstance(n, str) for n in value) else value


class AreaBody(BaseModel):
    """Where a ruling holds: `cells` with all below them, a `polygon`, or a `radius` around the case."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=16, pattern=PLAIN, examples=["cells"])
    cells: list[Code] | None = Field(default=None, min_length=1, max_length=500)
    geometry: dict[str, Any] | None = Field(default=None, description="GeoJSON, a Polygon or MultiPolygon.")
    radius_m: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None


class ScopeBody(BaseModel):
    """What a ruling is about: `matter` None is the case's own.

    `attributes` must be the case's own: by name and value (as shown, so a mask stands for what it hides; null takes
    over the value that the case has), or as a list of names.
    """

    model_config = ConfigDict(extra="forbid")

    area: AreaBody
    matter: str | None = Field(default=None, max_length=64, pattern=PLAIN)
    attributes: Annotated[
        dict[Short, Annotated[str, Field(max_length=200, pattern=PLAIN)] | None], BeforeValidator(_named)
    ] = Field(default={}, max_length=20)


class RulingBody(BaseModel):
    """A ruling on an open dispute; `form` is written_instruction or joint_conference."""

    model_config = ConfigDict(extra="forbid")

    dispute: Annotated[int, Field(ge=1, lt=2**63)]
    form: str = Field(max_length=32, pattern=PLAIN)
    members: list[Short] = Field(max_length=50)
    lead: Unit
    assisting: list[Unit] = Field(default=[], max_length=50)
    grounds: str = Field(max_length=4000, pattern=PLAIN)
    effective_from: Moment | None = Field(
        default=None, description="When it is in force, at most 31 days ahead; null: at once."
    )
    scope: ScopeBody

    def draft(self) -> RulingDraft:
        """The domain's value of this body. Raises Invalid for an area that cannot be one."""
        area = read_area(**self.scope.area.model_dump())
        scope = ScopeDraft(area, self.scope.matter, self.scope.attributes)
        return RulingDraft(
            dispute=self.dispute,
            form=self.form,
            members=tuple(member.strip() for member in self.members),
            lead=self.lead,
            assisting=tuple(self.assisting),
            grounds=self.grounds,
            scope=scope,
            effective_from=self.effective_from,
        )


class RulingOut(BaseModel):
    """A ruling, with the number of the precedent that it left; numbers in its grounds are masked for everybody."""

    id: int
    dispute: int
    case_no: str
    brief: str | None
    form: str
    members: list[str]
    lead: str
    assisting: list[str]
    grounds: str
    ruled_at: datetime
    ruled_by: str
    effective_from: datetime
    precedent: str

    @classmethod
    def of(cls, one: Ruling) -> "RulingOut":
        """The answer for a ruling."""
        return cls(**vars(one) | {
            "members": list(one.members), "assisting": list(one.assisting), "grounds": mask(one.grounds),
        })  # fmt: skip


class PrecedentOut(BaseModel):
    """What a ruling left behind; `superseded_by` is a precedent's number, or `responsibility` and a row's id.

    Read beyond the territory of its case: long numbers are masked, and a radius has its `origin` to about 100 m.
    """

    number: str
    ruling: int
    matter: str
    attributes: dict[str, str]
    area: dict[str, Any]
    lead: str
    assisting: list[str]
    in_force_from: datetime
    recorded_at: datetime
    superseded_at: datetime | None
    superseded_by: str | None

    @classmethod
    def of(cls, one: Precedent) -> "PrecedentOut":
        """The answer for a precedent."""
        return cls(**_told(one))


class RuledOut(BaseModel):
    """What became of a dispute: `state` is pending, or ruled until the ruling is in force."""

    ruling: RulingOut
    precedent: PrecedentOut
    superseded: list[str]
    case_no: str
    state: str

    @classmethod
    def of(cls, done: Ruled) -> "RuledOut":
        """The answer for a ruling just made."""
        return cls(
            ruling=RulingOut.of(done.ruling),
            precedent=PrecedentOut.of(done.precedent),
            superseded=list(done.superseded),
            case_no=done.case_no,
            state=done.state,
        )


class FoundOut(PrecedentOut):
    """A precedent of the library, with what its ruling said."""

    matter_name: str
    matter_name_zh: str
    lead_name: str
    lead_ended_at: datetime | None
    form: str
    members: list[str]
    grounds: str
    brief: str | None
    ruled_at: datetime

    @classmethod
    def found(cls, one: Found) -> "FoundOut":
        """The answer for a found precedent."""
        return cls(**told_of(one))


class DecidedOut(BaseModel):
    """A case that bears a precedent's number."""

    case_no: str
    state: str
    category: str | None
    current_unit: str | None
    received_at: datetime


class WholePrecedent(FoundOut):
    """A precedent with the cases within the reader's reach that it decided."""

    cases: list[DecidedOut]

    @classmethod
    def whole(cls, one: Found, cases: list[DecidedCase]) -> "WholePrecedent":
        """The answer for one precedent."""
        return cls(**told_of(one), cases=[DecidedOut(**vars(case)) for case in cases])


def told_of(one: Found) -> dict[str, Any]:
    """A found precedent as plain values."""
    said = {name: getattr(one, name) for name in FoundOut.model_fields if name in vars(one) and name != "precedent"}
    return _told(one.precedent) | said | {"members": list(one.members), "grounds": mask(one.grounds)}


def _told(one: Precedent) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in PrecedentOut.model_fields if name != "area"}
    attributes = {key: mask(value) for key, value in one.attributes.items()}
    return plain | {"assisting": list(one.assisting), "area": _area(one), "attributes": attributes}


def _area(one: Precedent) -> dict[str, Any]:
    if one.area is not None:
        return {"kind": "polygon", "geometry": shapely.geometry.mapping(one.area)}
    if one.radius_m is not None:
        origin = tuple(round(degrees, _ORIGIN_DECIMALS) for degrees in one.origin)
        return {"kind": "radius", "radius_m": one.radius_m, "origin": origin}
    return {"kind": "cells", "cells": list(one.cells)}
