"""A hot-spot map as one file that opens with the network cut.

Knows colours, bins and the legend. The legend says what a reader needs in order not to be misled: how many
cases, which period, which method, and whether the city is made up.
"""

from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import folium
import shapely
from shapely.geometry import mapping

from gridmaps.beside_legend import fit_beside_legend
from gridmaps.frames import City
from gridmaps.light_shapes import light_shapes
from gridmaps.unit_hotspots import HotSpotSheet, UnitHotSpot
from spatial.errors import Invalid

# ColorBrewer's red-blue: readable with the common kinds of colour blindness, grey where nothing is said.
BINS: dict[int, tuple[str, str]] = {
    3: ("#b2182b", "hot, 99 %"),
    2: ("#ef8a62", "hot, 95 %"),
    1: ("#fddbc7", "hot, 90 %"),
    0: ("#ececec", "no evidence"),
    -1: ("#d1e5f0", "cold, 90 %"),
    -2: ("#67a9cf", "cold, 95 %"),
    -3: ("#2166ac", "cold, 99 %"),
}


def hotspot_map(sheet: HotSpotSheet, *, city: City) -> folium.Map:
    """The map of a sheet. Raises Invalid when there is no unit to draw."""
    if not sheet.units:
        raise Invalid("there is no unit to draw; import a grid first: gridmaps grid import FILE", field="grid")
    page = folium.Map(tiles=None, control_scale=True, prefer_canvas=True)
    page.options["maxZoom"] = 18
    folium.GeoJson(
        _features(sheet),
        name="hot spots",
        style_function=_style,
        tooltip=folium.GeoJsonTooltip(
            fields=["name", "code", "cases", "z", "p", "verdict"],
            aliases=["Unit", "Code", "Cases", "Gi* z", "p", "Verdict"],
        ),
    ).add_to(page)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(list(sheet.shapes)))
    fit_beside_legend(page, bounds=(west, south, east, north))
    root: Any = page.get_root()
    root.html.add_child(folium.Element(legend(sheet, city=city)))
    root.header.add_child(folium.Element("<style>.leaflet-container{background:#fff}</style>"))
    root.title = f"Hot spots, {escape(city.name)}"
    return page


def legend(sheet: HotSpotSheet, *, city: City) -> str:
    """The legend as HTML; every name in it is escaped."""
    keys = "".join(
        f'<div><span style="display:inline-block;width:14px;height:14px;margin-right:6px;'
        f'vertical-align:-2px;border:1px solid #999;background:{colour}"></span>{words}</div>'
        for colour, words in BINS.values()
    )
    facts = [f"n = {len(sheet.units)} units, {sheet.cases} cases", period(sheet, city=city), sheet.method]
    if sheet.elsewhere:
        facts.append(f"{sheet.elsewhere} more cases lie outside the city or in units no longer in force")
    if city.synthetic:
        facts.append("Synthetic city: the borders and reports are made up.")
    lines = "".join(f"<div>{escape(fact)}</div>" for fact in facts)
    return (
        '<section aria-label="Legend" style="position:fixed;left:12px;bottom:68px;z-index:9999;max-width:300px;'
        'background:#fff;color:#222;padding:10px 12px;border:1px solid #999;font:13px/1.4 sans-serif">'
        f"<strong>Hot spots of cases, {escape(city.name)}</strong>{keys}"
        f'<div style="margin-top:6px">{lines}</div></section>'
    )


def period(sheet: HotSpotSheet, *, city: City) -> str:
    """The period in the city's own time."""
    zone = ZoneInfo(city.time_zone)
    since = f"{sheet.since.astimezone(zone):%Y-%m-%d %H:%M}" if sheet.since else "the beginning"
    until = f"{sheet.until.astimezone(zone):%Y-%m-%d %H:%M}" if sheet.until else "now"
    return f"captured from {since} until {until}"


def _features(sheet: HotSpotSheet) -> dict[str, Any]:
    shapes = light_shapes(sheet.shapes)
    rows = zip(sheet.units, shapes, strict=True)
    return {"type": "FeatureCollection", "features": [_feature(unit, shape) for unit, shape in rows]}


def _feature(unit: UnitHotSpot, shape: shapely.Geometry) -> dict[str, Any]:
    # Tooltips are set as HTML in the page: a name out of a stranger's file must not become markup.
    properties = {
        "name": escape(unit.name),
        "code": escape(unit.code),
        "cases": unit.count,
        "z": round(unit.z, 2),
        "p": float(f"{unit.p:.3g}"),
        "verdict": BINS[unit.bin][1],
        "bin": unit.bin,
    }
    return {"type": "Feature", "properties": properties, "geometry": mapping(shape)}


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    return {
        "fillColor": BINS[feature["properties"]["bin"]][0],
        "fillOpacity": 0.8,
        "color": "#888",
        "weight": 0.6,
    }
