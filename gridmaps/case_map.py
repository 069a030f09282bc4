"""The cases of a city over its grid, as a folium map that needs no network.

Knows layers, colours, the legend and tooltips. Hands out no case without a reach, and no words of any report.
"""

from collections import Counter
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.plugins import FastMarkerCluster
from numpy.typing import NDArray
from shapely.geometry import mapping
from sqlalchemy import Connection

from gridmaps.beside_legend import fit_beside_legend
from gridmaps.frames import City, cases_frame, cells_frame, read_city
from spatial.errors import Invalid
from spatial.grid.cells import Level
from spatial.grid.levels import list_levels
from spatial.store.reach import Reach

# Colour is for state alone; the same states and nearly the same colours as in the command centre.
STATES: dict[str, tuple[str, str]] = {
    "new": ("#b47f00", "new"),
    "hand": ("#0b6bcb", "in hand"),
    "done": ("#6f8090", "done"),
    "history": ("#9aa5af", "history"),
}
_IN_HAND = ("own_level", "handed_over")
_DONE = ("done", "called_back", "evaluated")
_LINE_PX = {1: 2.0, 2: 1.4, 3: 0.8}
_SIMPLIFY_DEG = 2e-5  # about two metres: the whole city is looked at, and the file is a third

_MARKER = """
function (row) {
    var outside = row[4];
    var marker = L.circleMarker([row[0], row[1]], {
        radius: 6, weight: outside ? 2 : 1, color: outside ? row[3] : '#ffffff',
        fillColor: row[3], fillOpacity: outside ? 0 : 1
    });
    return marker.bindTooltip(row[2]);
}
"""
_CLUSTER = """
function (cluster) {
    return L.divIcon({html: String(cluster.getChildCount()), className: 'case-cluster', iconSize: [34, 34]});
}
"""
_STYLE = """
<style>
body { font-family: "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
body .leaflet-container { background: #f4f6f8; font: inherit; font-size: 13px; }
body .leaflet-control-scale-line:nth-child(2) { display: none; }
.case-cluster { background: #ffffff; color: #16202a; border: 2px solid #4f6478; border-radius: 50%;
    text-align: center; line-height: 30px; font-weight: 600; }
.legend { position: fixed; left: 12px; bottom: 48px; z-index: 900; max-width: 300px; padding: 10px 12px;
    background: #ffffff; color: #16202a; border: 1px solid #b9c6d2; font-size: 13px; line-height: 1.5; }
.legend i { display: inline-block; box-sizing: border-box; vertical-align: -1px; width: 11px; height: 11px;
    margin-right: 8px; border-radius: 50%; }
.legend i.ring { background: none !important; border: 2px solid #16202a; }
</style>
"""


def case_map(conn: Connection, *, reach: Reach) -> folium.Map:
    """Cases within a reach over the grid in force. Raises Invalid when there is no grid."""
    levels = list_levels(conn)
    grid = [(level, cells_frame(conn, rank=level.rank)) for level in levels]
    return draw_cases(grid, cases_frame(conn, reach=reach), city=read_city(conn))


def draw_cases(grid: list[tuple[Level, gpd.GeoDataFrame]], cases: gpd.GeoDataFrame, *, city: City) -> folium.Map:
    """The map of frames as `gridmaps.frames` gives them, in EPSG:4326; `grid` from the widest level down."""
    units = grid[-1][1] if grid else gpd.GeoDataFrame()
    if units.empty:
        raise Invalid("there is no grid to draw; import one first: gridmaps grid import FILE", field="grid")
    page = folium.Map(tiles=None, control_scale=True, prefer_canvas=True)
    page.options |= {"maxZoom": 18, "zoomSnap": 0.25}
    for level, cells in reversed(grid):
        _cells_layer(level, cells, deepest=level is grid[-1][0]).add_to(page)
    names = dict(zip(units["code"], units["name"], strict=True))
    _cases_layer(cases, names, city).add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    west, south, east, north = (float(edge) for edge in units.total_bounds)
    fit_beside_legend(page, bounds=(west, south, east, north))
    root: Any = page.get_root()
    root.title = f"Cases, {escape(city.name)}"
    root.header.add_child(folium.Element(_STYLE))
    root.html.add_child(folium.Element(_legend(cases, city, units=len(units))))
    return page


