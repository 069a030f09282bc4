-- name: edited_rule
-- A unit of time whose rule or calendar was edited and whose cases are not all reckoned anew, held; with the place to go
-- on from.
SELECT unit, behind_at, behind_no FROM colour_reckoning ORDER BY unit LIMIT 1 FOR UPDATE SKIP LOCKED

-- name: edited_page
-- Running cases behind a place, in the order of their deadlines, and those of them under a limit in such a unit held:
-- `is_passed` is false where another holds one. Cases in other units are walked over as well: a page that looked for its
-- own would read all cases for it as soon as the planner takes them for few.
WITH page AS MATERIALIZED (
    SELECT district, case_no, due_at, coalesce(limit_unit, 'urgent_hour') = %(unit)s AS is_meant
    FROM case_file
    WHERE is_running AND due_at IS NOT NULL
      AND (%(after)s::timestamptz IS NULL OR (due_at, case_no) > (%(after)s, %(after_no)s))
    ORDER BY due_at, case_no
    LIMIT %(limit)s
), held AS MATERIALIZED (
    SELECT district, case_no, received_at, case_file.due_at, warn_at, limit_amount, limit_unit, extensions,
           due_reason
    FROM case_file JOIN page USING (district, case_no)
    WHERE is_meant
    FOR NO KEY UPDATE OF case_file SKIP LOCKED
)
SELECT page.due_at AS place_at, page.case_no, page.district, is_meant,
       held.case_no IS NOT NULL OR NOT is_meant AS is_passed,
       held.received_at, held.due_at, held.warn_at, held.limit_amount, held.limit_unit, held.extensions, held.due_reason
FROM page LEFT JOIN held ON held.district = page.district AND held.case_no = page.case_no
ORDER BY page.due_at, page.case_no

-- name: stand_behind
-- The warnings of limits in this unit are reckoned up to here.
UPDATE colour_reckoning SET behind_at = %(at)s, behind_no = %(case_no)s WHERE unit = %(unit)s

-- name: end_reckoning
-- Every warning of limits in this unit is reckoned anew.
DELETE FROM colour_reckoning WHERE unit = %(unit)s
