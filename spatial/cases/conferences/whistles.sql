-- name: types
-- What a street may whistle for.
SELECT code, ordinal, name, name_zh, limit_amount, limit_unit, is_in_use FROM whistle_type ORDER BY ordinal, code

-- name: put_type
-- A type as the district wants it; whistles keep the limit that they were raised under.
INSERT INTO whistle_type (code, ordinal, name, name_zh, limit_amount, limit_unit, is_in_use)
VALUES (%(code)s, %(ordinal)s, %(name)s, %(name_zh)s, %(limit_amount)s, %(limit_unit)s, %(is_in_use)s)
ON CONFLICT (code) DO UPDATE SET ordinal = excluded.ordinal, name = excluded.name, name_zh = excluded.name_zh,
    limit_amount = excluded.limit_amount, limit_unit = excluded.limit_unit, is_in_use = excluded.is_in_use

-- name: case_there
-- Whether a case of this district lies within a reach.
SELECT case_no FROM case_file
WHERE case_no = %(case_no)s AND district = %(district)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: insert_whistle
-- A whistle, heard by the territory it lies in and by the departments that are called.
INSERT INTO whistle (district, type, case_no, street, units, what, place, position, radius_m, unit, current_path, parties,
    limit_amount, limit_unit, raised_at, raised_by, wanted_at, due_at)
VALUES (%(district)s, %(type)s, %(case_no)s, %(street)s, %(units)s::text[], %(what)s, %(place)s,
        ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326), %(radius_m)s, %(unit)s, %(path)s::text[],
        case_parties(%(departments)s::text[], %(path)s::text[]), %(limit_amount)s, %(limit_unit)s, %(now)s, %(actor)s,
        %(wanted_at)s, %(due_at)s)
RETURNING id

-- name: insert_calls
-- One call for each unit.
INSERT INTO whistle_call (whistle, unit, due_at) SELECT id, unnest(units), due_at FROM whistle WHERE id = %(id)s

-- name: lock_whistle
-- A whistle within a reach, held until the transaction ends.
SELECT id, district, type, street, units, unit, ST_X(position) AS lon, ST_Y(position) AS lat, radius_m, current_path,
       parties, raised_at, due_at, state
FROM whistle
WHERE id = %(id)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
FOR UPDATE

-- name: call
-- A unit's call; the whistle is held.
SELECT due_at, arrived_at, released_at FROM whistle_call WHERE whistle = %(id)s AND unit = %(unit)s

-- name: expected
-- The called units that are neither there, nor released, nor late; the whistle is held.
SELECT unit FROM whistle_call
WHERE whistle = %(id)s AND arrived_at IS NULL AND released_at IS NULL AND due_at >= %(now)s
ORDER BY unit

-- name: release
-- The street does not need these units any more.
UPDATE whistle_call SET released_at = %(now)s
WHERE whistle = %(id)s AND unit = ANY(%(units)s::text[]) AND arrived_at IS NULL AND released_at IS NULL

-- name: worst_accuracy
-- The widest radius of a position that says anything.
SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'worst_certain_accuracy_m'

-- name: insert_report_in
-- What was said, and whether it counts.
INSERT INTO whistle_report_in (whistle, unit, at, captured_at, actor, position, accuracy_m, distance_m, counts, why)
VALUES (%(id)s, %(unit)s, %(now)s, %(captured_at)s, %(actor)s, ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326),
        %(accuracy_m)s, %(distance_m)s, %(counts)s, %(why)s)

-- name: arrive
-- The unit is there.
UPDATE whistle_call SET arrived_at = %(now)s
WHERE whistle = %(id)s AND unit = %(unit)s AND arrived_at IS NULL AND released_at IS NULL

-- name: close_whistle
-- A whistle is over.
UPDATE whistle SET state = %(state)s, outcome = %(outcome)s, result = %(result)s, closed_at = %(now)s,
    closed_by = %(actor)s
WHERE id = %(id)s AND state = 'raised'

-- name: insert_score
-- A score; a second one of the same pair is none.
INSERT INTO whistle_score (whistle, by_unit, about, score, note, at, actor)
VALUES (%(id)s, %(by)s, %(about)s, %(score)s, %(note)s, %(now)s, %(actor)s)
ON CONFLICT DO NOTHING
RETURNING score

-- name: absent
-- Units that were not there when they were due and of whom nobody was told, longest first; held, those of others left.
SELECT whistle.id, whistle.district, whistle.current_path, whistle.parties, call.unit AS absent, call.due_at
FROM whistle_call AS call JOIN whistle ON whistle.id = call.whistle
WHERE call.arrived_at IS NULL AND call.told_at IS NULL AND call.due_at < %(now)s
  AND (call.released_at IS NULL OR call.released_at > call.due_at)
ORDER BY call.due_at, whistle.id, call.unit
LIMIT %(limit)s
FOR UPDATE OF whistle, call SKIP LOCKED

-- name: absence_told
-- It was told.
UPDATE whistle_call SET told_at = %(now)s WHERE whistle = %(id)s AND unit = %(unit)s
