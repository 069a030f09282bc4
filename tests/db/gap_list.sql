-- name: add_row
-- One row of the table.
INSERT INTO responsibility (matter, place_kind, place_level, place_cell, place_jurisdiction, lead, priority, during, state,
                            adopted_at, recorded_at, recorded_by)
SELECT %(matter)s, CASE WHEN %(level)s::smallint IS NOT NULL THEN 'level' WHEN %(cell)s::text IS NOT NULL THEN 'cell'
                        ELSE 'jurisdiction' END,
       %(level)s::smallint, %(cell)s::text, %(jurisdiction)s::bigint, %(lead)s, %(priority)s::integer,
       tstzrange(%(since)s::timestamptz, %(until)s::timestamptz), %(state)s,
       CASE WHEN %(state)s = 'in_force' THEN '2025-01-01T00:00:00Z'::timestamptz END, '2025-01-01T00:00:00Z', 'system'

-- name: add_jurisdiction
-- One jurisdiction of the department for public order.
INSERT INTO jurisdiction (code, kind, name, department, geom, area_m2, recorded_at)
SELECT 'lake', %(kind)s, 'Lake', 'order', shape, ST_Area(shape::geography), '2025-01-01T00:00:00Z'
FROM (SELECT ST_GeomFromWKB(%(wkb)s, 4326) AS shape) AS made
RETURNING id

-- name: add_matter
-- One matter.
INSERT INTO matter (code, name, taxonomy, rank, parent, category, major_code, minor_code, step_limit, due_limit)
VALUES (%(code)s, initcap(%(code)s), %(taxonomy)s, %(rank)s, %(parent)s, %(category)s, %(major)s, %(minor)s,
        interval '1 hour', interval '1 day')
