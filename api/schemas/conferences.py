"""The shapes of conferences and their boards on the wire. Moments with an offset."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.act_shapes import Code, Unit, Words
from api.schemas.reports import PLAIN, Moment
from api.schemas.rulings import ScopeBody
from api.speaking import speaks_for
from spatial.cases.conferences.conference_list import Action, Conference
from spatial.cases.conferences.conferring import ActionDraft
from spatial.cases.conferences.deciding import DecisionDraft
from spatial.cases.conferences.opening import OpeningDraft
from spatial.cases.conferences.prospects import Prospect
from spatial.cases.conferences.seating import Member
from spatial.cases.disputes.scopes import ScopeDraft, read_area
from spatial.people.accounts import Account

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
LongWords = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BoardBody(_Body):
    """A board as the district wants it; `platforms` are those whose cases it gets when nobody chooses."""

    ordinal: Annotated[int, Field(ge=1, le=999)]
    name: Name
    name_zh: Annotated[str, Field(max_length=100, pattern=PLAIN)] = ""
    platforms: list[Code] = Field(default=[], max_length=20)
    is_default: bool = False
    is_in_use: bool = True


class BoardOut(BoardBody):
    """A board."""

    code: str


class TriggerBody(_Body):
    """Whether a trigger opens conferences by itself."""

    opens_itself: bool


class TriggerOut(TriggerBody):
    """What opens a conference."""

    code: str
    name: str
    name_zh: str


class MemberBody(_Body):
    """Who sits in a conference: a unit, a person, or a person for a unit."""

    unit: Unit | None = None
    person: Name | None = None

    def member(self) -> Member:
        """The domain's value."""
        return Member(self.unit, self.person)


class OpeningBody(_Body):
    """Open a conference; `reason` is needed by hand, `board` may be left to the case's platform."""

    case_no: Annotated[str, Field(min_length=1, max_length=32, pattern=PLAIN)]
    trigger: Annotated[str, Field(max_length=16, pattern=PLAIN, examples=["manual", "refusals", "help"])] = "manual"
    board: Code | None = None
    reason: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    members: list[MemberBody] = Field(default=[], max_length=50)

    def draft(self) -> OpeningDraft:
        """The domain's value."""
        members = tuple(one.member() for one in self.members)
        return OpeningDraft(self.case_no, self.trigger, self.board, self.reason, members)


class StandingOut(BaseModel):
    """A trigger that stands on a case, since when."""

    trigger: str
    since: datetime


class ProspectOut(BaseModel):
    """What stands for and against a conference on a case.

    One is opened where its state `admits` it and none is open: by a trigger that stands, or by hand with a reason.
    `refusing` of `enough` different units have refused it; help counts once `due_at` has passed, and asked by the lead.
    """

    case_no: str
    state: str
    admits: bool
    conference: int | None
    standing: list[StandingOut]
    refusing: int
    enough: int
    lead: str | None
    due_at: datetime | None
    help_by: str | None
    help_at: datetime | None

    @classmethod
    def of(cls, one: Prospect) -> "ProspectOut":
        """The answer for a case."""
        told = {name: getattr(one, name) for name in ("case_no", "state", "admits", "conference", "enough")}
        facts = {name: getattr(one.facts, name) for name in ("refusing", "lead", "due_at", "help_by", "help_at")}
        since = [StandingOut(trigger=trigger, since=at) for trigger, at in sorted(one.since.items())]
        return cls(**told, **facts, standing=since)


class MembersBody(_Body):
    """More members."""

    members: list[MemberBody] = Field(min_length=1, max_length=50)


class MinutesBody(_Body):
    """A sheet of minutes; `held_at` null: now, or that of the sheet which it corrects.

    `corrects` is the ordinal of an earlier sheet. Once the conference is over a sheet is a correction; null is then
    the newest that stands.
    """

    text: LongWords
    held_at: Moment | None = None
    corrects: Annotated[int, Field(ge=1, lt=2**15)] | None = None


class ActionBody(_Body):
    """What somebody is to do by when."""

    owner: Unit
    what: Words
    due_at: Moment

    def draft(self) -> ActionDraft:
        """The domain's value."""
        return ActionDraft(self.owner, self.what, self.due_at)


