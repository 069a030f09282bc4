"""Shapes of supervision: orders with their replies, the supervisor's board, and the rules of colours and ladders."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from spatial.cases.supervision.colours import ColourRule
from spatial.cases.supervision.ladder import Amount, Ladder, Rung

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
    actor_name: str | None


class OrderOut(BaseModel):
    """A chase (催办), a supervision order (督办单), or what a ladder has instead: a written chase (书面催办), a
    criticism notice (通报批评). `colour` is the case's now, `due_at` when it was due; `copied` have it to know.
    `missed_at` is a deadline that the case missed before the one that it has, `missed_until` when it left that one.
    `note` is what was asked by hand; null for a row that the clock wrote, and for who may not read texts.
    `may_answer` when you speak for the unit that is asked, and it has not ended. Names are those of officials.
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
    written_by_name: str | None
    reply_due_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    ended_by_name: str | None
    climbed_from: int | None
    climbed_to: int | None
    case_state: str
    case_due_at: datetime | None
    missed_at: datetime | None
    missed_by: str | None
    missed_until: datetime | None
    matter: str | None
    matter_name: str | None
    lead: str | None
    cell: str | None
    note: str | None
    replies: list[ReplyOut]
    may_answer: bool


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


class LateActionOut(BaseModel):
    """What a conference gave somebody to do and he did not by its date; `chased_at`: when he was told so."""

    model_config = ConfigDict(from_attributes=True)
    conference: int
    ordinal: int
    case_no: str
    owner: str
    due_at: datetime
    chased_at: datetime | None


class BoardOut(BaseModel):
    """The supervisor's board at a moment; on the days `uncovered` nobody is on duty at the command centre."""

    model_config = ConfigDict(from_attributes=True)
    at: datetime
    totals: dict[str, int]
    counts: list[CountOut]
    oldest_red: list[RedOut]
    unanswered: list[SilentOut]
    late_actions: list[LateActionOut]
    uncovered: list[date] = []


class ColourBody(BaseModel):
    """When a limit turns yellow: so large a share of it is used, or so many units of it are left."""

    model_config = ConfigDict(extra="forbid")
    used_share: Annotated[Decimal, Field(ge=Decimal("0.000001"), le=1, max_digits=20, allow_inf_nan=False)]
    units_left: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=6, allow_inf_nan=False)]


class ColourOut(BaseModel):
    """The rule of a unit of time; while `is_reckoned` is false some running cases still have the old rule's warning."""

    unit: str
    used_share: float
    units_left: float
    is_reckoned: bool

    @classmethod
    def of(cls, rule: ColourRule, pending: set[str]) -> Self:
        """A rule as it is told."""
        share, left = float(rule.used_share), float(rule.units_left)
        return cls(unit=rule.unit, used_share=share, units_left=left, is_reckoned=rule.unit not in pending)


class AmountBody(BaseModel):
    """An amount of time on one of the four clocks."""

    model_config = ConfigDict(extra="forbid")
    amount: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=6, allow_inf_nan=False)]
    unit: Literal["urgent_hour", "working_hour", "working_day", "calendar_day"]

    @property
    def pair(self) -> Amount:
        """As a rung has it."""
        return self.amount, self.unit


class RungBody(BaseModel):
    """A level: whom it asks (`holder`, or a level such as `@street`), who has a copy, how long behind the deadline it
    is written where it is the first, the limit of an order's reply, and behind which one the case goes a level up.
    """

    model_config = ConfigDict(extra="forbid")
    level: Annotated[int, Field(ge=1, le=99)]
    kind: Literal["order", "written_chase", "criticism"] = "order"
    holder: Annotated[str, Field(min_length=1, max_length=33, pattern=r"^[^\x00]*$")]
    copy_to: Annotated[str, Field(min_length=1, max_length=33, pattern=r"^[^\x00]*$")] | None = None
    after: AmountBody | None = None
    reply: AmountBody | None = None
    still_red: AmountBody = AmountBody(amount=Decimal(5), unit="working_day")

    @property
    def rung(self) -> Rung:
        """As a ladder has it."""
        reply, after = (one.pair if one else None for one in (self.reply, self.after))
        return Rung(self.level, self.holder, reply, self.still_red.pair, self.kind, self.copy_to, after)


class LadderBody(BaseModel):
    """The whole ladder of a source, the lowest level first; without rungs it has none of its own any more."""

    model_config = ConfigDict(extra="forbid")
    rungs: Annotated[list[RungBody], Field(max_length=20)]


class AmountOut(BaseModel):
    """An amount of time on one of the four clocks."""

    amount: float
    unit: str

    @classmethod
    def of(cls, amount: Amount | None) -> Self | None:
        """An amount as it is told."""
        return None if amount is None else cls(amount=float(amount[0]), unit=amount[1])


class RungOut(BaseModel):
    """A level of a ladder; `reply` is null for what wants no answer."""

    level: int
    kind: str
    holder: str
    copy_to: str | None
    after: AmountOut | None
    reply: AmountOut | None
    still_red: AmountOut | None


class LadderOut(BaseModel):
    """The ladder of a source; that of all sources without their own is `default`. `is_own`: not that of `default`."""

    source: str
    is_own: bool
    rungs: list[RungOut]

    @classmethod
    def of(cls, source: str, ladder: Ladder, *, is_own: bool = True) -> Self:
        """A ladder as it is told."""
        return cls(source=source, is_own=is_own, rungs=[_told(rung) for rung in ladder.rungs])


def _told(rung: Rung) -> RungOut:
    after, reply, red = (AmountOut.of(amount) for amount in (rung.after, rung.reply, rung.still_red))
    said = {"level": rung.level, "kind": rung.kind, "holder": rung.holder, "copy_to": rung.copy_to}
    return RungOut.model_validate(said | {"after": after, "reply": reply, "still_red": red})


class RulesOut(BaseModel):
    """What makes a case yellow, and what is written at which level about a red one."""

    colours: list[ColourOut]
    ladders: list[LadderOut]
