"""Cells into a file for other tools.

Knows formats by their endings. Refuses to change a shape.
"""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd

from spatial.errors import Invalid
from spatial.grid.cells import Cell

_DRIVERS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG", ".fgb": "FlatGeobuf"}


def write_cells(cells: Sequence[Cell], path: Path) -> None:
    """Write cells (EPSG:4326) as GeoJSON, GeoPackage or FlatGeobuf, replacing the file.

    Raises Invalid when the ending is another, the directory is missing, or there is nothing to write.
    """
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise Invalid(f"file: {path.suffix!r} is not one of {', '.join(_DRIVERS)}.", field="file")
    if not path.absolute().parent.is_dir():
        raise Invalid(f"file: the directory {path.absolute().parent} does not exist.", field="file")
    if not cells:
        raise Invalid("at: no cells are in force at that moment.", field="at")
    table = {
        "code": [cell.code for cell in cells],
        "name": [cell.name for cell in cells],
        "level": [cell.level for cell in cells],
        "parent": [cell.parent for cell in cells],
        "area_m2": [cell.area_m2 for cell in cells],
        "label_lon": [cell.label_point[0] for cell in cells],
        "label_lat": [cell.label_point[1] for cell in cells],
        "valid_from": [cell.valid_from and cell.valid_from.isoformat() for cell in cells],
        "valid_until": [cell.valid_until and cell.valid_until.isoformat() for cell in cells],
    }
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([cell.geometry for cell in cells], crs="EPSG:4326"))
    path.unlink(missing_ok=True)
    # GeoJSON rounds to seven digits unless told: borders would no longer meet to the last bit.
    options = {"COORDINATE_PRECISION": "17"} if driver == "GeoJSON" else {}
    frame.to_file(path, driver=driver, engine="pyogrio", **options)
