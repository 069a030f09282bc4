"""Tables as SQLAlchemy Core and GeoAlchemy2 know them, for simple reads that analysts compose themselves.

A guard test compares them with the migrated schema. What needs a spatial function, a lock or an aggregate is a
named query instead; what hands out cases needs a reach and is therefore not here.
"""

from geoalchemy2 import Geometry
from sqlalchemy import Column, Float, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

metadata = MetaData()

grid_revision = Table(
    "grid_revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text),
    Column("published_at", TIMESTAMP(timezone=True)),
    Column("in_force_from", TIMESTAMP(timezone=True)),
    Column("published_by", Text),
    Column("note", Text),
    Column("report", JSONB),
)

cell_lineage = Table(
    "cell_lineage",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("from_code", Text, primary_key=True),
    Column("to_code", Text, primary_key=True),
    Column("share", Float),
)

cell_evidence = Table(
    "cell_evidence",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("geom", Geometry("MULTIPOLYGON", 4326)),
    Column("deviation_m2", Float),
)

grid_finding = Table(
    "grid_finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer),
    Column("kind", Text),
    Column("codes", ARRAY(Text)),
    Column("area_m2", Float),
    Column("place", Geometry("POINT", 4326)),
    Column("sentence", Text),
)
