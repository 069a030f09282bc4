-- name: keep_cycle
-- What a closed case is before it is reopened, for the periods in which that counts.
INSERT INTO case_cycle (district, case_no, ordinal, state, lead, due_at, dispatched_at, contacted_at, submitted_at,
    closed_at, outcome, reworks, extensions, missed_at, missed_by, reopened_at)
SELECT district, case_no, reopens, state, lead, due_at, dispatched_at, contacted_at, submitted_at, closed_at, outcome,
       reworks, extensions, missed_at, missed_by, %(now)s
FROM case_file
WHERE district = %(district)s AND case_no = %(case_no)s AND closed_at IS NOT NULL AND NOT is_history
