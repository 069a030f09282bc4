-- name: open_cases_in
-- Open cases that lie in these units now, within a reach.
SELECT district, case_no, step, state, current_unit, current_path, ST_X(position) AS lon, ST_Y(position) AS lat
FROM case_file
WHERE current_unit = ANY(%(units)s::text[]) AND (step NOT IN ('done', 'called_back', 'evaluated') OR state = 'submitted')
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY district, case_no

-- name: lock_open_cases_in
-- The same, each held until the transaction ends, in an order that two writers share.
SELECT district, case_no, step, state, current_unit, current_path, ST_X(position) AS lon, ST_Y(position) AS lat
FROM case_file
WHERE current_unit = ANY(%(units)s::text[]) AND (step NOT IN ('done', 'called_back', 'evaluated') OR state = 'submitted')
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY district, case_no
FOR UPDATE

-- name: lock_open_cases_behind
-- The next open cases behind a key, each held until the transaction ends.
SELECT district, case_no, step, state, current_unit, current_path, ST_X(position) AS lon, ST_Y(position) AS lat
FROM case_file
WHERE (district, case_no) > (%(district)s, %(case_no)s) AND (step NOT IN ('done', 'called_back', 'evaluated') OR state = 'submitted')
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY district, case_no
LIMIT %(limit)s
FOR UPDATE

-- name: move_cases
-- The current territory of cases; unit and path, as decided at filing, stay as they were. One that no level had, since
-- it lay outside, is its unit's from now on, as if it were filed there.
UPDATE case_file SET current_unit = moved.unit, current_path = string_to_array(moved.path, '/'),
    tier = coalesce(tier, nullif(cardinality(string_to_array(moved.path, '/')), 0)),
    tier_since = CASE WHEN tier IS NULL AND moved.path <> ''
                           AND state NOT IN ('closed', 'called_back', 'evaluated', 'void', 'merged')
                      THEN %(now)s::timestamptz ELSE tier_since END
FROM unnest(%(districts)s::text[], %(case_nos)s::text[], %(units)s::text[], %(paths)s::text[])
     AS moved(district, case_no, unit, path)
WHERE case_file.district = moved.district AND case_file.case_no = moved.case_no
