"""All-clear check-ins: nothing to report, said from inside the unit."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Conn, Now, require, store_of
from api.schemas.reports import PLAIN, Accuracy, Datum, Latitude, Longitude, Moment
from spatial.patrol.check_in import CheckIn, check_in
from spatial.people.accounts import Account
from spatial.store.events import wake

router = APIRouter(prefix="/api/v1", tags=["patrol"])
CheckingIn = Annotated[Account, Depends(require("check_in"))]
_ASSUMED_ACCURACY_M = 20.0  # what a grid officer's phone has outdoors


class CheckInBody(BaseModel):
    """A check-in, as a phone sends it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(description="Made by the sender; the same id again is answered with the first answer.")
    unit: str = Field(max_length=32, pattern=PLAIN, description="The unit that is said to be all clear.")
    lon: Longitude
    lat: Latitude
    accuracy_m: Accuracy | None = Field(default=None, description="Radius in metres; null: 20 m are assumed.")
    datum: Datum = "wgs84"
    captured_at: Moment


class CheckInOut(BaseModel):
    """Whether it counts, and why; `located_in` is null outside the city."""

    counts: bool
    reason: str
    located_in: str | None


@router.post("/checkins")
def post_check_in(
    body: CheckInBody, conn: Conn, asking: CheckingIn, now: Now, request: Request, after: BackgroundTasks
) -> CheckInOut:
    """Say that a unit is all clear. It counts when the position lies in the unit and the unit is yours."""
    given = body.model_dump()
    if body.accuracy_m is None:
        given["accuracy_m"] = _ASSUMED_ACCURACY_M
    said = CheckIn(**given)
    answer = check_in(conn, account_id=asking.id, reach=asking.reach_for("check_in"), said=said, now=now)
    after.add_task(wake, store_of(request).app)
    return CheckInOut(counts=answer.counts, reason=answer.reason, located_in=answer.located_in)
