"""Jurisdictions as GeoJSON: rivers, red-lined roads, exclusive grids, each with its versions."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request

from api.dependencies import CaseReader, Conn, Now, require, store_of
from api.routes.cases import read_bbox
from api.schemas.duties import EndBody, JurisdictionBody, id_behind, jurisdiction_feature
from api.schemas.reports import AnyMoment
from spatial.cases.responsibility.jurisdictions import (
    JurisdictionFilter,
    add_jurisdictions,
    end_jurisdiction,
    get_jurisdiction,
    list_jurisdictions,
)
from spatial.errors import Forbidden
from spatial.people.accounts import Account
from spatial.store.events import wake

router = APIRouter(prefix="/api/v1/jurisdictions", tags=["governance"])


def editor(asking: Annotated[Account, Depends(require("adopt_duty"))]) -> Account:
    """Who draws jurisdictions. Raises Forbidden for somebody bounded to a part: a river does not end at its border."""
    if asking.reach_for("adopt_duty").tags is not None:
        raise Forbidden("jurisdictions are drawn by an administrator of the whole city")
    return asking


Editor = Annotated[Account, Depends(editor)]


@router.get("")
def list_features(
    conn: Conn,
    asking: CaseReader,
    now: Now,
    code: str | None = None,
    department: str | None = None,
    kind: Literal["polygon", "exclusive_grid"] | None = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees")] = None,
    at: Annotated[AnyMoment | None, Query(description="As of this moment; default now.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> dict[str, Any]:
    """Jurisdictions in force as a GeoJSON FeatureCollection."""
    narrowed = JurisdictionFilter(code, kind, department, read_bbox(bbox), at or now)
    found = list_jurisdictions(conn, narrowed=narrowed, limit=limit + 1, after=id_behind(cursor))
    more = str(found[limit - 1].id) if len(found) > limit else None
    return {
        "type": "FeatureCollection",
        "features": [jurisdiction_feature(one) for one in found[:limit]],
        "next": more,
    }


@router.get("/{code}")
def get_feature(
    code: str,
    conn: Conn,
    asking: CaseReader,
    now: Now,
    at: Annotated[AnyMoment | None, Query(description="As of this moment; default now.")] = None,
) -> dict[str, Any]:
    """One jurisdiction as a GeoJSON Feature, with the spans of all its versions."""
    feature = jurisdiction_feature(get_jurisdiction(conn, code=code, at=at or now))
    every = list_jurisdictions(conn, narrowed=JurisdictionFilter(code=code))
    versions = [{"version": one.id, "from": one.since, "until": one.until} for one in every]
    return feature | {"properties": feature["properties"] | {"versions": versions}}


@router.post("", status_code=201)
def post_feature(
    body: JurisdictionBody, conn: Conn, asking: Editor, now: Now, request: Request, after: BackgroundTasks
) -> dict[str, Any]:
    """Draw a jurisdiction; with `supersede` the version in force ends when this one begins, and its rows go on."""
    draft = body.draft(now)
    add_jurisdictions(conn, drafts=[draft], now=now, actor=asking.sender, supersede=body.supersede)
    after.add_task(wake, store_of(request).app)
    return jurisdiction_feature(get_jurisdiction(conn, code=draft.code, at=draft.since or now))


@router.post("/{code}/end")
def post_end(
    code: str, body: EndBody, conn: Conn, asking: Editor, now: Now, request: Request, after: BackgroundTasks
) -> dict[str, Any]:
    """End a jurisdiction, now or later; refused while rows in force still hold on it behind that."""
    ended = get_jurisdiction(conn, code=code, at=body.until or now)
    end_jurisdiction(conn, code=code, until=body.until, now=now, actor=asking.sender)
    after.add_task(wake, store_of(request).app)
    every = list_jurisdictions(conn, narrowed=JurisdictionFilter(code=code))
    return next(jurisdiction_feature(one) for one in every if one.id == ended.id)
