"""The shapes that go over the wire. Longitude first, metres, moments with an offset."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from spatial.cases.drafts import TEXT_LIMIT, WORST_ACCURACY_M, Picture, ReportDraft, SelfSolved
from spatial.store.reach import NOTHING, Reach
from spatial.years import FIRST_YEAR, IN_REACH, LAST_YEAR, is_reachable


def _written(value: object) -> object:
    """A moment is written out: a bare number could be seconds or milliseconds, and nobody could tell."""
    if not isinstance(value, str):
        raise ValueError("must be written as 2026-01-31T08:00:00+08:00")
    return value


def _reachable(value: datetime) -> datetime:
    """Calendars and databases must reach a moment in every time zone."""
    if not is_reachable(value):
        raise ValueError(IN_REACH)
    return value


def _in_reach(value: date) -> date:
    """A day of which the midnight can be told in every time zone."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(IN_REACH)
    return value


PLAIN = r"^[^\x00]*$"  # PostgreSQL keeps no NUL: what is a text on the wire holds none
Plain = Annotated[str, Field(pattern=PLAIN)]
AnyLongitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[120.1693])]
AnyLatitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[30.2457])]
AnyAccuracy = Annotated[float, Field(ge=0, le=WORST_ACCURACY_M, allow_inf_nan=False)]
# In JSON a number is a number: `true` is not one degree, and "120.1" hides what else a sender gets wrong.
Longitude = Annotated[AnyLongitude, Field(strict=True)]
Latitude = Annotated[AnyLatitude, Field(strict=True)]
Accuracy = Annotated[AnyAccuracy, Field(strict=True)]
AnyMoment = Annotated[AwareDatetime, AfterValidator(_reachable)]  # in an address
AnyDay = Annotated[date, AfterValidator(_in_reach)]
Moment = Annotated[AnyMoment, BeforeValidator(_written)]
Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class PictureBody(BaseModel):
    """A photo that was put before, and what it shows: near by, from afar, beside something known, before the deed."""

    model_config = ConfigDict(extra="forbid")

    sha256: Sha256
    kind: Literal["near", "far", "reference", "before"] | None = None
    taken_at: Moment | None = None
    lon: Longitude | None = Field(default=None, description="Where it was taken, in degrees of WGS 84; with `lat`.")
    lat: Latitude | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it is a name and no more."""
        return (self.kind, self.taken_at, self.lon, self.lat) == (None, None, None, None)

    def picture(self) -> Picture:
        """The domain's value of this body."""
        return Picture(**self.model_dump())


def _named(value: object) -> object:
    """A photo may be sent by its name alone."""
    return {"sha256": value} if isinstance(value, str) else value


Pictures = Annotated[
    list[Annotated[PictureBody, BeforeValidator(_named)]],
    Field(max_length=10, description="Photos that were put before: what each shows, or in its place its name alone."),
]


class SelfSolvedBody(BaseModel):
    """How an officer has solved what he reports, shown by photos that were put before."""

    model_config = ConfigDict(extra="forbid")

    how: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=PLAIN)]
    photos_after: list[Sha256] = Field(min_length=1, max_length=10)


class ReportBody(BaseModel):
    """A report, as a phone or another system sends it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(description="Made by the sender; the same id again is answered with the first answer.")
    lon: Longitude
    lat: Latitude
    accuracy_m: Accuracy | None = Field(default=None, description="Radius in metres; null: the source's default.")
    datum: Datum = "wgs84"
    captured_at: Moment
    source: str = Field(max_length=32, pattern=PLAIN, examples=["public"])
    text: str = Field(max_length=TEXT_LIMIT)
    category: str | None = Field(default=None, max_length=64, pattern=PLAIN)
    place_code: str | None = Field(default=None, max_length=64)
    photos: Pictures = []
    reporter: dict[str, Any] | None = Field(default=None, description="Who to answer; kept apart and erasable.")
    attributes: dict[str, str] = Field(default={}, description='What rulings may ask for: {"road": "trunk"}.')

    self_solved: SelfSolvedBody | None = Field(default=None, description="Solved on the spot: it is born closed.")

    def draft(self, sender: str, *, solver: Reach = NOTHING, by_citizen: bool = False) -> ReportDraft:
        """The domain's value of this body; `solver` is where its sender may file what he has solved himself."""
        said = self.model_dump(exclude={"photos", "self_solved"})
        told = tuple(one.picture() for one in self.photos if not one.is_bare)
        names = tuple(one.sha256 for one in self.photos)
        return ReportDraft(
            **said, photos=names, pictures=told, sender=sender, self_solved=self._solved(solver), by_citizen=by_citizen
        )

    def _solved(self, solver: Reach) -> SelfSolved | None:
        told = self.self_solved
        return None if told is None else SelfSolved(told.how, tuple(told.photos_after), solver)


class CellRef(BaseModel):
    """A cell, by code and name."""

    code: str
    name: str
    level: str