def _cells_layer(level: Level, cells: gpd.GeoDataFrame, *, deepest: bool) -> folium.GeoJson:
    shapes = shapely.transform(shapely.coverage_simplify(list(cells.geometry), _SIMPLIFY_DEG), _shorten)
    rows = zip(cells["code"], cells["name"], shapes, strict=True)
    style = {
        "color": "#b9c6d2" if deepest else "#4f6478",
        "weight": 0.5 if deepest else _LINE_PX.get(level.rank, 1.0),
        "fillColor": "#e6edf4",
        "fillOpacity": 0.7 if deepest else 0.0,
    }
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": [_cell(code, name, shape) for code, name, shape in rows]},
        name=escape(f"{level.name} {level.name_zh}".strip()),
        style_function=lambda _: style,
        interactive=deepest,
        tooltip=folium.GeoJsonTooltip(fields=["name", "code"], labels=False) if deepest else None,
    )


def _shorten(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    # A tenth of a metre in six digits; the other ten would be half the file.
    return positions.round(6)


def _cell(code: str, name: str, shape: shapely.Geometry) -> dict[str, Any]:
    # Tooltips are set as HTML in the page: a name out of a stranger's file must not become markup.
    return {
        "type": "Feature",
        "properties": {"code": escape(code), "name": escape(name)},
        "geometry": mapping(shape),
    }


def _cases_layer(cases: gpd.GeoDataFrame, names: dict[str, str], city: City) -> folium.map.Layer:
    zone = ZoneInfo(city.time_zone)
    rows = [_case(case, names, zone) for case in cases.itertuples()]
    options = {"showCoverageOnHover": False, "maxClusterRadius": 46}
    cluster: Any = FastMarkerCluster  # folium publishes no types for it
    layer: folium.map.Layer = cluster(rows, name="Cases", callback=_MARKER, icon_create_function=_CLUSTER, **options)
    return layer


def _case(case: Any, names: dict[str, str], zone: ZoneInfo) -> list[Any]:
    outside = case.certainty == "outside"
    where = "outside the grid" if outside else f"{names.get(case.unit, '')} {case.unit}".strip()
    lines = (str(case.case_no), where, case.certainty, f"{case.captured_at.astimezone(zone):%Y-%m-%d %H:%M}")
    tooltip = "<br>".join(escape(line) for line in lines)
    colour, _ = STATES[state_of(case.step, is_history=case.is_history)]
    return [case.geometry.y, case.geometry.x, tooltip, colour, outside]


def state_of(step: str, *, is_history: bool) -> str:
    """The state that a case is drawn as: done, history (loaded from before and not finished), hand or new."""
    return "done" if step in _DONE else "history" if is_history else "hand" if step in _IN_HAND else "new"


def _legend(cases: gpd.GeoDataFrame, city: City, *, units: int) -> str:
    steps = zip(cases["step"], cases["is_history"], strict=True)
    counts = Counter(state_of(step, is_history=history) for step, history in steps)
    keys = "".join(
        f'<div><i style="background:{colour}"></i>{words}: {counts[state]:,}</div>'
        for state, (colour, words) in STATES.items()
    )
    outside = int((cases["certainty"] == "outside").sum())
    made_up = "<div><b>Synthetic city:</b> borders and reports are made up.</div>" if city.synthetic else ""
    return (
        f'<section class="legend" aria-label="Legend"><b>{escape(city.name)}</b>'
        f"<div>{len(cases):,} cases, {units:,} units</div>{keys}"
        f'<div><i class="ring"></i>outside the grid: {outside:,}</div>{made_up}</section>'
    )
