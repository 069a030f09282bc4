"""What the routes of figures, weights, call-backs and evaluations say and are told."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.act_shapes import Words
from spatial.cases.evaluation.fragmentation import Fragments, Handed
from spatial.cases.evaluation.indicators import CAUSES, INDICATORS, Ratio, percent, say
from spatial.cases.evaluation.scores import Excluded, Score, Scores


class RatioOut(BaseModel):
    """A figure. `percent` is null and `text` is 无 where there is nothing to divide by; `excluded` does not count."""

    numerator: float
    denominator: float
    percent: float | None
    text: str
    excluded: int

    @classmethod
    def of(cls, ratio: Ratio) -> Self:
        """The figure as it is told."""
        told = percent(ratio.rate)
        return cls(
            numerator=float(ratio.numerator), denominator=float(ratio.denominator), text=say(ratio.rate),
            percent=None if told is None else float(told), excluded=ratio.excluded,
        )  # fmt: skip


class ScoreOut(BaseModel):
    """A group's figures; `key` null: nobody's. `score` is null where less than half of the weight could be judged.

    `three_rates` weighs response, resolution and satisfaction together (三率), null likewise.
    """

    key: str | None
    part: date | None
    name: str
    name_zh: str
    figures: dict[str, RatioOut]
    score: float | None
    grade: str | None
    grade_zh: str | None
    left_out: list[str]
    three_rates: float | None

    @classmethod
    def of(cls, one: Score) -> Self:
        """The group as it is told, with every indicator."""
        grade, score = one.mark.grade, one.mark.score
        return cls(
            key=one.key, part=one.part, name=one.name, name_zh=one.name_zh,
            figures={key: RatioOut.of(one.ratio(key)) for key in INDICATORS},
            score=None if score is None else float(score), grade=grade.name if grade else None,
            grade_zh=grade.name_zh if grade else None, left_out=list(one.mark.left_out),
            three_rates=None if one.three_rates.score is None else float(one.three_rates.score),
        )  # fmt: skip


class IndicatorOut(BaseModel):
    """What an indicator divides by what."""

    key: str
    name: str
    name_zh: str
    formula: str
    formula_zh: str
    better: str


class CauseOut(BaseModel):
    """Why so many cases are listed and do not count."""

    cause: str
    name: str
    name_zh: str
    cases: int


class ScoresOut(BaseModel):
    """The figures of a period, from `since` to `until` (the last day that counts), by group and for all together."""

    by: str
    since: date
    until: date
    indicators: list[IndicatorOut]
    items: list[ScoreOut]
    totals: list[ScoreOut]
    excluded: list[CauseOut]
    next: str | None

    @classmethod
    def of(cls, found: Scores, rows: list[Score], more: str | None) -> Self:
        """Some of the groups, with what is told once."""
        return cls(
            by=found.asked.by, since=found.asked.span.first, until=found.asked.span.last,
            indicators=[IndicatorOut(**{k: getattr(one, k) for k in IndicatorOut.model_fields})
                        for one in INDICATORS.values()],
            items=[ScoreOut.of(row) for row in rows], totals=[ScoreOut.of(row) for row in found.totals],
            excluded=[CauseOut(cause=cause, name=CAUSES[cause][0], name_zh=CAUSES[cause][1], cases=cases)
                      for cause, cases in found.causes.items()],
            next=more,
        )  # fmt: skip


class BehindOut(BaseModel):
    """One thing that a figure counts: a case, or for coverage a unit (`cell`) on the day that began `at`."""

    case_no: str | None
    cell: str | None
    at: datetime
    key: str | None
    unit: str | None
    source: str | None
    category: str | None
    numerator: float
    denominator: float
    cause: str | None


class BehindPage(BaseModel):
    """The cases behind a figure; `next` goes into `cursor`."""

    items: list[BehindOut]
    next: str | None


class ExcludedOut(BaseModel):
    """A case that is listed and does not count, and why."""

    case_no: str
    cause: str
    cause_name: str
    cause_name_zh: str
    at: datetime
    unit: str | None
    source: str
    category: str | None

    @classmethod
    def of(cls, one: Excluded) -> Self:
        """The case with its cause in words."""
        name, name_zh = CAUSES[one.cause]
        return cls(**vars(one), cause_name=name, cause_name_zh=name_zh)


class ExcludedPage(BaseModel):
    """Some cases that do not count; `next` goes into `cursor`."""

    items: list[ExcludedOut]
    next: str | None


class FragmentsOut(BaseModel):
    """How a unit's cases wander; hours are the clock's, null where nothing was opened."""

    key: str
    name: str
    name_zh: str
    cases: int
    dispatches: int
    returned: int
    returned_text: str
    hand_overs: float
    opening_hours: float | None
    acceptance_hours: float | None

    @classmethod
    def of(cls, one: Fragments) -> Self:
        """The unit as it is told."""
        hours = {name: getattr(one, name) for name in ("hand_overs", "opening_hours", "acceptance_hours")}
        told = {name: None if value is None else round(float(value), 2) for name, value in hours.items()}
        same = {name: getattr(one, name) for name in ("key", "name", "name_zh", "cases", "dispatches", "returned")}
        return cls(**same, **told, returned_text=say(one.returned_share))  # type: ignore[arg-type]


class HandedOut(BaseModel):
    """A dispatch to a unit; `hands` is through how many its case went, hours are null where it was not opened."""

    case_no: str
    at: datetime
    unit: str
    hands: int
    is_returned: bool
    opening_hours: float | None
    acceptance_hours: float | None

    @classmethod
    def of(cls, one: Handed) -> Self:
        """The dispatch as it is told, hours to the hundredth."""
        hours = {name: getattr(one, name) for name in ("opening_hours", "acceptance_hours")}
        told = {name: None if value is None else round(float(value), 2) for name, value in hours.items()}
        return cls(**(vars(one) | told))


class HandedPage(BaseModel):
    """The dispatches behind a unit's figures; `next` goes into `cursor`."""

    items: list[HandedOut]
    next: str | None


