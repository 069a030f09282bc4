-- name: outside_the_grid
-- Which of some shapes (by position from 0) touch no cell of the grid in force; none while there is no grid.
SELECT asked.i - 1 AS i
FROM unnest(%(wkbs)s::text[]) WITH ORDINALITY AS asked(wkb, i)
WHERE EXISTS (SELECT FROM cell_version)
  AND NOT EXISTS (SELECT FROM cell_version AS version
                  WHERE upper_inf(version.during) AND version.rank = (SELECT min(rank) FROM grid_level)
                    AND ST_Intersects(version.geom, ST_SetSRID(ST_GeomFromWKB(decode(asked.wkb, 'hex')), 4326)))

-- name: beyond_the_city
-- Which of some shapes (by position from 0) reach more than a twentieth of a degree, some five kilometres, beyond the
-- box of the grid in force; none while there is no grid.
SELECT asked.i - 1 AS i
FROM unnest(%(wkbs)s::text[]) WITH ORDINALITY AS asked(wkb, i)
CROSS JOIN (SELECT ST_Expand(ST_SetSRID(ST_Extent(geom)::geometry, 4326), 0.05) AS around FROM cell_version
            WHERE upper_inf(during) AND rank = (SELECT min(rank) FROM grid_level)) AS city
WHERE NOT ST_CoveredBy(ST_SetSRID(ST_GeomFromWKB(decode(asked.wkb, 'hex')), 4326), city.around)

-- name: hold_versions
-- The versions of a jurisdiction that hold at a moment or behind it, held until this transaction ends.
SELECT id, lower(during) AS since, upper(during) AS until FROM jurisdiction
WHERE code = %(code)s AND during && tstzrange(%(since)s, %(until)s)
ORDER BY lower(during) NULLS FIRST FOR UPDATE

-- name: insert_jurisdiction
-- A version of a jurisdiction.
INSERT INTO jurisdiction (code, kind, feature, name, department, geom, area_m2, during, recorded_at)
VALUES (%(code)s, %(kind)s, %(feature)s, %(name)s, %(department)s,
        ST_SetSRID(ST_GeomFromWKB(decode(%(wkb)s, 'hex')), 4326), %(area_m2)s,
        tstzrange(%(since)s, %(until)s), %(now)s)
RETURNING id

-- name: rows_on_version
-- How many rows in force hold on a version behind a moment.
SELECT count(*) FROM responsibility
WHERE place_jurisdiction = %(id)s AND state = 'in_force' AND during && tstzrange(%(until)s, NULL)

-- name: end_jurisdiction
-- A version ends.
UPDATE jurisdiction SET during = tstzrange(lower(during), %(until)s) WHERE id = %(id)s

-- name: rows_to_carry
-- The rows in force of a version that go on behind a moment, held: those that have begun then, and those that have not.
SELECT id, lower(during) IS NULL OR lower(during) < %(until)s AS has_begun FROM responsibility
WHERE place_jurisdiction = %(id)s AND state = 'in_force' AND during && tstzrange(%(until)s, NULL)
ORDER BY id FOR UPDATE

-- name: copy_rows
-- What holds on the old version holds on the new one from the moment of the switch; answers the copies with their
-- originals, in order.
INSERT INTO responsibility (matter, place_kind, place_jurisdiction, lead, assisting, supervising, priority, basis,
    during, state, adopted_at, recorded_at, recorded_by)
SELECT matter, place_kind, %(successor)s, lead, assisting, supervising, priority, basis,
       tstzrange(%(until)s, upper(during)), 'in_force', %(now)s, %(now)s, %(actor)s
FROM responsibility WHERE id = ANY(%(ids)s::bigint[])
ORDER BY id
RETURNING id

-- name: end_rows
-- Rows of the old version end with it.
UPDATE responsibility SET during = tstzrange(lower(during), %(until)s) WHERE id = ANY(%(ids)s::bigint[])

-- name: follow_version
-- Proposals, and rows that begin only behind the switch, are about the new version: they have decided nothing yet.
UPDATE responsibility SET place_jurisdiction = %(successor)s
WHERE place_jurisdiction = %(id)s AND (state IN ('proposed', 'objected') OR id = ANY(%(ids)s::bigint[]))

-- name: list_jurisdictions
-- Jurisdictions by id, a page behind an id; `at` leaves out those that are not in force then.
SELECT id, code, kind, feature, name, department, ST_AsBinary(geom) AS wkb, area_m2,
       lower(during) AS since, upper(during) AS until, recorded_at
FROM jurisdiction
WHERE (%(code)s::text IS NULL OR code = %(code)s)
  AND (%(at)s::timestamptz IS NULL OR during @> %(at)s::timestamptz)
  AND (%(department)s::text IS NULL OR department = %(department)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(west)s::float8 IS NULL OR geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND (%(after)s::bigint IS NULL OR id > %(after)s)
ORDER BY id LIMIT %(limit)s
