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

-- name: cells_above_at
-- The cells above the unit that are in force at a moment.
SELECT code, name FROM cell_version
WHERE during @> %(at)s::timestamptz AND rank < (SELECT max(rank) FROM grid_level)

-- name: units_at
-- All units in force at a moment as two columns, chains with names and numbers: a row for each would take longer to
-- read than the list to compute. Numbers are id, area and bounds, eight bytes each.
SELECT string_agg(chain || chr(31) || translate(name, chr(30) || chr(31), '  '), chr(30) ORDER BY id) AS texts,
       string_agg(int8send(id) || float8send(area_m2) || float8send(ST_XMin(geom)) || float8send(ST_YMin(geom))
                  || float8send(ST_XMax(geom)) || float8send(ST_YMax(geom)), ''::bytea ORDER BY id) AS numbers
FROM (SELECT id, array_to_string(path, '/') AS chain, name, area_m2, geom FROM cell_version
      WHERE during @> %(at)s::timestamptz AND rank = (SELECT max(rank) FROM grid_level)) AS unit

-- name: unit_shapes
-- The shapes of some cell versions.
SELECT id, ST_AsBinary(geom) AS wkb FROM cell_version WHERE id = ANY(%(ids)s::bigint[])

-- name: matters_at
-- Every matter, whether it is in force at a moment, and the category that it falls under.
SELECT matter.code, matter.name, matter.name_zh, matter.rank, matter.parent, coalesce(matter.category, parent.category) AS category,
       matter.during @> %(at)s::timestamptz AS is_active
FROM matter LEFT JOIN matter AS parent ON parent.code = matter.parent
ORDER BY matter.code

-- name: duties_at
-- The rows that decide at a moment, by what is known at another, as two columns: matter, lead and place as words, and
-- priority (bigint's least for none) and the place's number, a level's rank or a jurisdiction's id, eight bytes each.
SELECT string_agg(matter || chr(31) || lead || chr(31) || place_kind || chr(31) || coalesce(place_cell, ''), chr(30)
                  ORDER BY id) AS texts,
       string_agg(int8send(coalesce(priority, -9223372036854775808))
                  || int8send(coalesce(place_level, place_jurisdiction, 0)), ''::bytea ORDER BY id) AS numbers
FROM responsibility
WHERE state = 'in_force' AND during @> %(at)s::timestamptz AND adopted_at <= %(known_at)s::timestamptz

-- name: jurisdictions_at
-- The jurisdictions in force at a moment, of those that are asked for.
SELECT id, kind, ST_AsBinary(geom) AS wkb
FROM jurisdiction
WHERE id = ANY(%(ids)s::bigint[]) AND during @> %(at)s::timestamptz AND recorded_at <= %(known_at)s::timestamptz
ORDER BY id