class DecisionBody(_Body):
    """Who leads, who assists, on which grounds. A `scope` makes it a ruling that leaves a precedent."""

    lead: Unit
    assisting: list[Unit] = Field(default=[], max_length=20)
    grounds: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]
    scope: ScopeBody | None = None
    actions: list[ActionBody] = Field(default=[], max_length=50)

    def draft(self) -> DecisionDraft:
        """The domain's value. Raises Invalid for an area that cannot be one."""
        scope = None
        if self.scope is not None:
            area = read_area(**self.scope.area.model_dump())
            scope = ScopeDraft(area, self.scope.matter, self.scope.attributes)
        actions = tuple(one.draft() for one in self.actions)
        return DecisionDraft(self.lead, tuple(self.assisting), self.grounds, scope, actions)


class EndBody(_Body):
    """End without a decision."""

    reason: Words


class ActionEndBody(_Body):
    """End an action."""

    state: Annotated[str, Field(examples=["done", "cancelled"], max_length=16)]
    note: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""


class MemberOut(BaseModel):
    """Who sits in a conference."""

    unit: str | None
    person: str | None


class MinutesOut(BaseModel):
    """A sheet of minutes; `text` is empty for who reads no texts, the name null for what no official wrote.

    `corrects` is the earlier sheet that it puts right, `corrected_by` the later one that stands in its place.
    """

    ordinal: int
    held_at: datetime
    text: str
    recorded_at: datetime
    recorded_by: str
    recorded_by_name: str | None
    corrects: int | None
    corrected_by: int | None


class ActionOut(BaseModel):
    """What somebody is to do by when; `is_late` when it was not done by then, `may_end` when you may say that it is."""

    ordinal: int
    owner: str
    what: str
    due_at: datetime
    state: str
    note: str
    ended_at: datetime | None
    is_late: bool
    may_end: bool


class ConferenceOut(BaseModel):
    """A conference; words are empty for who reads no texts, names null for what no official did."""

    id: int
    case_no: str
    case_state: str
    category: str | None
    board: str
    board_name: str
    board_name_zh: str
    trigger: str
    reason: str
    dispute: int | None
    state: str
    due_since: datetime
    opened_at: datetime
    opened_by: str
    opened_by_name: str | None
    lead: str | None
    assisting: list[str]
    grounds: str
    ruling: int | None
    precedent: str | None
    closed_at: datetime | None
    closed_by: str | None
    closed_by_name: str | None
    end_reason: str
    open_actions: int
    late_actions: int

    @classmethod
    def of(cls, one: Conference, names: Mapping[str, str]) -> "ConferenceOut":
        """The answer for a conference in a list; `names` are those of officials, by account."""
        by = {"opened_by_name": names.get(one.opened_by), "closed_by_name": names.get(one.closed_by or "")}
        same: dict[str, Any] = {name: getattr(one, name) for name in ConferenceOut.model_fields if name not in by}
        return cls(**same | by)


class WholeConference(ConferenceOut):
    """A conference with its members, minutes and actions; whether you may confer in it, and rule where it lies."""

    members: list[MemberOut]
    minutes: list[MinutesOut]
    actions: list[ActionOut]
    may_confer: bool
    may_rule: bool

    @classmethod
    def whole(cls, one: Conference, asking: Account, names: Mapping[str, str]) -> "WholeConference":
        """The answer for one conference; `names` are those of officials, by account."""
        confers = asking.reach_for("confer").covers(one.tags)
        return cls(
            **ConferenceOut.of(one, names).model_dump(),
            members=[MemberOut(**vars(member)) for member in one.members],
            minutes=[MinutesOut(**vars(sheet), recorded_by_name=names.get(sheet.recorded_by)) for sheet in one.minutes],
            actions=[_action(action, asking, confers) for action in one.actions],
            may_confer=confers,
            may_rule=asking.reach_for("rule").covers(one.tags),
        )


def actors_in(one: Conference) -> Iterator[str | None]:
    """Whoever did something in a conference, as he signed."""
    yield from (one.opened_by, one.closed_by)
    yield from (sheet.recorded_by for sheet in one.minutes)


def _action(one: Action, asking: Account, confers: bool) -> ActionOut:
    may_end = one.state == "open" and (confers or speaks_for(asking, "submit", one.owner))
    return ActionOut(**vars(one), may_end=may_end)


class DecidedOut(BaseModel):
    """What became of the case."""

    conference: int
    case_no: str
    state: str
    lead: str
    assisting: list[str]
    ruling: int | None
    precedent: str | None
