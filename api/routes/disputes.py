"""The dispute desk's queue, one dispute, and the leader's list of a day; within the reach of who asks."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from api.answers import told_attributes, told_text
from api.dependencies import Conn, Now, require
from api.schemas.disputes import AlarmPage, DisputeOut, DisputePage, InterimOut, PlaceRef, RefusalOut
from api.schemas.reports import AnyDay
from spatial.cases.disputes.alarms import city_day
from spatial.cases.disputes.dispute_list import Dispute, DisputeFilter, get_dispute, list_disputes
from spatial.cases.matters.reading import is_matter
from spatial.errors import Invalid, NotFound
from spatial.grid.cells import is_cell
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/disputes", tags=["governance"])
Reader = Annotated[Account, Depends(require("read_governance"))]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=200, description="The `next` of the page before.")]


@router.get("")
def list_page(
    conn: Conn,
    asking: Reader,
    now: Now,
    state: Literal["open", "ruled", "withdrawn"] | None = None,
    entry: Literal["no_rule", "returns", "clerk"] | None = None,
    matter: Annotated[str | None, Query(max_length=64)] = None,
    cell: Annotated[str | None, Query(max_length=32, description="A cell of any level; its whole subtree.")] = None,
    overdue: Annotated[bool, Query(description="Only open ones over the age limit.")] = False,
    brief: Annotated[str | None, Query(max_length=64, description="A brief's number.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="A case's number, a matter, a place, or words.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DisputePage:
    """Disputes, longest waiting first. `next` of a page goes into `cursor` for the page behind it."""
    words = q.strip() or None if q else None
    narrowed = DisputeFilter(
        state, entry, matter, cell, brief, overdue, None, words,
        text_reach=asking.reach_for("read_text"),
    )  # fmt: skip
    _check_named(conn, matter, cell)
    items, more = _page(conn, asking, narrowed, now, limit, cursor)
    return DisputePage(items=items, next=more)


@router.get("/alarms")
def alarms(
    conn: Conn,
    asking: Reader,
    now: Now,
    day: Annotated[AnyDay | None, Query(description="A day of the city's calendar; default today.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AlarmPage:
    """The leader's list of a day: disputes that were over the age limit, as they stand now."""
    asked = day or city_day(conn, at=now)
    items, more = _page(conn, asking, DisputeFilter(day=asked), now, limit, cursor)
    return AlarmPage(day=asked, items=items, next=more)


@router.get("/{dispute}")
def get_one(dispute: Annotated[int, Path(ge=1, lt=2**63)], conn: Conn, asking: Reader, now: Now) -> DisputeOut:
    """One dispute."""
    found = get_dispute(conn, reach=asking.reach_for("read_governance"), number=dispute, now=now)
    return _out(found, asking)


def _check_named(conn: Conn, matter: str | None, cell: str | None) -> None:
    """Raises NotFound: a list of what there never was would be empty, as if nobody disputed there."""
    if matter is not None and not is_matter(conn, code=matter):
        raise NotFound(f"There is no matter {matter!r}; see /api/v1/matters.", field="matter")
    if cell is not None and not is_cell(conn, code=cell):
        raise NotFound(f"There is no cell {cell!r}; see /api/v1/cells.", field="cell")


def _page(
    conn: Conn, asking: Account, narrowed: DisputeFilter, now: datetime, limit: int, cursor: str | None
) -> tuple[list[DisputeOut], str | None]:
    reach = asking.reach_for("read_governance")
    behind = _read_cursor(cursor)
    found = list_disputes(conn, reach=reach, narrowed=narrowed, now=now, limit=limit + 1, behind=behind)
    more = _write_cursor(found[limit - 1]) if len(found) > limit else None
    return [_out(one, asking) for one in found[:limit]], more


def _out(one: Dispute, asking: Account) -> DisputeOut:
    # A clerk's note and a handler's reasons quote what citizens wrote: they are told as the citizen's words are.
    told = partial(told_text, tags=one.tags, reader=asking)
    same = {name: getattr(one, name) for name in DisputeOut.model_fields if hasattr(one, name)}
    return DisputeOut(
        **same
        | {
            "position": (one.lon, one.lat),
            "cell": PlaceRef(code=one.cell, name=one.cell_name or one.cell) if one.cell else None,
            "attributes": told_attributes(one.attributes),
            "returns": [
                RefusalOut(**vars(r) | {"reason": told(r.reason), "basis": told(r.basis)}) for r in one.returns
            ],
            "interim": [
                InterimOut(**vars(order) | {"note": told(order.note), "cost_note": told(order.cost_note)})
                for order in one.interim
            ],
            "text": told(one.text),
            "note": told(one.note),
        }
    )


def _write_cursor(last: Dispute) -> str:
    return urlsafe_b64encode(f"{last.entered_at.isoformat()} {last.id}".encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[datetime, int] | None:
    if text is None:
        return None
    try:
        moment, number = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(" ")
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        raise Invalid("cursor is not one that this list gave out; leave it away to begin", field="cursor") from None
