"""Sorting a text into a matter, what people chose otherwise, and the card of the model."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.cursors import foreign_cursor, read_cursor, write_cursor
from api.dependencies import Conn, Now, require
from api.schemas.reports import PLAIN, AnyMoment
from spatial.cases.drafts import TEXT_LIMIT
from spatial.cases.sorting.district_models import get_card, train_sorting
from spatial.cases.sorting.overrides import Override, OverrideCount, Period, count_overrides, list_overrides
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
    conn: Conn,
    asking: Reader,
    since: AnyMoment | None = None,
    until: AnyMoment | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=300, description="The `next` of the page before.")] = None,
) -> dict[str, Any]:
    """How many cases say which matter in place of which, the most frequent first; a case sorted twice counts once.

    `total` is that of all pages.
    """
    found = count_overrides(conn, reach=asking.reach_for("read_governance"), period=Period(since, until))
    total, behind = sum(one.times for one in found), _read_count(cursor)
    left = [one for one in sorted(found, key=_place) if behind is None or _place(one) > behind]
    more = write_cursor(*map(str, _place(left[limit - 1]))) if len(left) > limit else None
    return {"items": [asdict(one) for one in left[:limit]], "next": more, "total": total}


def _place(one: OverrideCount) -> tuple[int, str, str, str]:
    """Where a count stands: the most frequent first. Nothing was suggested: before those of which something was."""
    return -one.times, one.suggested or "", one.chosen, one.by


def _read_count(text: str | None) -> tuple[int, str, str, str] | None:
    if text is None:
        return None
    times, suggested, chosen, by = read_cursor(text, 4)
    if not (times[:1] == "-" and times[1:].isascii() and times[1:].isdigit() and len(times) < 19):
        raise foreign_cursor()
    return int(times), suggested, chosen, by


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
