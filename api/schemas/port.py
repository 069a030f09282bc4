"""The shapes of the one port: duplicates that are suggested, support, status pages, the outbox, webhooks."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.reports import Accuracy, Datum, Latitude, Longitude, Pictures
from spatial.cases.drafts import TEXT_LIMIT
from spatial.cases.port.counting import can_confirm
from spatial.cases.port.duplicates import Candidate
from spatial.cases.port.outbox import Message
from spatial.cases.port.sentences import STEPS, say
from spatial.cases.port.status import Status
from spatial.cases.port.suggesting import By

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


class SuggestBody(BaseModel):
    """What somebody is about to report."""

    model_config = ConfigDict(extra="forbid")

    lon: Longitude
    lat: Latitude
    accuracy_m: Accuracy | None = None
    datum: Datum = "wgs84"
    category: str | None = Field(default=None, max_length=64)
    text: str = Field(default="", max_length=TEXT_LIMIT, description="Sorted where no category is named.")


class SuggestionOut(BaseModel):
    """An open case that may be the same; nothing of who reported it, and the distance to ten metres only."""

    case_no: str
    category: str | None
    distance_m: int
    age_seconds: int
    supporters: int
    unnamed_supporters: int
    step: str
    state: str
    by: By = Field(description="The class as named, as sorted from the words, or nearness in place and time alone.")

    @classmethod
    def of(cls, one: Candidate, now: datetime, *, by: By) -> "SuggestionOut":
        """The answer for a candidate."""
        return cls(
            case_no=one.case_no, category=one.category, distance_m=int(round(one.likeness.distance_m, -1)),
            age_seconds=max(0, int((now - one.received_at).total_seconds())), supporters=one.supporters,
            unnamed_supporters=one.unnamed_supporters, step=one.step, state=one.state, by=by,
        )  # fmt: skip


class SuggestionList(BaseModel):
    """The likeliest first; `category` is the class that was looked for, None for any."""

    category: str | None
    by: By
    items: list[SuggestionOut]


class EvidenceOut(BaseModel):
    """An open case that may be the same, with the evidence, for whoever may merge."""

    case_no: str
    category: str | None
    state: str
    received_at: datetime
    supporters: int
    unnamed_supporters: int
    distance_m: float
    combined_m: float = Field(description="The 68 % radius of both positions together.")
    fit: float = Field(description="The chance of so wide a distance between two positions of one place.")
    apart_seconds: int
    same_category: bool | None
    words: float = Field(description="Shared runs of two characters, from 0 to 1.")
    same_photo: bool
    score: float

    @classmethod
    def of(cls, one: Candidate) -> "EvidenceOut":
        """The answer for a candidate."""
        like = one.likeness
        return cls(
            case_no=one.case_no, category=one.category, state=one.state, received_at=one.received_at,
            supporters=one.supporters, unnamed_supporters=one.unnamed_supporters,
            distance_m=round(like.distance_m, 1), combined_m=round(like.combined_m, 1),
            fit=round(like.fit, 4), apart_seconds=int(like.apart.total_seconds()), same_category=like.same_category,
            words=round(like.words, 3), same_photo=like.same_photo, score=round(like.score, 4),
        )  # fmt: skip


class EvidenceList(BaseModel):
    """The likeliest first."""

    items: list[EvidenceOut]


class SupportBody(BaseModel):
    """Somebody says: me too, here. The same id again is answered the same."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    lon: Longitude
    lat: Latitude
    accuracy_m: Accuracy | None = None
    datum: Datum = "wgs84"
    category: str | None = Field(default=None, max_length=64)
    text: str = Field(default="", max_length=TEXT_LIMIT)
    photos: Pictures = []
    reporter: dict[str, Any] | None = Field(default=None, description="Who to answer; kept apart and erasable.")


class SupportOut(BaseModel):
    """What became of a support; `counted` is false for somebody who was counted before, or is one too many unnamed.

    `supporters` are known by an account or a contact that is certain; of the unnamed nothing is.
    """

    case_no: str
    supporters: int
    unnamed_supporters: int
    counted: bool
    status_url: str | None = Field(description="None for whoever gives the contact of him who reported the case.")


