-- name: propose_units
-- Units in force that may cover a position or its accuracy disc: candidates only, the border rule decides.
SELECT asked.i - 1 AS i, version.id, version.code, version.path, version.district
FROM unnest(%(lons)s::float8[], %(lats)s::float8[], %(half_widths)s::float8[], %(half_heights)s::float8[],
            %(moments)s::timestamptz[])
     WITH ORDINALITY AS asked(lon, lat, half_width, half_height, moment, i)
JOIN cell_version AS version
  ON ST_Intersects(version.geom, ST_MakeEnvelope(lon - half_width, lat - half_height,
                                                 lon + half_width, lat + half_height, 4326))
 AND version.during @> asked.moment
 AND version.rank = (SELECT max(rank) FROM grid_level)
ORDER BY asked.i, version.code

-- name: propose_evidence
-- Supplied parent polygons of one level, of the newest revision that has them, that may cover a position.
SELECT asked.i - 1 AS i, evidence.revision, evidence.code
FROM unnest(%(lons)s::float8[], %(lats)s::float8[]) WITH ORDINALITY AS asked(lon, lat, i)
JOIN cell_evidence AS evidence
  ON ST_Intersects(evidence.geom, ST_SetSRID(ST_Point(lon, lat), 4326))
 AND evidence.revision = (SELECT max(revision) FROM cell_evidence)
JOIN cell ON cell.code = evidence.code AND cell.rank = %(rank)s
ORDER BY asked.i, evidence.code

-- name: version_shapes
-- The polygons of some cell versions.
SELECT id, ST_AsBinary(geom) AS wkb FROM cell_version WHERE id = ANY(%(ids)s::bigint[])

-- name: evidence_shapes
-- The polygons of some supplied parents.
SELECT code, ST_AsBinary(geom) AS wkb FROM cell_evidence
WHERE revision = %(revision)s AND code = ANY(%(codes)s::text[])

-- name: database_identity
-- Which database this is; cached shapes of one must never answer for another.
SELECT oid::bigint FROM pg_database WHERE datname = current_database()
