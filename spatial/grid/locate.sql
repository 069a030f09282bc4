-- name: propose_units
-- Units in force that may cover a position or its samples: candidates only, the border rule decides.
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

-- name: grid_now
-- Which history of which database this is (a restore raises the epoch, and rewinds ids) and its newest revision.
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()) || '.'
       || (SELECT value #>> '{}' FROM setting WHERE key = 'epoch') AS database,
       (SELECT max(id) FROM grid_revision) AS revision

-- name: revision_instants
-- Since when each revision holds, oldest first; NULL: since always.
SELECT id, CASE WHEN in_force_from = '-infinity' THEN NULL ELSE in_force_from END AS since
FROM grid_revision ORDER BY id

-- name: changed_boxes
-- The boxes of units that were made or retired between two revisions: where an index of the older is not to be asked.
SELECT ST_XMin(geom) AS west, ST_YMin(geom) AS south, ST_XMax(geom) AS east, ST_YMax(geom) AS north
FROM cell_version
WHERE rank = (SELECT max(rank) FROM grid_level)
  AND (created_in > %(older)s AND created_in <= %(newer)s OR retired_in > %(older)s AND retired_in <= %(newer)s)

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
-- Which history of which database this is; cached shapes of one must never answer for another.
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()) || '.'
       || (SELECT value #>> '{}' FROM setting WHERE key = 'epoch')
