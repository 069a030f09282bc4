-- name: keep_cycle
-- What a closed case is before it is reopened, for the periods in which that counts.
INSERT INTO case_cycle (district, case_no, ordinal, state, lead, due_at, dispatched_at, contacted_at, submitted_at,
    closed_at, outcome, reworks, extensions, missed_at, missed_by, reopened_at)
SELECT district, case_no, reopens, state, lead, due_at, dispatched_at, contacted_at, submitted_at, closed_at, outcome,
       reworks, extensions, missed_at, missed_by, %(now)s
FROM case_file
WHERE district = %(district)s AND case_no = %(case_no)s AND closed_at IS NOT NULL AND NOT is_history

-- name: before_merge
-- The state of a joined case before, and who had it then, as the event of it tells.
SELECT payload ->> 'from' AS state, payload ->> 'lead' AS lead,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(payload -> 'assisting', '[]'))) AS assisting
FROM event
WHERE district = %(district)s AND subject = 'case' AND subject_id = %(case_no)s AND kind = 'case.merged'
ORDER BY seq DESC LIMIT 1

-- name: still_there
-- Which of these units can still have a case: departments in force, and bodies of cells that no redraw has closed.
SELECT asked.unit FROM unnest(%(units)s::text[]) AS asked(unit)
LEFT JOIN department ON department.code = asked.unit
WHERE department.during @> %(now)s::timestamptz
   OR EXISTS (SELECT FROM cell_version AS version
              WHERE version.code = substr(asked.unit, 2) AND starts_with(asked.unit, '@') AND upper_inf(version.during))
