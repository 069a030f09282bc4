"""Making a redraw true, in one short transaction, and telling afterwards what was redrawn.

Everything slow was done in the plan. Here: the lock, the check that the grid is still the one that the plan
was drawn on, the switch, the record. The caller moves the open cases in the same transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import Connection

from spatial.errors import StaleRevision
from spatial.grid.redraw import SQL, Lineage, Plan, Unit, current_base
from spatial.store.db import hold_grid_alone, run
from spatial.store.events import EventDraft, append


@dataclass(frozen=True)
class Published:
    """A redraw that is in force from `instant` on."""

    revision: int
    instant: datetime


@dataclass(frozen=True)
class Redraw:
    """The record of a published redraw; `told` is what its publisher kept beside it (`keep_told`)."""

    revision: int
    kind: str
    published_at: datetime
    published_by: str
    note: str
    lineage: tuple[Lineage, ...]
    told: Mapping[str, Any]


def publish_redraw(conn: Connection, *, plan: Plan, published_by: str, note: str = "") -> Published:
    """Put the plan in force. Waits until nobody files on the grid, and nobody begins until the commit.

    Raises StaleRevision when another publish came first: plan anew on the grid in force.
    """
    hold_grid_alone(conn)
    if current_base(conn) != plan.base_revision:
        raise StaleRevision("the grid was published anew since this was drawn; draw it again", field="revision")
    instant = run(conn, SQL["switch_instant"]).scalar_one()
    record = {"kind": plan.kind, "instant": instant, "published_by": published_by, "note": note}
    revision = int(run(conn, SQL["insert_revision"], record | {"report": _report(plan)}).scalar_one())
    _switch(conn, plan, Published(revision, instant))
    append(conn, [_event(plan, revision, instant, published_by)])
    return Published(revision, instant)


def list_redraws(conn: Connection, *, limit: int, before: int | None = None) -> list[Redraw]:
    """Published splits and merges, newest first; `before` is the last revision of the page before."""
    rows = run(conn, SQL["redraws_before"], {"limit": limit, "before": before})
    return [
        Redraw(row.revision, row.kind, row.published_at, row.published_by, row.note, _lineage(row.lineage), row.told)
        for row in rows
    ]


def keep_told(conn: Connection, *, revision: int, told: Mapping[str, Any]) -> None:
    """Keep with a redraw what else it did, as JSON; the grid does not read it."""
    run(conn, SQL["keep_told"], {"revision": revision, "told": json.dumps(told, ensure_ascii=False)})


def _switch(conn: Connection, plan: Plan, published: Published) -> None:
    moment = {"revision": published.revision, "instant": published.instant}
    first = plan.put[0]
    created = {"codes": list(plan.created), "rank": first.rank, "system": first.system}
    run(conn, SQL["close_versions"], moment | {"codes": list(plan.closing)})
    run(conn, SQL["insert_cells"], created | {"revision": published.revision})
    run(conn, SQL["withdraw_cells"], {"codes": list(plan.withdrawn), "revision": published.revision})
    for unit in plan.put:
        run(conn, SQL["insert_version"], moment | _row(unit))
    for link in plan.lineage:
        row = {"from_code": link.from_code, "to_code": link.to_code, "share": link.share}
        run(conn, SQL["insert_lineage"], row | {"revision": published.revision})


def _row(unit: Unit) -> dict[str, object]:
    return {
        "code": unit.code,
        "rank": unit.rank,
        "name": unit.name,
        "parent": unit.parent,
        "path": list(unit.path),
        "district": unit.district,
        "area_m2": unit.area_m2,
        "wkb": shapely.to_wkb(unit.geometry),
    }


def _report(plan: Plan) -> str:
    return json.dumps({"created": plan.created, "withdrawn": plan.withdrawn, "touched": plan.touched})


def _event(plan: Plan, revision: int, instant: datetime, actor: str) -> EventDraft:
    return EventDraft(
        district="",
        subject="grid",
        subject_id=str(revision),
        kind="grid.published",
        at=instant,
        actor=actor,
        path=(),
        payload={"kind": plan.kind, "created": list(plan.created), "withdrawn": list(plan.withdrawn)},
    )


def _lineage(links: Sequence[dict[str, object]]) -> tuple[Lineage, ...]:
    return tuple(Lineage(str(link["from"]), str(link["to"]), float(str(link["share"]))) for link in links)
