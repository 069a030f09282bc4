"""The grid as one file that opens with the network cut: every level's borders, the units' names on them."""

from html import escape
from typing import Any

import folium
import shapely
from shapely.geometry import mapping
from sqlalchemy import Connection

from gridmaps.frames import City, read_city
from gridmaps.light_shapes import light_shapes
from spatial.errors import Invalid
from spatial.grid.cells import Cell, Level, list_cells, list_levels
from spatial.store.reach import PUBLIC_GRID

_WIDEST_LINE = 4.0


def grid_map(conn: Connection) -> folium.Map:
    """The cells in force, a layer for each level. Raises Invalid when there is no grid."""
    levels = list_levels(conn)
    layers = [(level, list_cells(conn, reach=PUBLIC_GRID, rank=level.rank)) for level in levels]
    units = layers[-1][1]
    if not units:
        raise Invalid("there is no grid to draw; import one first: gridmaps grid import FILE", field="grid")
    city = read_city(conn)
    page = folium.Map(tiles=None, control_scale=True, prefer_canvas=True)
    page.options["maxZoom"] = 18
    for level, cells in reversed(layers):
        _layer(level, cells, deepest=level is levels[-1]).add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds([cell.geometry for cell in units]))
    page.fit_bounds([[south, west], [north, east]])
    root: Any = page.get_root()
    root.header.add_child(folium.Element("<style>.leaflet-container{background:#fff}</style>"))
    root.title = f"Grid, {escape(city.name)}"
    root.html.add_child(folium.Element(_caption(city, len(units))))
    return page


def _layer(level: Level, cells: list[Cell], *, deepest: bool) -> folium.GeoJson:
    shapes = light_shapes([cell.geometry for cell in cells])
    features = [_feature(cell, shape) for cell, shape in zip(cells, shapes, strict=True)]
    style = {"color": "#1f4e79", "weight": _WIDEST_LINE / level.rank, "fillOpacity": 0.08 if deepest else 0.0}
    tooltip = (
        folium.GeoJsonTooltip(fields=["name", "code", "area"], aliases=["Name", "Code", "Area"]) if deepest else None
    )
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=escape(level.name),
        style_function=lambda _: style,
        interactive=deepest,
        tooltip=tooltip,
    )


def _feature(cell: Cell, shape: shapely.Geometry) -> dict[str, Any]:
    # Tooltips are set as HTML in the page: a name out of a stranger's file must not become markup.
    properties = {"name": escape(cell.name), "code": escape(cell.code), "area": f"{cell.area_m2:,.0f} m2"}
    return {"type": "Feature", "properties": properties, "geometry": mapping(shape)}


def _caption(city: City, units: int) -> str:
    made_up = "<div>Synthetic city: the borders are made up.</div>" if city.synthetic else ""
    return (
        '<section style="position:fixed;left:12px;bottom:68px;z-index:9999;background:#fff;color:#222;'
        'padding:8px 12px;border:1px solid #999;font:13px/1.4 sans-serif">'
        f"<strong>{escape(city.name)}</strong><div>{units} units in force</div>{made_up}</section>"
    )
