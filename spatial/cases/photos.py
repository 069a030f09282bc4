"""Photos: re-encoded and stripped of EXIF before they are kept.

A phone's picture tells where and when it was taken and by which device; none of that is kept in the file.
The name is the SHA-256 of what the sender sent, so that an upload can be repeated without harm.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection

from spatial.errors import Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "photos.sql")
_FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_PIXELS = 60_000_000  # a small file may unfold into memory that a server does not have
_LONGEST_SIDE = 2560
_QUALITY = 85


@dataclass(frozen=True)
class Photo:
    """A picture as it is kept: JPEG, upright, without EXIF."""

    sha256: str
    media_type: str
    width: int
    height: int
    bytes: bytes


def clean_photo(sha256: str, sent: bytes) -> Photo:
    """The picture as it will be kept. Raises Invalid when the name or the content is not right."""
    if hashlib.sha256(sent).hexdigest() != sha256:
        raise Invalid("the name is not the SHA-256 of the bytes sent; compute it over the body", field="sha256")
    picture = _upright(sent)
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(sha256, "image/jpeg", picture.width, picture.height, kept.getvalue())


def put_photo(conn: Connection, *, photo: Photo, sender: str, now: datetime) -> bool:
    """Keep a photo; False if it was here already."""
    params = {
        "sha256": photo.sha256,
        "media_type": photo.media_type,
        "width": photo.width,
        "height": photo.height,
        "bytes": photo.bytes,
        "sender": sender,
        "now": now,
    }
    return run(conn, SQL["put_photo"], params).first() is not None


def get_photo(conn: Connection, *, sha256: str, reach: list[str] | None) -> Photo:
    """A photo of a case within the reach. Raises NotFound otherwise."""
    row = run(conn, SQL["photo_within_reach"], {"sha256": sha256, "reach": reach}).first()
    if row is None:
        raise NotFound("there is no such photo within your reach")
    return Photo(row.sha256, row.media_type, row.width, row.height, bytes(row.bytes))


def _upright(sent: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise Invalid("the photo has too many pixels; send a smaller one", field="body")
                turned = ImageOps.exif_transpose(opened)
                # A new image carries pixels only: no EXIF, no comments, no embedded thumbnails.
                return turned.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("the body is not a JPEG, PNG or WebP picture", field="body") from None
