"""The application: routes, problem documents, and the threads that outlive a request.

`create_app` takes an open store; whoever opens it closes it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api import problems
from api.deliverer import Deliverer, ways_of
from api.dependencies import now, refuse_unknown_parameters
from api.gap_cache import GapCache
from api.limits import BodyLimit
from api.live import Feed
from api.pacing import Pace
from api.routes import (
    accounts,
    actions,
    bodies,
    briefs,
    calendar,
    calling,
    cases,
    cells,
    checkins,
    citizen_answers,
    conferences,
    config,
    disputes,
    duplicates,
    evaluations,
    events,
    gaps,
    health,
    hotspots,
    jurisdictions,
    library,
    locate,
    looks,
    matters,
    outbox,
    pages,
    people,
    photos,
    precedents,
    redraws,
    reports,
    resolving,
    responsibilities,
    roster,
    rulings,
    scores,
    silence,
    sorting,
    status,
    supervision,
    tiles,
    whistles,
)  # fmt: skip
from api.sweeper import Sweeper
from api.writer import ReportWriter
from spatial.grid.keeper import IndexBuilder
from spatial.settings import Settings
from spatial.store.opening import Store

ROUTES = (
    health,
    people,
    accounts,
    looks,
    config,
    cells,
    locate,
    redraws,
    resolving,
    reports,
    duplicates,
    status,
    citizen_answers,
    outbox,
    photos,
    cases,
    actions,
    evaluations,
    calling,
    scores,
    disputes,
    briefs,
    rulings,
    precedents,
    supervision,
    roster,
    events,
    tiles,
    checkins,
    silence,
    hotspots,
    matters,
    calendar,
    sorting,
    gaps,  # before the rows, whose ids it would be taken for
    responsibilities,
    jurisdictions,
    bodies,
    conferences,
    whistles,
    library,
)  # fmt: skip


def create_app(settings: Settings, store: Store, *, sweeps: bool = False) -> FastAPI:
    """The HTTP side of gridmaps over an open store; with `sweeps` it looks for what is due by itself."""
    app = FastAPI(title="gridmaps", version=version("gridmaps"), lifespan=_lifespan)
    app.state.settings = settings
    app.state.store = store
    app.state.feed = Feed(store)
    app.state.gaps = GapCache()
    app.state.builder = IndexBuilder(store.app, directory=settings.index_dir())
    app.state.writer = ReportWriter(store, queue_limit=settings.queue_limit, clock=now)
    app.state.pace = Pace(settings.public_limit)
    app.state.sweeper = Sweeper(store, seconds=settings.sweep_seconds if sweeps else 0, clock=now)
    app.state.deliverer = Deliverer(
        store, ways=ways_of(settings), seconds=settings.deliver_seconds if sweeps else 0, clock=now
    )
    problems.install(app)
    for module in ROUTES:
        app.include_router(module.router, dependencies=[Depends(refuse_unknown_parameters)])
    app.include_router(pages.router)
    pages.mount_files(app)
    # The event stream must pass unbuffered; starlette's middleware leaves text/event-stream alone.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(BodyLimit, limit_bytes=settings.body_limit_bytes)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    if app.state.settings.index:
        app.state.builder.start()
    app.state.writer.start()
    app.state.feed.start()
    app.state.sweeper.start()
    app.state.deliverer.start()
    try:
        yield
    finally:
        app.state.deliverer.stop()
        app.state.sweeper.stop()
        app.state.feed.stop()
        app.state.writer.stop()
        app.state.builder.stop()
