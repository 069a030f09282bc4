"""Is it alive, is it ready, how is it doing."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Connection

from api.dependencies import Conn, Now
from spatial.cases.clocks.reading import read_clocks
from spatial.errors import Unavailable
from spatial.store.events import feed_lag_seconds
from spatial.store.migrate import is_current

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, Any]:
    """The process lives. Asks nobody else."""
    return {"app": "gridmaps", "status": "alive"}


@router.get("/readyz")
def readyz(conn: Conn, now: Now) -> dict[str, Any]:
    """The database answers and has the schema that this program knows; and until when it knows the holidays.

    A calendar that ends is a warning here and no failure: deadlines behind it are marked, and the server serves.
    """
    if not is_current(conn):
        raise Unavailable("the database has another schema than this program; run gridmaps db upgrade")
    ahead = read_clocks(conn).look_ahead(now)
    calendar = {"known_until": ahead.known_until, "warning": ahead.warning}
    return {"app": "gridmaps", "status": "ready", "calendar": calendar}


@router.get("/metrics")
def metrics(request: Request, conn: Conn, now: Now) -> Response:
    """Figures for Prometheus."""
    registry = CollectorRegistry()
    figures = {
        "gridmaps_reports_waiting": ("Reports that wait for the writer", request.app.state.writer.depth),
        "gridmaps_event_streams": ("Open event streams", request.app.state.feed.readers),
        "gridmaps_feed_lag_seconds": ("Age of the oldest open writing transaction", feed_lag_seconds(conn)),
        "gridmaps_calendar_known_days": ("Days ahead whose holidays are known", _known_days(conn, now)),
    }
    for name, (text, value) in figures.items():
        Gauge(name, text, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _known_days(conn: Connection, now: datetime) -> int:
    clocks = read_clocks(conn)
    until = clocks.look_ahead(now).known_until
    return 0 if until is None else (until - now.astimezone(clocks.zone).date()).days
