-- name: known_matters
-- Validity of some matters.
SELECT code, lower(during) AS since, upper(during) AS until FROM matter WHERE code = ANY(%(codes)s::text[])

-- name: known_levels
-- The levels by key, widest first.
SELECT key, rank FROM grid_level ORDER BY rank

-- name: known_cells
-- Which of some codes are cells, and whether each is still in use.
SELECT code, withdrawn_in IS NULL AS in_use FROM cell WHERE code = ANY(%(codes)s::text[])

-- name: known_departments
-- Validity of some departments, which no other transaction may end meanwhile.
SELECT code, lower(during) AS since, upper(during) AS until FROM department
WHERE code = ANY(%(codes)s::text[]) ORDER BY code FOR SHARE

-- name: known_jurisdictions
-- The versions of some jurisdictions, which no other transaction may end meanwhile.
SELECT code, id, lower(during) AS since, upper(during) AS until FROM jurisdiction
WHERE code = ANY(%(codes)s::text[]) ORDER BY id FOR SHARE

-- name: standing_rows
-- Rows in force on some matters and places of some leads; a place is told by its code, or its level's key.
SELECT duty.id, duty.matter, duty.place_kind, coalesce(level.key, duty.place_cell, jurisdiction.code) AS place,
       duty.lead, duty.assisting, duty.supervising, duty.priority,
       lower(duty.during) AS since, upper(duty.during) AS until
FROM responsibility AS duty
LEFT JOIN grid_level AS level ON level.rank = duty.place_level
LEFT JOIN jurisdiction ON jurisdiction.id = duty.place_jurisdiction
WHERE duty.state = 'in_force' AND duty.matter = ANY(%(matters)s::text[]) AND duty.lead = ANY(%(leads)s::text[])
  AND coalesce(level.key, duty.place_cell, jurisdiction.code) = ANY(%(places)s::text[])
ORDER BY duty.id

-- name: insert_rows
-- Write rows in their order; answers their ids in it.
INSERT INTO responsibility (matter, place_kind, place_level, place_cell, place_jurisdiction, lead, assisting,
    supervising, priority, basis, during, state, answer_by, adopted_at, recorded_at, recorded_by)
SELECT matter, place_kind, place_level, place_cell, place_jurisdiction, lead, assisting,
    supervising, priority, basis, tstzrange(since, until), %(state)s, %(answer_by)s, %(adopted_at)s, %(now)s, %(actor)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS draft(
    ordinal integer, matter text, place_kind text, place_level smallint, place_cell text, place_jurisdiction bigint,
    lead text, assisting text[], supervising text[], priority integer, basis text, since timestamptz, until timestamptz)
ORDER BY ordinal
RETURNING id

-- name: list_rows
-- Rows by id with the names of their matter and place, a page behind an id; `at` leaves those that decide then.
SELECT duty.id, duty.matter, matter.name AS matter_name, matter.name_zh AS matter_name_zh, duty.place_kind,
       coalesce(level.key, duty.place_cell, jurisdiction.code) AS place,
       coalesce(level.name, version.name, jurisdiction.name, duty.place_cell) AS place_name,
       duty.lead, duty.assisting, duty.supervising, duty.priority, duty.basis,
       lower(duty.during) AS since, upper(duty.during) AS until, duty.state, duty.answer_by,
       nullif(duty.adopted_at, '-infinity') AS adopted_at, duty.recorded_at, duty.recorded_by,
       duty.settled_at, duty.settled_by, duty.grounds
FROM responsibility AS duty
JOIN matter ON matter.code = duty.matter
LEFT JOIN grid_level AS level ON level.rank = duty.place_level
LEFT JOIN jurisdiction ON jurisdiction.id = duty.place_jurisdiction
LEFT JOIN LATERAL (SELECT name FROM cell_version WHERE cell_version.code = duty.place_cell
                   ORDER BY lower(during) DESC NULLS LAST LIMIT 1) AS version ON true
WHERE (%(ids)s::bigint[] IS NULL OR duty.id = ANY(%(ids)s::bigint[]))
  AND (%(matter)s::text IS NULL OR duty.matter = %(matter)s)
  AND (%(unit)s::text IS NULL OR duty.lead = %(unit)s OR %(unit)s = ANY(duty.assisting)
       OR %(unit)s = ANY(duty.supervising))
  AND (%(cell)s::text IS NULL
       OR duty.place_cell IN (SELECT code FROM cell_version WHERE path && ARRAY[%(cell)s::text]))
  AND (%(jurisdiction)s::text IS NULL OR jurisdiction.code = %(jurisdiction)s)
  AND (%(state)s::text IS NULL OR duty.state = %(state)s)
  AND (%(at)s::timestamptz IS NULL OR duty.state = 'in_force' AND duty.during @> %(at)s::timestamptz)
  AND (%(overdue_at)s::timestamptz IS NULL OR duty.state = 'proposed' AND duty.answer_by < %(overdue_at)s)
  AND (%(after)s::bigint IS NULL OR duty.id > %(after)s)
ORDER BY duty.id LIMIT %(limit)s

-- name: answers
-- What units have answered to some proposals, in their order.
SELECT responsibility, unit, answer, reason, at, actor FROM responsibility_answer
WHERE responsibility = ANY(%(ids)s::bigint[]) ORDER BY at, unit

-- name: hold_row
-- One row, held until this transaction ends.
SELECT id, state, lower(during) AS since, upper(during) AS until FROM responsibility WHERE id = %(id)s FOR UPDATE

-- name: end_row
-- A row ends; nothing else of it is ever changed.
UPDATE responsibility SET during = tstzrange(lower(during), %(until)s) WHERE id = %(id)s

-- name: homes
-- The home and the chain of some cells, by their newest version.
SELECT DISTINCT ON (code) code, district, path FROM cell_version WHERE code = ANY(%(codes)s::text[])
ORDER BY code, lower(during) DESC NULLS LAST

-- name: only_home
-- The code of the home level, where the city has exactly one.
SELECT min(cell.code) FROM cell JOIN grid_level AS level ON level.rank = cell.rank
WHERE level.is_home AND cell.withdrawn_in IS NULL HAVING count(*) = 1
