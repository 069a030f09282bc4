-- name: cases
-- Cases within a reach and a period of the moments in which they were captured, oldest first.
SELECT case_no, step, state, source, category, certainty, current_unit AS unit, accuracy_m, captured_at, received_at,
       is_history, ST_X(position) AS lon, ST_Y(position) AS lat
FROM case_file
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(since)s::timestamptz IS NULL OR captured_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR captured_at < %(until)s::timestamptz)
ORDER BY captured_at, case_no
LIMIT %(limit)s

-- name: counts_by_unit
-- How many cases of a period lie in each unit, within a reach; a NULL unit is outside the city. Positions that devices
-- make up are left out: a hundred of them on one spot would be the hottest spot of the city.
SELECT current_unit AS unit, count(*) AS cases
FROM case_file
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(since)s::timestamptz IS NULL OR captured_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR captured_at < %(until)s::timestamptz)
  AND NOT is_fallback
GROUP BY current_unit

-- name: city
-- What a picture says about the city: its name, its clock, and whether it is made up.
SELECT (SELECT value #>> '{}' FROM setting WHERE key = 'city_name') AS name,
       (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS time_zone,
       (SELECT value = 'true'::jsonb FROM setting WHERE key = 'synthetic') AS synthetic