class FragmentsPage(BaseModel):
    """All units within reach; `next` is always null."""

    items: list[FragmentsOut]
    next: str | None


Weight = Annotated[Decimal, Field(ge=0, le=1000, allow_inf_nan=False)]


class GradeBody(BaseModel):
    """A grade and the score from which on it is given."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    name_zh: Annotated[str, Field(min_length=1, max_length=64)]
    at_least: Annotated[Decimal, Field(ge=0, le=100, allow_inf_nan=False)]


class WeightsBody(BaseModel):
    """New weights by dimension and indicator, new grades, or both; a dimension that is not named keeps its own."""

    model_config = ConfigDict(extra="forbid")
    weights: dict[str, dict[str, Weight]] = Field(default_factory=dict, max_length=8)
    grades: list[GradeBody] | None = Field(default=None, max_length=20)


class WeightsOut(BaseModel):
    """The weights in force and the grades, best first."""

    weights: dict[str, dict[str, float]]
    grades: list[dict[str, str | float]]


class ScoreBody(BaseModel):
    """Points for one side of a closed case."""

    model_config = ConfigDict(extra="forbid")
    subject: Literal["result", "department", "report"]
    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    words: Words | None = None


class MarkBody(BaseModel):
    """A demand is unreasonable, or it is not after all; why."""

    model_config = ConfigDict(extra="forbid")
    is_unreasonable: bool
    reason: Words


class SettleBody(BaseModel):
    """What becomes of a result of which its citizen was dissatisfied again, and why; told to him where it stays so."""

    model_config = ConfigDict(extra="forbid")
    outcome: Literal["reopen", "stays_closed"]
    reason: Words


class EvaluationOut(BaseModel):
    """Points that a side was given; `cycle` counts the reopenings before."""

    cycle: int
    subject: str
    score: int
    at: datetime
    unit: str | None


class CallBackOut(BaseModel):
    """A call-back; `led_to` is nothing, reopened or supervisor, and there `settled_as` reopen or stays_closed."""

    case_no: str
    ordinal: int
    cycle: int
    at: datetime
    spoken_by: str
    verdict: str
    outcome: str | None
    led_to: str
    settled_at: datetime | None
    settled_as: str | None
    unit: str | None
    is_unreasonable: bool


class CallBackPage(BaseModel):
    """Some call-backs; `next` goes into `cursor`."""

    items: list[CallBackOut]
    next: str | None


class SpokenOut(BaseModel):
    """Words of a call-back or an evaluation; null for who may not read words there."""

    act: str
    text: str | None
    at: datetime


class EvaluationsOut(BaseModel):
    """All that was said of a case's result, from every side; `missing` is what its evaluation still needs.

    `cycle` counts the reopenings so far: what carries a lower one was said of an earlier closing.
    """

    case_no: str
    state: str
    cycle: int
    call_backs: list[CallBackOut]
    scores: list[EvaluationOut]
    words: list[SpokenOut]
    missing: list[str]
    may_score: list[str]
