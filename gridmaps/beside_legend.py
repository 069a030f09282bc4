"""Fits a folium map into the room that its legend leaves free, so that the legend covers no part of the city.

Knows one box and one legend, measured where the map is opened: beside each other on a desk, above each other on a
phone. Refuses to know what either of them shows.
"""

import json
from typing import Any

import folium
from branca.element import Element

# Only the browser knows how large the legend is: a padding that is written into the file fits one screen.
_FIT = """
document.addEventListener('DOMContentLoaded', function () {
    var legend = document.querySelector('section[aria-label=Legend]'), beside = window.innerWidth >= 700, room = 16;
    var left = beside ? legend.offsetLeft + legend.offsetWidth + room : room;
    var below = beside ? room : window.innerHeight - legend.offsetTop + room;
    var control = document.querySelector('.leaflet-control-layers');
    var above = control && !beside ? control.offsetHeight + 2 * room : room;
    MAP.fitBounds(BOUNDS, {paddingTopLeft: [left, above], paddingBottomRight: [room, below], animate: false});
});
"""


def fit_beside_legend(page: folium.Map, *, bounds: tuple[float, float, float, float]) -> None:
    """Show `bounds` (west, south, east, north in degrees) whole, beside a section whose aria-label is Legend."""
    west, south, east, north = bounds
    corners = json.dumps([[south, west], [north, east]])
    root: Any = page.get_root()
    root.script.add_child(Element(_FIT.replace("MAP", page.get_name()).replace("BOUNDS", corners)))
