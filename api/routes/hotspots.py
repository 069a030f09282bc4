"""Where cases cluster by more than chance, within one's reach."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import CaseReader, Conn
from api.schemas.reports import AnyMoment

router = APIRouter(prefix="/api/v1", tags=["analysis"])


class HotSpotOut(BaseModel):
    """One unit: `z` is its Gi*, `p` two-sided, `bin` -3 (cold, 99 %) to 3 (hot, 99 %)."""

    code: str
    count: int
    z: float
    p: float
    bin: int


class HotSpots(BaseModel):
    """All units of a reach; `elsewhere` cases lie outside the city or in units that are no longer in force."""

    items: list[HotSpotOut]
    next: str | None
    method: str
    cases: int
    elsewhere: int


@router.get("/hotspots")
def hotspots(
    conn: Conn,
    asking: CaseReader,
    since: Annotated[AnyMoment | None, Query(description="Captured at or behind this moment.")] = None,
    until: Annotated[AnyMoment | None, Query(description="Captured before this moment.")] = None,
    fdr: Annotated[bool, Query(description="Hold the false discovery rate over all units.")] = True,
) -> HotSpots:
    """Gi* of cases by unit; join to cells by code. One page: a part of the units would say nothing."""
    # Imported at the first question: the statistics libraries would hold up every start of the server.
    from gridmaps.unit_hotspots import unit_hot_spots

    sheet = unit_hot_spots(conn, reach=asking.reach, since=since, until=until, fdr=fdr)
    items = [HotSpotOut(code=u.code, count=u.count, z=u.z, p=u.p, bin=u.bin) for u in sheet.units]
    return HotSpots(items=items, next=None, method=sheet.method, cases=sheet.cases, elsewhere=sheet.elsewhere)
