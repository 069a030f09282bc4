"""The shapes of whistles on the wire. Longitude first, metres, moments with an offset."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from api.schemas.act_shapes import Code, Unit, Words
from api.schemas.conferences import Name
from api.schemas.reports import Latitude, Longitude, Moment
from api.speaking import speaks_for
from spatial.cases.conferences.arrivals import SAYS
from spatial.cases.conferences.whistle_list import Whistle
from spatial.cases.conferences.whistles import ReportIn, WhistleDraft
from spatial.grid.datum import to_wgs84
from spatial.people.accounts import Account

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TypeBody(_Body):
    """What a street may whistle for, and how soon the called must be there."""

    ordinal: Annotated[int, Field(ge=1, le=999)]
    name: Name
    name_zh: Annotated[str, Field(max_length=100)] = ""
    limit_amount: Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=3, allow_inf_nan=False)]
    limit_unit: Literal["urgent_hour", "working_hour", "working_day", "calendar_day"]
    is_in_use: bool = True


class TypeOut(TypeBody):
    """A type."""

    code: str


class WhistleBody(_Body):
    """Call units to a place; `radius_m` null: anywhere in the unit of that position. `street` null: by posting."""

    type: Code
    units: list[Unit] = Field(min_length=1, max_length=20)
    what: Words
    lon: Longitude
    lat: Latitude
    datum: Datum = "wgs84"
    radius_m: Annotated[float, Field(gt=0, le=20_000, allow_inf_nan=False)] | None = None
    place: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    wanted_at: Moment | None = None
    case_no: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    street: Unit | None = None

    def draft(self, street: str) -> WhistleDraft:
        """The domain's value, called by a street."""
        lon, lat = to_wgs84(self.lon, self.lat, self.datum)
        return WhistleDraft(
            type=self.type, street=street, units=tuple(self.units), what=self.what, lon=float(lon), lat=float(lat),
            radius_m=self.radius_m, place=self.place, wanted_at=self.wanted_at, case_no=self.case_no,
        )  # fmt: skip


class ReportInBody(_Body):
    """A unit is there, says the phone."""

    unit: Unit
    lon: Longitude
    lat: Latitude
    datum: Datum = "wgs84"
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
    captured_at: Moment

    def said(self) -> ReportIn:
        """The domain's value."""
        lon, lat = to_wgs84(self.lon, self.lat, self.datum)
        return ReportIn(self.unit, float(lon), float(lat), self.accuracy_m, self.captured_at)


class ResultBody(_Body):
    """The joint result; `released` are called units that are not needed any more."""

    outcome: Annotated[str, Field(max_length=16, examples=["solved", "partly_solved", "not_solved"])]
    result: Words
    released: list[Unit] = Field(default=[], max_length=20)


class WithdrawBody(_Body):
    """Nobody is needed any more."""

    reason: Words


class ScoreBody(_Body):
    """What one side says of the other."""

    by: Unit
    about: Unit
    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    note: Note = ""


class ArrivalOut(BaseModel):
    """Whether a report-in counts, and why."""

    counts: bool
    why: str
    distance_m: float

    @computed_field(description="The sentence behind `why`.")  # type: ignore[prop-decorator]
    @property
    def says(self) -> str:
        """The sentence behind `why`."""
        return SAYS.get(self.why, self.why)


class CallOut(BaseModel):
    """A called unit: green in time, red late or absent, grey while expected or when it was released before."""

    unit: str
    due_at: datetime
    arrived_at: datetime | None
    released_at: datetime | None
    colour: str
    was_due: bool
    is_expected: bool


class HeardOut(ArrivalOut):
    """A report-in as it was said."""

    unit: str
    at: datetime
    captured_at: datetime
    lon: float
    lat: float
    accuracy_m: float


class ScoreOut(BaseModel):
    """What one side said of the other."""

    by_unit: str
    about: str
    score: int
    note: str
    at: datetime


class PairOut(BaseModel):
    """Who scores whom."""

    by: str
    about: str


class MayOut(BaseModel):
    """What you may do: report in for these units, end it, score for these pairs."""

    report_in: list[str]
    end: bool
    score: list[PairOut]


class WhistleOut(BaseModel):
    """A whistle; words are empty for who reads no texts. `is_due_by_limit`: wanted sooner than the type's limit.

    `raised_by_name` is null where no official raised it.
    """

    id: int
    type: str
    type_name: str
    type_name_zh: str
    case_no: str | None
    street: str
    what: str
    place: str
    lon: float
    lat: float
    radius_m: float | None
    unit: str
    raised_at: datetime
    raised_by: str
    raised_by_name: str | None
    wanted_at: datetime | None
    due_at: datetime
    is_due_by_limit: bool
    state: str
    outcome: str | None
    result: str
    closed_at: datetime | None
    calls: list[CallOut]
    report_ins: list[HeardOut]
    scores: list[ScoreOut]
    may: MayOut

    @classmethod
    def of(cls, one: Whistle, asking: Account, names: Mapping[str, str]) -> "WhistleOut":
        """The answer for a whistle, as one account sees it; `names` are those of officials, by account."""
        by_limit = one.wanted_at is not None and one.wanted_at < one.due_at
        name = names.get(one.raised_by)
        return cls(**asdict(one), raised_by_name=name, is_due_by_limit=by_limit, may=_may(one, asking))


def scoring_permission(asking: Account, by: str) -> str | None:
    """By which permission an account scores for a unit: as who whistled, or as who was called; None by neither."""
    return next((one for one in ("whistle", "report_in") if speaks_for(asking, one, by)), None)


def _may(one: Whistle, asking: Account) -> MayOut:
    is_raised, waited = one.state == "raised", [call.unit for call in one.calls if call.is_expected]
    hears = asking.reach_for("report_in").covers(one.tags)
    given = {(score.by_unit, score.about) for score in one.scores}
    due = [call.unit for call in one.calls if call.was_due]
    pairs = [pair for unit in due for pair in ((one.street, unit), (unit, one.street))]
    return MayOut(
        report_in=[unit for unit in waited if hears and speaks_for(asking, "report_in", unit)],
        end=is_raised and asking.reach_for("whistle").covers(one.tags),
        score=[
            PairOut(by=by, about=about)
            for by, about in pairs
            if one.state == "resolved" and (by, about) not in given and _scores(asking, by, one.tags)
        ],
    )


def _scores(asking: Account, by: str, tags: tuple[str, ...]) -> bool:
    permission = scoring_permission(asking, by)
    return permission is not None and asking.reach_for(permission).covers(tags)
