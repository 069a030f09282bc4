-- name: fill_days
-- The statutory days of a year; what a hand wrote stays.
INSERT INTO calendar_day (day, kind, name, origin, changed_by, changed_at)
SELECT day, kind, name, 'library', %(actor)s, %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS said(day date, kind text, name text)
ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name = EXCLUDED.name, changed_by = EXCLUDED.changed_by,
    changed_at = EXCLUDED.changed_at
WHERE calendar_day.origin = 'library'
RETURNING kind

-- name: forget_filled
-- Days of a year that an older filling wrote and the library no longer has.
DELETE FROM calendar_day
WHERE origin = 'library' AND extract(year FROM day) = %(year)s AND NOT day = ANY(%(days)s::date[])

-- name: put_day
-- A day as somebody says.
INSERT INTO calendar_day (day, kind, name, origin, changed_by, changed_at)
VALUES (%(day)s, %(kind)s, %(name)s, 'hand', %(actor)s, %(now)s)
ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name = EXCLUDED.name, origin = 'hand',
    changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at
RETURNING day, kind, name, origin

-- name: list_days
-- The days of a span that are not as their weekday says.
SELECT day, kind, name, origin FROM calendar_day WHERE day BETWEEN %(since)s AND %(until)s ORDER BY day

-- name: years
-- The years whose holidays somebody has told.
SELECT year FROM calendar_year ORDER BY year

-- name: put_year
-- The holidays of a year are known: the library told them, or somebody set them by hand.
INSERT INTO calendar_year (year, origin, told_by, told_at) VALUES (%(year)s, %(origin)s, %(actor)s, %(now)s)
ON CONFLICT (year) DO UPDATE SET origin = EXCLUDED.origin, told_by = EXCLUDED.told_by, told_at = EXCLUDED.told_at

-- name: holidays_by_hand
-- How many holidays of a year were set by hand.
SELECT count(*) FROM calendar_day
WHERE kind = 'holiday' AND origin = 'hand' AND day >= make_date(%(year)s, 1, 1) AND day < make_date(%(year)s + 1, 1, 1)

-- name: guessed_deadlines
-- Open cases whose deadline was reckoned by weekends in a year that nobody knew.
SELECT count(*) FROM case_file
WHERE state NOT IN ('closed', 'called_back', 'evaluated', 'void', 'merged') AND NOT is_history AND strpos(due_reason, %(mark)s) > 0
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: is_district
-- Whether cases are kept under a code: a district has it, or what lies in none.
SELECT %(code)s = '000000' OR EXISTS (
    SELECT FROM cell JOIN grid_level ON grid_level.rank = cell.rank WHERE grid_level.is_home AND cell.code = %(code)s)

-- name: drop_hours
-- The hours of a district that would begin on a day or later.
DELETE FROM working_hours WHERE district = %(district)s AND lower(during) >= %(since)s

-- name: end_hours
-- The hours in force on a day end with it.
UPDATE working_hours SET during = daterange(lower(during), %(since)s)
WHERE district = %(district)s AND during @> %(since)s::date

-- name: begin_hours
-- Other hours from a day on.
INSERT INTO working_hours (district, during, hours)
SELECT %(district)s, daterange(%(since)s, NULL), range_agg(int4range(span[1], span[2]))
FROM (SELECT ARRAY[(pair ->> 0)::integer, (pair ->> 1)::integer] AS span
      FROM jsonb_array_elements(%(hours)s::jsonb) AS pair) AS said

-- name: list_hours
-- All spans of working hours, in minutes of the wall clock; the city's own first.
SELECT district, lower(during) AS since, upper(during) AS until,
       (SELECT jsonb_agg(jsonb_build_array(lower(span), upper(span)) ORDER BY lower(span)) FROM unnest(hours) AS span)
           AS hours
FROM working_hours ORDER BY district, during

-- name: reckon_anew
-- The warnings of cases on a clock of working time are to be reckoned anew, from the first on.
INSERT INTO colour_reckoning (unit) VALUES ('working_hour'), ('working_day')
ON CONFLICT (unit) DO UPDATE SET behind_at = NULL, behind_no = NULL
