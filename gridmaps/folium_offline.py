"""A folium map as one HTML file that loads nothing: every library lies inside it.

Folium's own files fetch a dozen scripts and sheets from elsewhere, so that on a closed network they stay
white. Here each library comes from `gridmaps/static/vendor`, and what has no copy there is an error rather
than a hole in the map. Knows libraries; refuses to know what a map shows.
"""

import base64
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import folium
from branca.element import Element

from spatial.errors import Invalid, Unavailable

VENDOR = Path(__file__).parent / "static" / "vendor"
_SCRIPTS = {"leaflet": "leaflet.js", "markerclusterjs": "leaflet.markercluster.js"}
_SHEETS = {
    "leaflet_css": "leaflet.css",
    "markerclustercss": "MarkerCluster.css",
    "markerclusterdefaultcss": "MarkerCluster.Default.css",
}
# Folium asks for these with every map; only its icon markers use them, and those are refused below.
_NEEDLESS = {
    "jquery", "bootstrap", "awesome_markers", "bootstrap_css", "glyphicons_css", "awesome_markers_font_css",
    "awesome_markers_css", "awesome_rotate_css",
}  # fmt: skip
_LOADS = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)[^>]*\ssrc\s*=\s*["']?((?:https?:)?//[^"'> ]+)"""
    r"""|<link[^>]*\shref\s*=\s*["']?((?:https?:)?//[^"'> ]+)"""
    r"""|url\(\s*["']?((?:https?:)?//[^"')]+)"""
    r"""|L\.(?:tileLayer|imageOverlay|videoOverlay|tileLayer\.wms)\(\s*["']((?:https?:)?//[^"']+)"""
)
_MAX_ZOOM = 18  # without tiles nothing else says where zooming ends, and clusters need to know


def render_offline(page: folium.Map) -> str:
    """The map as HTML. Raises Invalid if it would load anything from outside, Unavailable without `make web`."""
    page.options.setdefault("maxZoom", _MAX_ZOOM)
    # Leaflet's own line is a link to its site; its licence is kept in its script.
    page.options["attributionControl"] = False
    head: Any = page.get_root()
    inlined = [_inline(head.header, element) for element in _walk(page)]
    html: str = head.render()
    _check_closed(html, [text for texts in inlined for text in texts])
    return html


def _walk(element: Any) -> Iterator[Any]:
    yield element
    for child in list(element._children.values()):
        yield from _walk(child)


def _inline(header: Any, element: Any) -> list[str]:
    """Put the element's libraries into the header; the texts that were put there."""
    if isinstance(element, folium.Icon):
        raise Invalid("folium.Icon draws from a font that is not kept here; use CircleMarker or DivIcon", field="map")
    texts = []
    for kind, known, tag in (("default_js", _SCRIPTS, "script"), ("default_css", _SHEETS, "style")):
        for name, address in getattr(element, kind, []):
            if name in _NEEDLESS:
                continue
            if name not in known:
                raise Invalid(f"the map needs {name} from {address}, and no copy of it is kept here", field="map")
            text = _script(known[name]) if tag == "script" else _sheet(known[name])
            texts.append(text)
            # The header is a template: braces in a library must not be read as one.
            header.add_child(
                Element("{% raw %}<" + tag + ">" + text + "</" + tag + ">{% endraw %}"), name=f"own_{name}"
            )
        if hasattr(element, kind):
            setattr(element, kind, [])
    return texts


def _read(name: str) -> str:
    try:
        return (VENDOR / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Unavailable("The map libraries are not here yet; run `make web` once, then try again.") from None


def _script(name: str) -> str:
    # The map of a script's source is fetched by developer tools; its end tag would end ours.
    text = re.sub(r"//# sourceMappingURL=\S+", "", _read(name))
    return text.replace("</script", r"<\/script")


def _sheet(name: str) -> str:
    def inlined(found: re.Match[str]) -> str:
        picture = VENDOR / found[1].strip("'\"")
        if not picture.is_file():
            return found[0]
        kind = mimetypes.guess_type(picture)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()})"

    return re.sub(r"url\(([^)]+)\)", inlined, _read(name))


def _check_closed(html: str, inlined: list[str]) -> None:
    for text in inlined:
        html = html.replace(text, "")
    found = [next(filter(None, groups)) for groups in _LOADS.findall(html)]
    if found:
        raise Invalid(f"the map would load {found[0]}; draw it without outside sources (tiles=None)", field="map")
