"""How little must be read for what somebody sees: the cells and the units whose cases are enough.

Pure. It may name more than is asked for and never less; what counts is said by `score_seen`, fact by fact.
"""

from spatial.store.reach import Reach

_Tags = list[str] | None


def narrowed(reach: Reach, *, cell: str | None, unit: str | None) -> dict[str, _Tags]:
    """What a query binds as `%(places)s` and `%(units)s`: cases that lie there, or were theirs. None twice: all."""
    if cell is not None:
        return {"places": [cell], "units": []}
    if unit is not None:
        return {"places": [], "units": [unit]}
    if reach.tags is None:
        return {"places": None, "units": None}
    return {
        "places": [tag for tag in reach.tags if "@" not in tag],
        "units": sorted({tag.partition("@")[0] for tag in reach.tags if "@" in tag}),
    }
