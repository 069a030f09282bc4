"""The acts behind the handling: the citizen is contacted, called back, settled with; evaluation; and whom to call."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.act_shapes import Act, Words

Points = Annotated[int, Field(ge=1, le=5, strict=True)]


class ContactCitizen(Act):
    """The unit has spoken with the citizen who reported it."""

    act: Literal["contact_citizen"]
    note: Words | None = None


class CallBack(Act):
    """Tell what the citizen says of the result, or that he was not reached."""

    act: Literal["call_back"]
    verdict: Literal["satisfied", "dissatisfied", "not_reached"]
    outcome: Literal["fixed", "not_fixed", "no_action_needed", "not_possible", "not_found"] | None = Field(
        default=None, description="By the citizen's word; needed where he was reached."
    )
    words: Words | None = None
    score: Points | None = Field(default=None, description="The citizen's points for the result.")


class Evaluate(Act):
    """Say that everybody has said what must be said."""

    act: Literal["evaluate"]


class SettleCallBack(Act):
    """The supervisor's word where a citizen was dissatisfied again: the case is reopened, or it stays closed."""

    act: Literal["settle_call_back"]
    outcome: Literal["reopen", "stays_closed"]
    reason: Words = Field(description="Told to the citizen where it stays closed.")


ACTS = (ContactCitizen, CallBack, Evaluate, SettleCallBack)
CallingAct = ContactCitizen | CallBack | Evaluate | SettleCallBack


class ToCallOut(BaseModel):
    """A closed case whose citizen is to be asked: `missed` of `attempts` tries reached nobody.

    A try that reaches nobody again counts from `again_at` on; null is now. `outcome` is by the unit's word.
    """

    case_no: str
    category: str | None
    source: str
    cell: str | None
    lead: str | None
    outcome: str | None
    closed_at: datetime
    text: str | None
    missed: int
    attempts: int
    last_at: datetime | None
    again_at: datetime | None


class ToCallPage(BaseModel):
    """Some of those to call; `next` goes into `cursor`."""

    items: list[ToCallOut]
    next: str | None
