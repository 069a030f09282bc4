"""The tables that SQLAlchemy knows, against the schema that the migrations made; and the frames read by them."""

import shapely
from geoalchemy2 import Geometry
from sqlalchemy import Connection, inspect

from gridmaps.frames import evidence_frame, findings_frame
from spatial.store.tables import cell_evidence, grid_finding, metadata
from tests.worlds import UNIT_GEOMETRIES, H, W


def test_every_table_is_as_the_migrations_made_it(conn: Connection) -> None:
    found = inspect(conn)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column["type"] for column in found.get_columns(table.name)}
        assert set(columns) == {column.name for column in table.columns}, table.name
        for column in table.columns:
            if isinstance(column.type, Geometry):
                there = columns[column.name]
                assert (there.geometry_type, there.srid) == (column.type.geometry_type, column.type.srid)
        key = found.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key.columns]


def test_evidence_and_findings_are_read_as_frames(conn: Connection) -> None:
    shape = f"SRID=4326;{shapely.to_wkt(UNIT_GEOMETRIES[H])}"
    conn.execute(cell_evidence.insert().values(revision=1, code=H, geom=shape, deviation_m2=2.5))
    conn.execute(
        grid_finding.insert().values(
            revision=1,
            kind="gap",
            codes=[W, H],
            area_m2=0.1,
            place="SRID=4326;POINT(120.001 30.001)",
            sentence="A gap.",
        )
    )
    conn.execute(grid_finding.insert().values(revision=1, kind="orphan", codes=[W], sentence="No parent."))
    evidence, findings = evidence_frame(conn, revision=1), findings_frame(conn, revision=1)
    assert shapely.equals(evidence.loc[H].geometry, UNIT_GEOMETRIES[H]) and evidence.loc[H].deviation_m2 == 2.5
    assert findings.crs == evidence.crs == "EPSG:4326"
    assert list(findings.kind) == ["gap", "orphan"] and findings.geometry.isna().tolist() == [False, True]
