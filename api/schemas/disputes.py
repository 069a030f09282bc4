"""The shapes of disputes on the wire. Longitude first, moments with an offset."""

from datetime import date, datetime

from pydantic import BaseModel, Field


class PlaceRef(BaseModel):
    """The unit that a case lies in now."""

    code: str
    name: str


class RefusalOut(BaseModel):
    """A unit that said "not mine"; the words are told to those who read texts."""

    unit: str
    name: str
    reason: str | None
    basis: str | None
    at: datetime


class InterimOut(BaseModel):
    """A body that was ordered to act first."""

    id: int
    unit: str
    name: str
    note: str | None
    ordered_at: datetime
    cost: float | None
    cost_note: str | None
    cost_at: datetime | None


class DisputeOut(BaseModel):
    """A dispute with its case, as far as the reader may read it."""

    id: int
    case_no: str
    matter: str | None
    matter_name: str | None
    matter_name_zh: str | None
    entry: str
    entered_at: datetime
    age_days: float
    is_over_age: bool
    state: str
    settled_at: datetime | None
    brief: str | None
    position: tuple[float, float]
    accuracy_m: float
    cell: PlaceRef | None
    attributes: dict[str, str]
    returns: list[RefusalOut]
    interim: list[InterimOut]
    text: str | None = Field(description="The citizen's words; masked, or null, for those who may not read them.")
    note: str | None


class DisputePage(BaseModel):
    """A page of disputes, longest waiting first; `next` goes into `cursor`."""

    items: list[DisputeOut]
    next: str | None


class AlarmPage(DisputePage):
    """The leader's list of a city day: what was over the age limit then."""

    day: date
