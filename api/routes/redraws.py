"""What was redrawn: published splits and merges with their lineage. Public, but for who published."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.dependencies import Conn, Viewer
from spatial.errors import Invalid
from spatial.grid.redraw_publish import Redraw, list_redraws

router = APIRouter(prefix="/api/v1", tags=["grid"])


class LineageOut(BaseModel):
    """`share` of the area of `from` went to `to`."""

    from_: str = Field(alias="from", serialization_alias="from")
    to: str
    share: float


class RedrawOut(BaseModel):
    """One published redraw; `published_by` is told to those who work here.

    `rules` is told to those who govern: the rows of the table of responsibility that it touched, with their ids, leads
    and fates, where the rows of merged units disagreed on the lead of a matter, and the precedents that followed.
    """

    revision: int
    kind: str
    published_at: datetime
    published_by: str | None
    note: str
    lineage: list[LineageOut]
    rules: dict[str, Any] | None


class RedrawPage(BaseModel):
    """A page of redraws, newest first; `next` goes into `cursor`."""

    items: list[RedrawOut]
    next: str | None


@router.get("/redraws")
def redraws(
    conn: Conn,
    asking: Viewer,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> RedrawPage:
    """Published redraws, newest first."""
    found = list_redraws(conn, limit=limit + 1, before=_revision(cursor))
    more = str(found[limit - 1].revision) if len(found) > limit else None
    named = asking is not None and asking.may("read_cases")
    governs = asking is not None and asking.may("read_governance")
    return RedrawPage(items=[_out(redraw, named=named, governs=governs) for redraw in found[:limit]], next=more)


def _revision(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Invalid("cursor is not one that this list gave out; leave it away to begin anew", field="cursor")
    return int(cursor)


def _out(redraw: Redraw, *, named: bool, governs: bool) -> RedrawOut:
    links = [
        LineageOut.model_validate({"from": link.from_code, "to": link.to_code, "share": link.share})
        for link in redraw.lineage
    ]
    return RedrawOut(
        revision=redraw.revision,
        kind=redraw.kind,
        published_at=redraw.published_at,
        published_by=redraw.published_by if named else None,
        note=redraw.note,
        lineage=links,
        rules=dict(redraw.told) if governs and redraw.told else None,
    )
