"""Sorting a text into a matter, what people chose otherwise, and the card of the model."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Conn, Now, require
from api.schemas.reports import PLAIN, AnyMoment
from spatial.cases.drafts import TEXT_LIMIT
from spatial.cases.sorting.district_models import get_card, train_sorting
from spatial.cases.sorting.overrides import Override, Period, count_overrides, list_overrides
from spatial.cases.sorting.sorter import Sorted, read_sorter, sort_text
from spatial.errors import Forbidden, Invalid
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/sorting", tags=["governance"])
District = Annotated[str, Field(max_length=32, pattern="^[0-9A-Za-z._-]*$")]
Clerk = Annotated[Account, Depends(require("sort"))]
Reader = Annotated[Account, Depends(require("read_governance"))]
Trainer = Annotated[Account, Depends(require("train_sorting"))]


class TextBody(BaseModel):
    """What is to be sorted; `district` names whose model, '' is the whole city's."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=TEXT_LIMIT, pattern=PLAIN)
    district: District = ""


class TrainingBody(BaseModel):
    """Whose cases are learned from; '' is the whole city's."""

    model_config = ConfigDict(extra="forbid")

    district: District = ""


class SuggestionOut(BaseModel):
    """A matter and how likely it is."""

    matter: str
    confidence: float


class SortedOut(BaseModel):
    """What sorting says. Without `is_sure`, a clerk decides. `by` is model, keywords or nobody."""

    category: str | None
    confidence: float
    by: str
    is_sure: bool
    second: SuggestionOut | None

    @classmethod
    def of(cls, said: Sorted) -> "SortedOut":
        """The answer for what was said."""
        return cls(**asdict(said))


class OverridePage(BaseModel):
    """Overrides newest first; `next` goes into `cursor`."""

    items: list[dict[str, Any]]
    next: str | None


@router.post("")
def sort(body: TextBody, conn: Conn, now: Now, asking: Clerk) -> SortedOut:
    """The matter that a text seems to be about, and the next likely one. Keeps nothing."""
    return SortedOut.of(sort_text(read_sorter(conn, body.district), body.text, at=now))


@router.get("/model")
def model_card(conn: Conn, asking: Reader, district: Annotated[str, Query(max_length=32)] = "") -> dict[str, Any]:
    """The card of the model that sorts for a district: when and from how many cases it learned, and its measures."""
    return asdict(get_card(conn, district=district))


@router.post("/model", status_code=201)
def train(body: TrainingBody, conn: Conn, now: Now, asking: Trainer) -> dict[str, Any]:
    """Train a model from the confirmed cases; it sorts from then on. Takes seconds."""
    if not asking.reach_for("train_sorting").covers([body.district]):
        raise Forbidden("your posting does not reach all cases that this model would learn from")
    return asdict(train_sorting(conn, district=body.district, now=now, actor=asking.sender))


@router.get("/overrides")
def overrides(
    conn: Conn,
    asking: Reader,
    matter: Annotated[str | None, Query(max_length=64, description="Suggested or chosen.")] = None,
    since: AnyMoment | None = None,
    until: AnyMoment | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str | None = None,
) -> OverridePage:
    """Each time somebody chose another matter than sorting, of the cases within one's reach."""
    found = list_overrides(
        conn, reach=asking.reach_for("read_governance"), matter=matter, period=Period(since, until),
        limit=limit + 1, behind=_read_cursor(cursor),
    )  # fmt: skip
    more = _write_cursor(found[limit - 1]) if len(found) > limit else None
    return OverridePage(items=[asdict(one) for one in found[:limit]], next=more)


@router.get("/overrides/counts")
def override_counts(
    conn: Conn, asking: Reader, since: AnyMoment | None = None, until: AnyMoment | None = None
) -> dict[str, Any]:
    """How many cases say which matter in place of which, the most frequent first; a case sorted twice counts once."""
    found = count_overrides(conn, reach=asking.reach_for("read_governance"), period=Period(since, until))
    return {"items": [asdict(one) for one in found], "total": sum(one.times for one in found)}


def _write_cursor(last: Override) -> str:
    return urlsafe_b64encode(f"{last.at.isoformat()} {last.case_no}".encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[datetime, str] | None:
    if text is None:
        return None
    try:
        moment, case_no = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(" ")
        return datetime.fromisoformat(moment), case_no
    except ValueError:
        raise Invalid("cursor is not one that a list gave out; leave it away to begin", field="cursor") from None
