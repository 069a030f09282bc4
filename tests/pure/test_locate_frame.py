"""Points of a GeoDataFrame located in the shape of geopandas.sjoin."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridmaps.locate_frame import locate_frame
from spatial.errors import Invalid
from spatial.grid.city_index import index_of_cells
from spatial.grid.index import LocatorIndex
from spatial.grid.synthetic import synthetic_city

CITY = synthetic_city(units=1200)


@pytest.fixture(scope="module")
def index() -> LocatorIndex:
    return index_of_cells(CITY.cells)


@pytest.fixture(scope="module")
def points(index: LocatorIndex) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(3)
    west, south, east, north = index.bounds
    places = gpd.points_from_xy(rng.uniform(west, east, 3000), rng.uniform(south, north, 3000))
    names = [f"p{n}" for n in range(3000)]
    return gpd.GeoDataFrame({"n": range(3000)}, geometry=places, crs=4326, index=pd.Index(names, name="point"))


@pytest.mark.parametrize("how", ["left", "inner"])
def test_the_answer_is_that_of_sjoin(index: LocatorIndex, points: gpd.GeoDataFrame, how: str) -> None:
    units = CITY.level(4)
    frame = gpd.GeoDataFrame(geometry=[unit.geometry for unit in units], crs=4326)
    frame.index = pd.Index([unit.code for unit in units])
    joined = points.sjoin(frame, how=how, predicate="within")
    located = locate_frame(points, index, how=how)  # type: ignore[arg-type]
    assert located["index_right"].astype(object).equals(joined["index_right"].astype(object))
    pd.testing.assert_frame_equal(located[["n"]], joined[["n"]])
    assert located.crs == joined.crs
    assert located.geometry.equals(joined.geometry)


def test_levels_come_with_their_names(index: LocatorIndex, points: gpd.GeoDataFrame) -> None:
    located = locate_frame(points, index, how="inner", levels={3: "community"})
    assert list(located.columns) == ["n", "geometry", "index_right", "community", "level_2", "level_1"]
    assert (located["index_right"].astype(str).str[:12] == located["community"].astype(str)).all()


def test_any_crs_is_taken_and_kept(index: LocatorIndex, points: gpd.GeoDataFrame) -> None:
    moved = locate_frame(points.to_crs(4549), index)
    assert moved.crs.to_epsg() == 4549
    assert moved["index_right"].equals(locate_frame(points, index)["index_right"])


def test_rows_without_a_point_are_kept_without_a_unit(index: LocatorIndex, points: gpd.GeoDataFrame) -> None:
    few = points.iloc[:4].copy()
    few.loc[few.index[1], "geometry"] = None
    few.loc[few.index[2], "geometry"] = shapely.Point()
    few.index = pd.Index([5, 5, 5, 9])
    located = locate_frame(few, index)
    assert located.index.tolist() == [5, 5, 5, 9]
    assert located["index_right"].isna().tolist()[1:3] == [True, True]
    assert locate_frame(few.iloc[:0], index).empty


def test_what_cannot_be_located_is_refused(index: LocatorIndex, points: gpd.GeoDataFrame) -> None:
    few = points.iloc[:3]
    with pytest.raises(Invalid, match="set_crs"):
        locate_frame(few.set_crs(None, allow_override=True), index)
    with pytest.raises(Invalid, match="p0 is no point"):
        locate_frame(few.set_geometry(few.to_crs(4549).buffer(5).to_crs(4326)), index)
    with pytest.raises(Invalid, match="already has a column"):
        locate_frame(few.assign(index_right=1), index)
    with pytest.raises(Invalid, match="left or inner"):
        locate_frame(few, index, how="right")  # type: ignore[arg-type]
