"""Who answers for what in the demo city: rows of the table of responsibility, rivers, roads, markets and schools.

Most of the table is in order. A few things are not, on purpose, so that the gap list and the dispute desk have
something to show; each is marked below as a gap or a conflict. Rows and shapes as values; knows no database.
"""

from collections.abc import Sequence

import shapely
from shapely import MultiPolygon
from shapely.affinity import scale

from spatial.cases.responsibility.jurisdictions import JurisdictionDraft
from spatial.cases.responsibility.row_drafts import RowDraft
from spatial.grid.synthetic import SyntheticCity

_METRES_PER_DEGREE = 111_000.0
_NARROWING = 0.864  # of a degree of longitude at 30.3 degrees north
_DUTY_LIST = "duty list of the synthetic city"

# matter, lead, assisting, supervising: for the whole district
_DISTRICT_ROWS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("safety", "public_security", ("@street",), ()),
    ("enforcement", "law_enforcement", (), ()),
    ("service", "civil_affairs", (), ()),
    ("social", "civil_affairs", ("@community",), ()),
    ("party", "party_work", (), ()),
    ("emergency", "emergency", ("public_security",), ()),
    ("opinion", "@street", (), ("letters_visits",)),
    ("C01", "city_management", (), ()),
    ("C0101", "water_works", (), ()),
    ("C0102", "water_works", (), ()),
    ("C0103", "water_works", (), ()),
    ("C0104", "water_works", (), ()),
    ("C0110", "construction", (), ()),
    ("C0111", "construction", ("emergency",), ()),
    ("C0123", "water_works", (), ()),
    ("C02", "traffic_police", (), ()),
    ("C0204", "city_management", (), ()),
    ("C03", "city_management", (), ()),
    ("C0306", "law_enforcement", (), ()),
    ("C04", "city_management", ("@street",), ()),
    ("E0101", "law_enforcement", ("construction", "@street"), ()),
    ("E0110", "city_management", ("@street",), ()),
    ("E0112", "city_management", (), ()),
    ("E0113", "water_works", (), ()),
    ("E0120", "ecology", ("@community",), ()),
    ("E0129", "law_enforcement", ("ecology",), ()),
    ("E0136", "@street", (), ("city_management",)),
    ("E0201", "@street", ("law_enforcement",), ()),
    ("E03", "construction", (), ()),
    ("E0301", "law_enforcement", ("construction",), ()),
    ("E0304", "construction", ("ecology",), ()),
    ("E0401", "law_enforcement", ("@street",), ("market",)),
    ("E0406", "law_enforcement", ("@street",), ()),
    ("E0498", "ecology", (), ()),
    ("E0499", "traffic_police", (), ()),
    ("E05", "emergency", (), ()),
    ("E0501", "water_works", ("emergency",), ()),
    ("E0505", "construction", ("water_works", "traffic_police"), ()),
    ("E0506", "water_works", (), ()),
)

# Gap: twelve of fourteen streets have agreed to take what falls under no other category; these two have not, so there
# "other", C05 and E06 are nobody's, and the territory holds them.
_STREETS_THAT_HAVE_NOT_AGREED = ("330102016", "330102017")

# matter, cell, lead, basis
_CELL_ROWS = (
    # Conflict: in this street two papers give the noise of shops to two departments, and no priority was set.
    ("E0498", "330102014", "ecology", "noise regulations, 2019"),
    ("E0498", "330102014", "law_enforcement", "minutes of the street's joint conference, 2024"),
    # Conflict: manhole covers of unknown owner, claimed for two departments in one street.
    ("C0123", "330102017", "water_works", "inventory of pipes, 2018"),
    ("C0123", "330102017", "construction", "handover of the new quarter, 2023"),
    # In order: a street that sweeps its roads itself, and a community with a car park of its own.
    ("E0112", "330102009", "@street", "transfer of cleaning to the street, 2022"),
    ("E0499", "330102001051", "@community", "community parking agreement, 2023"),
)

