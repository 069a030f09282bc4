"""Shapes of supervision: orders with their replies, and the supervisor's board."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class ReplyBody(BaseModel):
    """What is answered to an order."""

    model_config = ConfigDict(extra="forbid")
    text: Words


class ReplyOut(BaseModel):
    """An answer; `text` is null for who may not read it."""

    text: str | None
    at: datetime
    actor: str


class OrderOut(BaseModel):
    """A chase (催办), a supervision order (督办单), or what a ladder has instead: a written chase (书面催办), a
    criticism notice (通报批评). `colour` is the case's now, `due_at` when it was due; `copied` have it to know.
    """

    id: int
    case_no: str
    kind: str
    cause: str
    level: int
    addressee: str
    addressee_name: str
    copied: list[str]
    state: str
    colour: str
    due_at: datetime
    written_at: datetime
    written_by: str
    reply_due_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    climbed_from: int | None
    climbed_to: int | None
    case_state: str
    case_due_at: datetime | None
    matter: str | None
    matter_name: str | None
    lead: str | None
    cell: str | None
    replies: list[ReplyOut]


class OrderPage(BaseModel):
    """Orders, the newest first; `next` goes into `cursor`."""

    items: list[OrderOut]
    next: str | None


class CountOut(BaseModel):
    """Cases of a unit in a street by colour; `lead` null is with nobody, `street` null off the grid."""

    model_config = ConfigDict(from_attributes=True)
    lead: str | None
    lead_name: str | None
    street: str | None
    street_name: str | None
    green: int
    yellow: int
    red: int
    grey: int


class RedOut(BaseModel):
    """A case past its deadline."""

    model_config = ConfigDict(from_attributes=True)
    case_no: str
    state: str
    matter: str | None
    lead: str | None
    cell: str | None
    due_at: datetime


class SilentOut(BaseModel):
    """An order that nobody has answered in time."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    case_no: str
    level: int
    addressee: str
    due_at: datetime
    reply_due_at: datetime


class BoardOut(BaseModel):
    """The supervisor's board at a moment; on the days `uncovered` nobody is on duty at the command centre."""

    model_config = ConfigDict(from_attributes=True)
    at: datetime
    totals: dict[str, int]
    counts: list[CountOut]
    oldest_red: list[RedOut]
    unanswered: list[SilentOut]
    uncovered: list[date] = []
