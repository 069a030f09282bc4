-- name: units_in_force
-- The units in force at a moment (NULL: now), with the revision of the grid then, all from one snapshot.
SELECT version.id, version.code, version.path, ST_AsBinary(version.geom) AS wkb,
       (SELECT max(revision.id) FROM grid_revision AS revision
        WHERE revision.in_force_from <= coalesce(%(at)s::timestamptz, clock_timestamp())) AS revision
FROM cell_version AS version
WHERE version.during @> coalesce(%(at)s::timestamptz, clock_timestamp())
  AND version.rank = (SELECT max(rank) FROM grid_level)
ORDER BY version.code