# code, kind, feature, name, department, streets that it runs through or lies in, width in metres
_SHAPES = (
    ("river-1", "polygon", "river", "东河 · synthetic", "water_works", ("330102012", "330102013", "330102016"), 70),
    ("river-2", "polygon", "river", "备塘河 · synthetic", "water_works", ("330102015", "330102018"), 50),
    ("road-1", "polygon", "road", "秋涛路 · synthetic", "construction", ("330102008", "330102010", "330102014"), 36),
    ("road-2", "polygon", "road", "环站东路 · synthetic", "construction", ("330102013", "330102015", "330102017"), 36),
    ("market-1", "exclusive_grid", "market", "湖滨集市 · synthetic", "market", ("330102003",), 260),
    ("market-2", "exclusive_grid", "market", "闸弄口农贸市场 · synthetic", "market", ("330102013",), 180),
    ("school-1", "exclusive_grid", "school", "丁兰中学 · synthetic", None, ("330102017",), 240),
)  # fmt: skip

# matter, jurisdictions, lead, assisting
_SHAPE_ROWS: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    ("E0136", ("river-1", "river-2"), "water_works", ("@street",)),
    # Conflict: the river's keeper has the street scene on its banks as a whole, the bureau has garbage and dirt by name
    # and everywhere: neither row is more specific on both counts. On the second river a priority settles it.
    ("E01", ("river-1",), "water_works", ()),
    ("E0113", ("road-1", "road-2"), "construction", ("traffic_police",)),
    ("E0505", ("road-1", "road-2"), "construction", ("traffic_police",)),
    ("E0401", ("market-1", "market-2"), "market", ("law_enforcement",)),
    ("E0406", ("market-1", "market-2"), "market", ()),
    ("safety", ("school-1",), "public_security", ("@community",)),
    ("E0499", ("school-1",), "traffic_police", ("public_security",)),
)
_SETTLED = RowDraft("E01", "jurisdiction", "river-2", "water_works", priority=10, basis="the district's word, 2024")


def duty_rows(city: SyntheticCity) -> list[RowDraft]:
    """The table of responsibility; its places are levels, streets, communities and the shapes of `duty_shapes`."""
    rows = [
        RowDraft(matter, "level", "district", lead, assisting, supervising, basis=_DUTY_LIST)
        for matter, lead, assisting, supervising in _DISTRICT_ROWS
    ]
    streets = [cell.code for cell in city.level(2) if cell.code not in _STREETS_THAT_HAVE_NOT_AGREED]
    rows += [RowDraft("other", "cell", street, "@community", basis="street agreement, 2025") for street in streets]
    rows += [RowDraft(matter, "cell", cell, lead, basis=basis) for matter, cell, lead, basis in _CELL_ROWS]
    rows += [
        RowDraft(matter, "jurisdiction", code, lead, assisting, basis=f"keeper of {code}")
        for matter, codes, lead, assisting in _SHAPE_ROWS
        for code in codes
    ]
    return [*rows, _SETTLED]


def duty_shapes(city: SyntheticCity) -> list[JurisdictionDraft]:
    """Rivers and roads as bands between the middles of streets, exclusive grids as squares; all inside the city."""
    middles = {cell.code: shapely.point_on_surface(cell.geometry) for cell in city.level(2)}
    ground = city.level(1)[0].geometry
    return [
        JurisdictionDraft(code, kind, name, _inside(_shape(streets, middles, width_m), ground), feature, department)
        for code, kind, feature, name, department, streets, width_m in _SHAPES
    ]


def _shape(streets: Sequence[str], middles: dict[str, shapely.Point], width_m: int) -> shapely.Geometry:
    """A band along the streets, or a square in the only one, in degrees."""
    points = [middles[street] for street in streets]
    flat = shapely.LineString(points) if len(points) > 1 else points[0]
    square = scale(flat, xfact=_NARROWING, yfact=1.0, origin=(0, 0))
    wide = square.buffer(width_m / 2 / _METRES_PER_DEGREE, cap_style="square", quad_segs=16)
    return scale(wide, xfact=1 / _NARROWING, yfact=1.0, origin=(0, 0))


def _inside(shape: shapely.Geometry, ground: shapely.Geometry) -> MultiPolygon:
    cut = shapely.set_precision(shapely.intersection(shape, ground), 1e-9)
    return MultiPolygon([part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"])
