"""What cases can be about: both taxonomies with their handling standards. Public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.cursors import foreign_cursor
from api.dependencies import Conn, Now
from api.schemas.reports import AnyMoment
from spatial.cases.matters.reading import MatterFilter, is_matter, list_matters, list_standards, read_taxonomy
from spatial.cases.matters.taxonomy import Matter, Standard

router = APIRouter(prefix="/api/v1/matters", tags=["governance"])


class StandardOut(BaseModel):
    """A handling standard; `amount` counts `unit`s: urgent_hour, working_hour, working_day or calendar_day."""

    id: int
    ordinal: int
    filing_condition: str
    closing_condition: str
    amount: float
    unit: str

    @classmethod
    def of(cls, one: Standard) -> "StandardOut":
        """The answer for a standard."""
        return cls(**{key: getattr(one, key) for key in cls.model_fields if key != "amount"}, amount=float(one.amount))


class MatterOut(BaseModel):
    """A matter: `parent` is its major class, `category` the governance category that it is mapped to.

    `archives_itself`: what a unit or a community has solved goes to the library by itself; classes as their category.
    """

    code: str
    name: str
    name_zh: str
    taxonomy: str
    rank: str
    parent: str | None
    category: str | None
    platform: str
    since: datetime | None
    until: datetime | None
    archives_itself: bool
    standards: list[StandardOut]


class MatterPage(BaseModel):
    """Some matters; `next` goes into `cursor`."""

    items: list[MatterOut]
    next: str | None


class OneMatter(MatterOut):
    """A matter with `nodes`, what it falls under, itself first, and `children`, the codes under it in force now."""

    nodes: list[str]
    children: list[str]


@router.get("")
def list_page(
    conn: Conn,
    now: Now,
    taxonomy: Literal["governance", "component", "event"] | None = None,
    rank: Literal["category", "major", "minor"] | None = None,
    q: Annotated[str | None, Query(max_length=100, description="Words of a code or a name.")] = None,
    at: Annotated[AnyMoment | None, Query(description="As of this moment; default now.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> MatterPage:
    """Matters in force by code."""
    moment = at or now
    narrowed = MatterFilter(taxonomy, rank, q.strip() or None if q else None)
    if cursor is not None and not is_matter(conn, code=cursor):
        raise foreign_cursor()
    found = list_matters(conn, narrowed=narrowed, at=moment, limit=limit + 1, behind=cursor)
    more = found[limit - 1].code if len(found) > limit else None
    return MatterPage(items=_shown(conn, found[:limit], moment), next=more)


@router.get("/{code}")
def get_one(
    code: str,
    conn: Conn,
    now: Now,
    at: Annotated[AnyMoment | None, Query(description="As of this moment; default now.")] = None,
) -> OneMatter:
    """One matter, in force or not, with what it falls under and what stands under it."""
    moment = at or now
    taxonomy = read_taxonomy(conn)
    shown = _shown(conn, [taxonomy.get(code)], moment)[0]
    children = [child.code for child in taxonomy.children(code, at=moment)]
    return OneMatter(**shown.model_dump(), nodes=list(taxonomy.nodes(code)), children=children)


def _shown(conn: Conn, matters: Sequence[Matter], at: datetime) -> list[MatterOut]:
    standards = list_standards(conn, matters=[matter.code for matter in matters], at=at)
    return [_out(matter, standards[matter.code]) for matter in matters]


def _out(matter: Matter, standards: Sequence[Standard]) -> MatterOut:
    told = {key: getattr(matter, key) for key in MatterOut.model_fields if key != "standards"}
    return MatterOut(**told, standards=[StandardOut.of(one) for one in standards])
