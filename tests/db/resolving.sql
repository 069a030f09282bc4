-- name: add_row
-- A row in force.
INSERT INTO responsibility (matter, place_kind, place_level, place_cell, place_jurisdiction, lead, assisting,
    supervising, priority, during, adopted_at, recorded_at, recorded_by)
VALUES (%(matter)s, %(kind)s, %(level)s, %(cell)s, %(jurisdiction)s, %(lead)s, %(assisting)s::text[],
    %(supervising)s::text[], %(priority)s, tstzrange(%(since)s, %(until)s), %(adopted_at)s, '2025-01-01T00:00:00Z', 'system')
RETURNING id

-- name: add_jurisdiction
-- A jurisdiction since ever.
INSERT INTO jurisdiction (code, kind, name, department, geom, area_m2, recorded_at)
VALUES (%(code)s, %(kind)s, initcap(%(code)s), %(department)s, ST_SetSRID(ST_GeomFromWKB(%(wkb)s), 4326), 1,
    '2025-01-01T00:00:00Z')
RETURNING id

-- name: add_class
-- A minor class of events that is mapped to litter.
WITH major AS (
    INSERT INTO matter (code, name, taxonomy, rank, major_code, category, step_limit, due_limit)
    VALUES ('E01', 'City appearance', 'event', 'major', '01', 'litter', interval '1 hour', interval '1 day')
)
INSERT INTO matter (code, name, taxonomy, rank, major_code, minor_code, parent, step_limit, due_limit)
VALUES ('E0110', 'Exposed garbage', 'event', 'minor', '01', '10', 'E01', interval '1 hour', interval '1 day')

-- name: add_matter
-- A matter that nobody answers for.
INSERT INTO matter (code, name, name_zh, step_limit, due_limit)
VALUES ('bees', 'Swarm of bees', '蜂群', interval '1 hour', interval '1 day')
