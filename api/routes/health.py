"""Is it alive, is it ready, how is it doing."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from api.dependencies import Conn
from spatial.errors import Unavailable
from spatial.store.events import feed_lag_seconds
from spatial.store.migrate import is_current

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, Any]:
    """The process lives. Asks nobody else."""
    return {"app": "gridmaps", "status": "alive"}


@router.get("/readyz")
def readyz(conn: Conn) -> dict[str, Any]:
    """The database answers and has the schema that this program knows."""
    if not is_current(conn):
        raise Unavailable("the database has another schema than this program; run gridmaps db upgrade")
    return {"app": "gridmaps", "status": "ready"}


@router.get("/metrics")
def metrics(request: Request, conn: Conn) -> Response:
    """Figures for Prometheus."""
    registry = CollectorRegistry()
    figures = {
        "gridmaps_reports_waiting": ("Reports that wait for the writer", request.app.state.writer.depth),
        "gridmaps_event_streams": ("Open event streams", request.app.state.feed.readers),
        "gridmaps_feed_lag_seconds": ("Age of the oldest open writing transaction", feed_lag_seconds(conn)),
    }
    for name, (text, value) in figures.items():
        Gauge(name, text, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
