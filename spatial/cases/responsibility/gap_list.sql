-- name: list_key
-- What a computed list depends on: the grid's revision, the newest event of the table, the size of a sliver, and
-- between which moments around the asked one no row, jurisdiction, matter or grid begins or ends.
WITH bound AS (
    SELECT lower(during) AS moment FROM responsibility WHERE state = 'in_force'
    UNION ALL SELECT upper(during) FROM responsibility WHERE state = 'in_force'
    UNION ALL SELECT lower(during) FROM jurisdiction UNION ALL SELECT upper(during) FROM jurisdiction
    UNION ALL SELECT lower(during) FROM matter UNION ALL SELECT upper(during) FROM matter
    UNION ALL SELECT in_force_from FROM grid_revision
)
SELECT coalesce((SELECT max(id) FROM grid_revision), 0) AS revision,
       coalesce((SELECT max(id) FROM event WHERE subject IN ('responsibility', 'jurisdiction', 'matter')), 0) AS event,
       (SELECT count(*) FROM responsibility WHERE state = 'in_force') AS row_count,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'sliver_m2') AS sliver_m2,
       max(moment) FILTER (WHERE isfinite(moment) AND moment <= %(at)s) AS since,
       min(moment) FILTER (WHERE isfinite(moment) AND moment > %(at)s) AS until
FROM bound

-- name: cells_at
-- Every cell in force at a moment; of units the chain, area and bounds too.
SELECT version.id, version.code, version.name, version.rank,
       CASE WHEN version.rank = deepest.rank THEN array_to_string(version.path, '/') END AS path,
       version.area_m2, ST_XMin(version.geom) AS west, ST_YMin(version.geom) AS south,
       ST_XMax(version.geom) AS east, ST_YMax(version.geom) AS north
FROM cell_version AS version, (SELECT max(rank) AS rank FROM grid_level) AS deepest
WHERE version.during @> %(at)s::timestamptz

-- name: unit_shapes
-- The shapes of some cell versions.
SELECT id, ST_AsBinary(geom) AS wkb FROM cell_version WHERE id = ANY(%(ids)s::bigint[])

-- name: matters_at
-- Every matter, whether it is in force at a moment, and the category that it falls under.
SELECT matter.code, matter.name, matter.rank, matter.parent, coalesce(matter.category, parent.category) AS category,
       matter.category AS mapped_to, matter.during @> %(at)s::timestamptz AS is_active
FROM matter LEFT JOIN matter AS parent ON parent.code = matter.parent
ORDER BY matter.code

-- name: duties_at
-- The rows that decide at a moment, by what is known at another.
SELECT matter, place_kind, place_level, place_cell, place_jurisdiction, lead, priority
FROM responsibility
WHERE state = 'in_force' AND during @> %(at)s::timestamptz AND adopted_at <= %(known_at)s::timestamptz

-- name: jurisdictions_at
-- The jurisdictions in force at a moment, of those that are asked for.
SELECT id, kind, ST_AsBinary(geom) AS wkb
FROM jurisdiction
WHERE id = ANY(%(ids)s::bigint[]) AND during @> %(at)s::timestamptz AND recorded_at <= %(known_at)s::timestamptz
ORDER BY id
