-- name: whistles
-- Whistles within a reach, newest first.
SELECT whistle.id, whistle.type, kind.name AS type_name, kind.name_zh AS type_name_zh, whistle.case_no, whistle.street,
       whistle.what, whistle.place, ST_X(whistle.position) AS lon, ST_Y(whistle.position) AS lat, whistle.radius_m,
       whistle.unit, whistle.raised_at, whistle.raised_by, whistle.wanted_at, whistle.due_at, whistle.state,
       whistle.outcome, whistle.result, whistle.closed_at, whistle.current_path || whistle.parties AS tags
FROM whistle JOIN whistle_type AS kind ON kind.code = whistle.type
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(number)s::bigint IS NULL OR whistle.id = %(number)s)
  AND (%(state)s::text IS NULL OR whistle.state = %(state)s)
  AND (%(type)s::text IS NULL OR whistle.type = %(type)s)
  AND (%(unit)s::text IS NULL OR %(unit)s = ANY(whistle.units))
  AND (%(units)s::text[] IS NULL OR whistle.units && %(units)s::text[])
  AND (%(case_no)s::text IS NULL OR whistle.case_no = %(case_no)s)
  AND (%(cell)s::text IS NULL OR whistle.current_path && ARRAY[%(cell)s::text])
  AND (%(late)s::boolean IS NULL OR %(late)s = EXISTS (
       SELECT FROM whistle_call AS call WHERE call.whistle = whistle.id
       AND call.due_at < coalesce(call.arrived_at, call.released_at, %(now)s)))
  AND (%(expected)s::boolean IS NULL OR %(expected)s = (whistle.state = 'raised' OR EXISTS (
       SELECT FROM whistle_call AS call WHERE call.whistle = whistle.id AND call.arrived_at IS NULL
       AND call.released_at IS NULL AND call.due_at >= %(now)s
       AND (%(units)s::text[] IS NULL OR call.unit = ANY(%(units)s::text[])))))
  AND (%(before)s::bigint IS NULL OR whistle.id < %(before)s)
ORDER BY whistle.id DESC
LIMIT %(limit)s

-- name: calls_of
-- Who was called by some whistles.
SELECT whistle, unit, due_at, arrived_at, released_at
FROM whistle_call WHERE whistle = ANY(%(ids)s::bigint[]) ORDER BY whistle, unit

-- name: report_ins_of
-- What was said at some whistles.
SELECT whistle, unit, at, captured_at, ST_X(position) AS lon, ST_Y(position) AS lat, accuracy_m, distance_m, counts, why
FROM whistle_report_in WHERE whistle = ANY(%(ids)s::bigint[]) ORDER BY id

-- name: scores_of
-- What both sides said of each other.
SELECT whistle, by_unit, about, score, note, at FROM whistle_score WHERE whistle = ANY(%(ids)s::bigint[])
ORDER BY whistle, at, by_unit, about
