"""What a page must know of this city before it draws anything. Public."""

from typing import Any

from fastapi import APIRouter

from api.dependencies import Conn
from gridmaps.tiles import grid_bounds
from spatial.cases.rules import read_rules
from spatial.grid.cells import current_revision
from spatial.grid.levels import list_levels
from spatial.store.facts import read_facts

router = APIRouter(prefix="/api/v1/config", tags=["grid"])


@router.get("")
def config(conn: Conn) -> dict[str, Any]:
    """Name, time zone, bounds, levels, categories and sources."""
    facts, rules = read_facts(conn), read_rules(conn)
    return {
        "city_name": facts["city_name"],
        "synthetic": facts["synthetic"],
        "time_zone": facts["time_zone"],
        "bounds": grid_bounds(conn),
        "revision": current_revision(conn) or 0,
        "levels": [
            {"rank": level.rank, "key": level.key, "name": level.name, "name_zh": level.name_zh}
            for level in list_levels(conn)
        ],
        "categories": [{"code": c.code, "name": c.name, "name_zh": c.name_zh} for c in rules.categories.values()],
        "sources": [
            {"code": s.code, "name": s.name, "name_zh": s.name_zh, "is_citizen": s.is_citizen}
            for s in rules.sources.values()
        ],
    }
