"""The four pages and their files, from our own origin only."""

from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

import gridmaps

router = APIRouter(include_in_schema=False)
STATIC = Path(gridmaps.__file__).with_name("static")
_NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>gridmaps</title>"
    "<p>The pages are not built yet. Run <code>make web</code>, then load this page again."
)
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


@router.get("/")
def console() -> Response:
    """The command centre."""
    return _page("console.html")


@router.get("/report")
def report() -> Response:
    """The mobile reporter."""
    return _page("report.html")


@router.get("/plan")
def plan() -> Response:
    """The planner."""
    return _page("plan.html")


@router.get("/desk")
def desk() -> Response:
    """The dispute desk."""
    return _page("desk.html")


@router.get("/c/{code}")
def place(code: str) -> Response:
    """One cell, on the map."""
    return RedirectResponse(f"/?{urlencode({'cell': code})}")


def mount_files(app: FastAPI) -> None:
    """Serve what the pages load. After all routes: a mount at the root would swallow them."""
    app.mount("/", StaticFiles(directory=STATIC, check_dir=False), name="static")


def _page(name: str) -> Response:
    path = STATIC / name
    if not path.is_file():
        return HTMLResponse(_NOT_BUILT, 503)
    return FileResponse(path, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})
