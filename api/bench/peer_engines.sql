-- name: sedona_one_partition
-- SedonaDB: as many partitions as there are cores, which is one.
SET datafusion.execution.target_partitions = 1

-- name: sedona_join
-- SedonaDB: its spatial join; it builds its index in the query.
SELECT points.point, units.unit FROM points JOIN units ON ST_Intersects(units.geometry, points.geometry)

-- name: duckdb_points
-- DuckDB: points made beforehand.
CREATE TABLE points AS SELECT point, ST_Point(lon, lat) AS geom FROM given_points

-- name: duckdb_units
-- DuckDB: units made beforehand.
CREATE TABLE units AS SELECT unit, ST_GeomFromWKB(wkb) AS geom FROM given_units

-- name: duckdb_join
-- DuckDB: its plan must be a SPATIAL_JOIN.
SELECT points.point, units.unit FROM points JOIN units ON ST_Intersects(units.geom, points.geom)

-- name: postgis_setting
-- PostGIS: one setting of this session.
SELECT set_config(%s, %s, false)

-- name: postgis_tables
-- PostGIS: tables of this session alone.
CREATE TEMP TABLE bench_unit (unit integer, geom geometry(Geometry, 4326));
CREATE TEMP TABLE bench_point (point integer, geom geometry(Point, 4326))

-- name: postgis_copy_units
-- PostGIS: units as hexadecimal WKB.
COPY bench_unit FROM STDIN

-- name: postgis_copy_points
-- PostGIS: points as hexadecimal WKB.
COPY bench_point FROM STDIN

-- name: postgis_index
-- PostGIS: a tree on the points for the best plan, on the units for single lookups.
CREATE INDEX ON bench_point USING gist (geom);
CREATE INDEX ON bench_unit USING gist (geom);
ANALYZE bench_point;
ANALYZE bench_unit

-- name: postgis_join
-- PostGIS: polygons outside, each prepared once, points inside by their tree. The sum holds every answer.
SELECT count(*) AS found, sum(hit.point::bigint * 31 + unit.unit) AS told
FROM bench_unit AS unit,
     LATERAL (SELECT point.point FROM bench_point AS point WHERE ST_Intersects(unit.geom, point.geom) OFFSET 0) AS hit

-- name: postgis_pairs
-- PostGIS: the same join with its answers, for the comparison.
SELECT hit.point, unit.unit
FROM bench_unit AS unit,
     LATERAL (SELECT point.point FROM bench_point AS point WHERE ST_Intersects(unit.geom, point.geom) OFFSET 0) AS hit

-- name: postgis_prepare
-- PostGIS: one lookup, planned once.
PREPARE bench_lookup (float8, float8) AS
SELECT unit FROM bench_unit WHERE ST_Intersects(geom, ST_SetSRID(ST_Point($1, $2), 4326)) LIMIT 1

-- name: postgis_lookup
-- PostGIS: run it.
EXECUTE bench_lookup (%s, %s)