class AlsoSaidOut(BaseModel):
    """What somebody else said about a case, masked; of him nothing but whether it is certain who he is."""

    case_no: str = Field(description="The case that he knows: another one where that was merged into this.")
    part: str = Field(description="reporter of that case, repeat of an own report, or supporter.")
    at: datetime
    is_known: bool
    text: str | None
    photos: list[str]


class AlsoSaidPage(BaseModel):
    """In the order in which they asked; `next` goes into `cursor`."""

    items: list[AlsoSaidOut]
    next: str | None


class Words(BaseModel):
    """A sentence in both languages."""

    en: str
    zh: str

    @classmethod
    def of(cls, pair: tuple[str, str]) -> "Words":
        """From English and Chinese."""
        return cls(en=pair[0], zh=pair[1])


class AnswerOut(BaseModel):
    """One answer, said with its facts; `words` are the centre's own reason, with numbers and addresses masked."""

    kind: str
    at: datetime
    says: Words
    facts: dict[str, str] = Field(description="unit, unit_zh, due_at, until, into, outcome: what the sentence names.")
    words: str


class StatusOut(BaseModel):
    """Where a case stands, for whoever holds its secret link: no words of citizens, no position, no person."""

    case_no: str
    handled_under: str = Field(description="Another number where the case was joined with one.")
    part: str
    category: Words | None
    step: str
    step_says: Words
    state: str
    received_at: datetime
    due_at: datetime | None = Field(description="Only where it is fixed.")
    closed_at: datetime | None
    outcome: str | None
    supporters: int
    unnamed_supporters: int = Field(description="Said the same, and nothing is certain of them; counted to a limit.")
    can_confirm: bool = Field(description="The link came by mail; its holder can confirm that the address is his.")
    lead: Words | None
    answers: list[AnswerOut]

    @classmethod
    def of(cls, one: Status, *, zone: ZoneInfo) -> "StatusOut":
        """The answer for a status, moments in its sentences in the city's time."""
        return cls(
            case_no=one.case_no, handled_under=one.handled_under, part=one.asked.part,
            category=one.category and Words.of(one.category), step=one.step, step_says=Words.of(STEPS[one.step]),
            state=one.state, received_at=one.received_at, due_at=one.due_at, closed_at=one.closed_at,
            outcome=one.outcome, supporters=one.supporters, unnamed_supporters=one.unnamed_supporters,
            can_confirm=can_confirm(one.asked), lead=one.lead and Words.of(one.lead),
            answers=[
                AnswerOut(kind=a.kind, at=a.at, says=Words.of(say(a.kind, a.facts, zone=zone)), facts=a.facts,
                          words=a.words) for a in one.answers
            ],
        )  # fmt: skip


class MessageOut(BaseModel):
    """A message of the outbox; to whom it goes is not told."""

    id: int
    message: str
    case_no: str
    channel: str
    target: str | None
    kind: str
    written_at: datetime
    next_at: datetime
    attempts: int
    state: str
    settled_at: datetime | None
    fault: str

    @classmethod
    def of(cls, one: Message) -> "MessageOut":
        """The answer for a message."""
        return cls(**vars(one))


class OutboxPage(BaseModel):
    """Messages, newest first, with the outbox in figures; `next` goes into `cursor`."""

    waiting: int
    sent: int
    dead: int
    oldest_waiting: datetime | None
    items: list[MessageOut]
    next: str | None


class WaitingAgain(BaseModel):
    """How many messages wait again that had been given up."""

    messages: int


class WebhookBody(BaseModel):
    """A webhook to register."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    url: str = Field(max_length=500, examples=["https://hotline.example/hooks/gridmaps"])


class WebhookMade(BaseModel):
    """A registered webhook; its secret is told this once."""

    code: str
    url: str
    secret: str


class RuleBody(BaseModel):
    """What counts as the same complaint for one class."""

    model_config = ConfigDict(extra="forbid")

    within_seconds: int = Field(gt=0, le=31 * 86400)
    floor_m: float = Field(gt=0, le=1000)
    least_fit: float = Field(default=0.05, gt=0, lt=1)
