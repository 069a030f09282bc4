"""Photos: put before the report that names them, seen by those within whose reach the case lies."""

import re

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.dependencies import Conn, TextReader, Viewer, store_of
from api.dependencies import now as moment
from spatial.cases.photos import clean_photo, get_photo, put_photo
from spatial.errors import Invalid
from spatial.store.db import transaction

router = APIRouter(prefix="/api/v1/photos", tags=["reports"])


@router.put("/{sha256}", status_code=201)
async def put(sha256: str, request: Request, viewer: Viewer) -> Response:
    """Put a JPEG, PNG or WebP under the SHA-256 of its bytes; again is harmless. EXIF is not kept."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Invalid("the name must be the SHA-256 of the body, 64 small hexadecimal digits", field="sha256")
    sent = await request.body()
    created = await run_in_threadpool(_keep, request, sha256, sent, viewer.sender if viewer else "public")
    return Response(status_code=201 if created else 200)


@router.get("/{sha256}")
def get(sha256: str, conn: Conn, account: TextReader) -> Response:
    """A photo of a case within one's reach."""
    photo = get_photo(conn, sha256=sha256, reach=account.reach_for("read_text").bound)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(photo.bytes, media_type=photo.media_type, headers=headers)


def _keep(request: Request, sha256: str, sent: bytes, sender: str) -> bool:
    photo = clean_photo(sha256, sent)
    with transaction(store_of(request).app) as conn:
        return put_photo(conn, photo=photo, sender=sender, now=moment())