class LocatedCell(CellRef):
    """A unit with its chain, widest level first, itself last."""

    path: list[CellRef]


class BodyOut(BaseModel):
    """A territorial body with the cell that it answers for."""

    cell: str
    level: str
    name: str


class CandidateOut(BaseModel):
    """A unit that the position may be in, with its share of the accuracy disc."""

    code: str
    share: float


class CaseHead(BaseModel):
    """What a case is answered with, to whomever."""

    case_no: str
    step: str
    cell: LocatedCell | None
    certainty: Literal["certain", "ambiguous", "outside"]
    candidates: list[CandidateOut]
    owner: dict[str, Any]
    accuracy_m: float
    accuracy_assumed: bool
    is_fallback: bool = Field(description="The position is one that devices give when they know none.")
    step_due_at: datetime | None
    due_at: datetime | None
    due_reason: str = Field(
        description="Why `due_at` is what it is: provisional until the case is dispatched; either way it says where a "
        "year was reckoned `by weekends`, because nobody knows its holidays."
    )


class ReportAnswer(CaseHead):
    """What became of a report."""

    status_url: str | None = Field(
        default=None, description="Where the citizen reads what becomes of it; secret, and new with every answer."
    )


class CaseOut(CaseHead):
    """A case, for those within whose reach it lies."""

    state: str
    position: tuple[float, float]
    current_cell: LocatedCell | None = Field(description="Where it lies since the last redraw; `cell` is as decided.")
    current_territorial: list[BodyOut] = Field(description="Who answers for that place now, the unit first.")
    category: str | None
    source: str
    text: str | None
    photos: list[str]
    captured_at: datetime
    captured_in_future: bool
    received_at: datetime
    revision: int
    is_history: bool
    attributes: dict[str, str]
    sorted: dict[str, Any] | None = Field(description="What sorting said of a report that named no matter.")
    platform: str
    nature: str
    provider: str | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    standard: int | None
    lead: str | None = Field(description="Whom it was handed to: a department, or '@' and a cell. See `owner` for why.")
    assisting: list[str]
    returns: int = Field(description="How often it came back as not mine.")
    precedent: str | None
    is_locked: bool = Field(description="A ruling stands behind it: it cannot come back as not mine.")
    colour: str = Field(default="none", description="As timed supervision sees it now: green, yellow, red, grey, none.")
    limit_amount: float | None
    limit_unit: str | None
    paused_since: datetime | None = Field(description="Suspended: the clock stands still since then.")
    tier: int | None = Field(description="The level of the grid that holds the case, 1 is the widest.")
    tier_since: datetime | None
    held_by: BodyOut | None = Field(description="The body of the level that holds the case; null outside the grid.")
    filed_at: datetime | None
    dispatched_at: datetime | None
    taken_at: datetime | None = Field(description="When the lead unit opened it.")
    submitted_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None = Field(description="When it was voided, or joined to another case.")
    outcome: str | None
    is_self_solved: bool
    reworks: int = Field(description="How often a check found the result wanting.")
    reopens: int
    extensions: int
    suspensions: int
    appeals: int
    merged_into: str | None
    supporters: int = Field(description="Others who said the same, each known by an account or a sure contact.")
    unnamed_supporters: int = Field(description="Others of whom nothing is certain; counted to a limit.")
    missed_at: datetime | None = Field(description="The last deadline that it missed and left for another.")
    missed_by: str | None = Field(description="Who led it when it missed that one.")
    missed_until: datetime | None = Field(description="When it left that one, or was closed behind it.")
    late_at: datetime | None = Field(
        description="The next deadline that it can miss: behind it the case is overdue. None while no clock of it runs."
    )
    waits_for: list[str] | None = Field(
        default=None, description="In a work list: the acts that the reader is waited for."
    )


class CasePage(BaseModel):
    """A page of cases; `next` goes into `cursor` for the page behind it."""

    items: list[CaseOut]
    next: str | None


class BatchBody(BaseModel):
    """Many reports; a fault in one hinders no other."""

    model_config = ConfigDict(extra="forbid")

    reports: list[Any]


class RowAnswer(BaseModel):
    """What became of one row of a batch: its status, and its answer or its problem."""

    row: int
    id: str | None
    status: int
    answer: ReportAnswer | None = None
    problem: dict[str, Any] | None = None


class BatchAnswer(BaseModel):
    """An answer for each row, in their order."""

    rows: list[RowAnswer]
    created: int
    repeated: int
    refused: int


class LogIn(BaseModel):
    """A log-in."""

    login: str = Field(max_length=64, pattern=PLAIN)
    password: str = Field(max_length=200, pattern=PLAIN)


class AccountOut(BaseModel):
    """Who is logged in."""

    login: str
    name: str
    role: str = Field(description="The widest of the roles, for display.")
    cells: list[str] | None
    permissions: list[str] = Field(description="What the person may do somewhere; how far, each route decides.")
