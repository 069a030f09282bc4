"""Every way the domain says no.

GridmapsError
├── NotFound              there is no such thing, or not within your reach
├── Forbidden             you are known, and may not
├── Unauthenticated       you are not known
├── Invalid               the input is wrong; names the field and the remedy
│   ├── CodeInvalid         a code that breaks its code system
│   ├── GeometryInvalid     a shape that cannot be a cell
│   └── SourceUnreadable    a file that is not what it should be
├── Conflict              right in itself, but the world has moved
│   ├── DigestMismatch      the same UUID with another body or another sender
│   ├── CoverageBroken      gaps or overlaps that nobody accepted
│   ├── StaleRevision       drawn on a grid that is no longer in force
│   ├── AlreadyRuled        somebody else ruled on this dispute first
│   ├── IllegalAct          a case in this state knows no such act; tells the legal ones
│   └── LockedByRuling      a ruling, or its precedent, has said whose the case is
├── TooMany               too much of it in too short a time; tells when to try again
└── Unavailable           not now; try again

This module knows sentences, field names and what a caller needs to go on (`extra`). It refuses to know HTTP
statuses: `api/problems.py` maps classes to statuses in one table.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any


class GridmapsError(Exception):
    """Something in gridmaps went wrong."""

    code = "error"

    def __init__(
        self, sentence: str | None = None, *, field: str | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.sentence = sentence or (type(self).__doc__ or "").strip()
        self.field = field
        self.extra = dict(extra or {})
        super().__init__(self.sentence)


class NotFound(GridmapsError):
    """There is no such thing, or it lies outside your reach."""

    code = "not_found"


class Forbidden(GridmapsError):
    """Your account may not do this."""

    code = "forbidden"


class Unauthenticated(GridmapsError):
    """Log in first, or send an API token."""

    code = "unauthenticated"


class Invalid(GridmapsError):
    """The input is not valid."""

    code = "invalid"


class CodeInvalid(Invalid):
    """The code breaks the rule of its code system."""

    code = "code_invalid"


class GeometryInvalid(Invalid):
    """The shape cannot be a cell."""

    code = "geometry_invalid"


class SourceUnreadable(Invalid):
    """The file cannot be read as what it should be."""

    code = "source_unreadable"


class Conflict(GridmapsError):
    """The request is right in itself, but does not fit what is already there."""

    code = "conflict"


class DigestMismatch(Conflict):
    """This id was already used for another report."""

    code = "digest_mismatch"


class CoverageBroken(Conflict):
    """The cells leave gaps or overlap each other."""

    code = "coverage_broken"


class StaleRevision(Conflict):
    """The grid has been published anew since this was drawn."""

    code = "stale_revision"


class AlreadyRuled(Conflict):
    """Somebody else has ruled on this dispute; their ruling stands."""

    code = "already_ruled"


class IllegalAct(Conflict):
    """The case is in a state that does not know this act."""

    code = "illegal_act"

    @property
    def legal(self) -> list[str]:
        """The acts that the state of the case knows."""
        return list(self.extra.get("legal", []))

    def naming(self, legal: Sequence[str]) -> "IllegalAct":
        """The same refusal, with these as the acts that there are instead."""
        said = self.sentence.partition("; it knows ")[0]
        told = f"{said}; it knows {', '.join(legal) or 'none'}"
        return IllegalAct(told, field=self.field, extra=self.extra | {"legal": list(legal)})


class LockedByRuling(Conflict):
    """A ruling has said whose the case is; it cannot be handed back as "not mine"."""

    code = "locked_by_ruling"


class TooMany(GridmapsError):
    """Too many in too short a time; try again later."""

    code = "too_many"

    def __init__(self, sentence: str, *, seconds: float, field: str | None = None) -> None:
        """`seconds`: how long it takes until there is room again."""
        super().__init__(sentence, field=field, extra={"retry_after_s": max(1, math.ceil(seconds))})


class Unavailable(GridmapsError):
    """The service cannot answer now; try again in a moment."""

    code = "unavailable"
