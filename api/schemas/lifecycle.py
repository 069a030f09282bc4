"""The bodies of the acts that bring a case through its steps; what an act does not know is refused."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.act_shapes import Act, Code, Standard, Unit, Words
from api.schemas.reports import Moment, Pictures, Sha256

Photos = Annotated[
    list[Sha256], Field(min_length=1, max_length=10, description="Names of photos that were put before.")
]
Phase = Literal["ask", "approve", "refuse"]


class Void(Act):
    """End what is none of a case."""

    act: Literal["void"]
    reason: Words


class AskCheck(Act):
    """Ask whoever is near to look whether the report is so."""

    act: Literal["ask_check"]
    note: Words


class VerifyReport(Act):
    """Tell what a look at the place has shown of the report."""

    act: Literal["verify_report"]
    is_true: Annotated[bool, Field(strict=True)]
    note: Words
    photos: Pictures = []


class HandleOwn(Act):
    """Set about it at the own level."""

    act: Literal["handle_own"]


class SolveOwn(Act):
    """Close what the own level has solved, without a hand-over."""

    act: Literal["solve_own"]
    how: Words
    photos_after: Photos


class HandOver(Act):
    """File what the own level cannot solve alone."""

    act: Literal["hand_over"]
    reason: Words
    standard: Standard | None = None


class Escalate(Act):
    """Pass the case to the next wider level."""

    act: Literal["escalate"]
    reason: Words
    standard: Standard | None = Field(default=None, description="Needed where the own level lets go of it.")


class OrderDown(Act):
    """Order the case down to the next narrower level."""

    act: Literal["order_down"]
    reason: Words


class Receive(Act):
    """Open what the unit was handed."""

    act: Literal["receive"]


class Submit(Act):
    """Tell and show what became of the case."""

    act: Literal["submit"]
    outcome: Literal["fixed", "not_fixed", "no_action_needed", "not_possible", "not_found"] = "fixed"
    photos_after: Photos
    note: Words | None = Field(default=None, description="Needed for any outcome but fixed.")


class FinishTask(Act):
    """An assisting unit has done its part."""

    act: Literal["finish_task"]
    unit: Unit | None = None
    note: Words | None = None


class AssignTask(Act):
    """The lead unit gives another one a part."""

    act: Literal["assign_task"]
    unit: Unit
    due_at: Moment | None = Field(default=None, description="Not behind the case's own deadline, which is the default.")
    is_mandatory: Annotated[bool, Field(strict=True)] = True
    note: Words | None = None


class RevokeTask(Act):
    """The lead unit takes back a part that it gave, or whoever may dispatch the case any part of it."""

    act: Literal["revoke_task"]
    unit: Unit
    note: Words | None = Field(default=None, description="Needed where the lead unit did not give the part.")


class VerifyResult(Act):
    """Close a case whose closing condition is met, or send it back to the same unit."""

    act: Literal["verify_result"]
    passed: Annotated[bool, Field(strict=True)]
    reason: Words | None = Field(default=None, description="Needed where the check failed.")


class Extend(Act):
    """Ask for one original limit more, or decide what was asked."""

    act: Literal["extend"]
    phase: Phase
    reason: Words


class Suspend(Act):
    """Ask that the clock stands until a moment, or decide it."""

    act: Literal["suspend"]
    phase: Phase
    reason: Words
    until: Moment | None = Field(default=None, description="Needed to ask; at most a year away.")


class Resume(Act):
    """Let the clock run on."""

    act: Literal["resume"]
    reason: Words


class Appeal(Act):
    """Say that a delay was not the unit's doing, or decide it; two people approve, one after the other."""

    act: Literal["appeal"]
    phase: Phase
    reason: Words


class AskHelp(Act):
    """The lead unit asks for a joint conference, which follows once the deadline has passed."""

    act: Literal["ask_help"]
    note: Words


class Reopen(Act):
    """Take up again what is not done."""

    act: Literal["reopen"]
    reason: Words


class Merge(Act):
    """Join the case to another about the same thing."""

    act: Literal["merge"]
    into: Code
    reason: Words


class Split(Act):
    """Take a joined case apart again."""

    act: Literal["split"]
    reason: Words


ACTS = (
    Void, AskCheck, VerifyReport, HandleOwn, SolveOwn, HandOver, Escalate, OrderDown, Receive, Submit, FinishTask,
    AssignTask, RevokeTask, VerifyResult, Extend, Suspend, Resume, Appeal, AskHelp, Reopen, Merge, Split,
)  # fmt: skip
LifecycleAct = (
    Void | AskCheck | VerifyReport | HandleOwn | SolveOwn | HandOver | Escalate | OrderDown | Receive | Submit
    | FinishTask | AssignTask | RevokeTask | VerifyResult | Extend | Suspend | Resume | Appeal | AskHelp | Reopen
    | Merge | Split
)  # fmt: skip
