"""The gap list as one file that opens with the network cut: the worst status of each cell over the matters.

Knows colours, the legend and tooltips; what a status means is decided in `spatial/cases/responsibility/gaps.py`.
"""

from collections import Counter
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import folium
import shapely
from shapely.geometry import mapping
from sqlalchemy import Connection

from gridmaps.beside_legend import fit_beside_legend
from gridmaps.frames import City, read_city
from gridmaps.light_shapes import light_shapes
from spatial.cases.responsibility.gap_table import CellWorst, GapFilter, GapTable
from spatial.errors import Invalid
from spatial.grid.cells import Cell, list_cells
from spatial.store.reach import PUBLIC_GRID

# Dark and warm for what is wrong, pale and cold for what is not; told apart without seeing red and green.
STATUSES: dict[str, tuple[str, str]] = {
    "conflict": ("#cf3a2c", "conflict: several claim it"),
    "gap": ("#f0b429", "gap: nobody is named"),
    "tiled": ("#86b6dd", "tiled: several, none in dispute"),
    "one": ("#e9eef2", "one lead"),
}
_STYLE = """
<style>
body { font-family: "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
body .leaflet-container { background: #fff; font: inherit; font-size: 13px; }
body .leaflet-control-scale-line:nth-child(2) { display: none; }
</style>
"""


def gap_map(conn: Connection, table: GapTable, *, asked: GapFilter, at: datetime) -> folium.Map:
    """The map of a computed list, for the cells that `asked` names. Raises Invalid when there is none to draw."""
    worst = table.worst_by_cell(asked)
    if not worst:
        raise Invalid("there is no cell to draw; import a grid first: gridmaps grid import FILE", field="grid")
    rank, city = table.cells.rank_of(asked.level), read_city(conn)
    cells = [cell for cell in list_cells(conn, reach=PUBLIC_GRID, rank=rank, at=at) if cell.code in worst]
    page = folium.Map(tiles=None, control_scale=True, prefer_canvas=True)
    page.options["maxZoom"] = 18
    folium.GeoJson(
        _features(cells, worst),
        name="gaps",
        style_function=_style,
        tooltip=folium.GeoJsonTooltip(
            fields=["name", "code", "verdict", "gap", "conflict", "matters"],
            aliases=["Cell", "Code", "Worst", "Gap", "Conflict", "Matters"],
        ),
    ).add_to(page)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds([cell.geometry for cell in cells]))
    fit_beside_legend(page, bounds=(west, south, east, north))
    root: Any = page.get_root()
    root.header.add_child(folium.Element(_STYLE))
    root.title = f"Gaps of responsibility, {escape(city.name)}"
    root.html.add_child(folium.Element(_legend(table, asked, city, Counter(one.status for one in worst.values()), at)))
    return page


def _features(cells: list[Cell], worst: dict[str, CellWorst]) -> dict[str, Any]:
    shapes = light_shapes([cell.geometry for cell in cells])
    features = [_feature(cell, shape, worst[cell.code]) for cell, shape in zip(cells, shapes, strict=True)]
    return {"type": "FeatureCollection", "features": features}


def _feature(cell: Cell, shape: shapely.Geometry, worst: CellWorst) -> dict[str, Any]:
    more = worst.in_question - len(worst.named)
    matters = [*worst.named, f"and {more} more"] if more else [*worst.named]
    # Tooltips are set as HTML in the page: a name out of a stranger's file must not become markup.
    properties = {
        "name": escape(cell.name),
        "code": escape(cell.code),
        "status": worst.status,
        "verdict": STATUSES[worst.status][1],
        "gap": _metres(worst.gap_m2),
        "conflict": _metres(worst.conflict_m2),
        "matters": "<br>".join(escape(words) for words in matters) or "none in question",
    }
    return {"type": "Feature", "properties": properties, "geometry": mapping(shape)}


def _metres(area_m2: float) -> str:
    return f"{area_m2:,.0f} m2" if area_m2 else "none"


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    colour = STATUSES[feature["properties"]["status"]][0]
    return {"fillColor": colour, "fillOpacity": 0.9, "color": "#7b8894", "weight": 0.5}


def _legend(table: GapTable, asked: GapFilter, city: City, counts: Counter[str], at: datetime) -> str:
    keys = "".join(
        f'<div><span style="display:inline-block;width:14px;height:14px;margin-right:6px;vertical-align:-2px;'
        f'border:1px solid #999;background:{colour}"></span>{words} ({counts[status]:,})</div>'
        for status, (colour, words) in STATUSES.items()
    )
    matter = next((one.name for one in table.matters if one.code == asked.matter), None)
    about = matter or f"the worst of {len(table.matters):,} matters"
    level = asked.level or table.cells.levels[-1]
    facts = [f"{sum(counts.values()):,} cells of level {level}; {about}"]
    facts.append(f"as of {at.astimezone(ZoneInfo(city.time_zone)):%Y-%m-%d %H:%M}; falling back to territory is a gap")
    if city.synthetic:
        facts.append("Synthetic city: the borders are made up.")
    lines = "".join(f"<div>{escape(fact)}</div>" for fact in facts)
    return (
        '<section aria-label="Legend" style="position:fixed;left:12px;bottom:68px;z-index:9999;max-width:300px;'
        'background:#fff;color:#222;padding:10px 12px;border:1px solid #999;font-size:13px;line-height:1.4">'
        f"<strong>Gaps of responsibility, {escape(city.name)}</strong>{keys}"
        f'<div style="margin-top:6px">{lines}</div></section>'
    )
