-- name: insert_decision
-- A decision about the owner that is being replaced.
INSERT INTO case_decision (district, case_no, ordinal, replaced_at, cause, owner)
SELECT %(district)s, %(case_no)s, 1 + count(*), %(now)s, %(cause)s, %(owner)s::jsonb
FROM case_decision WHERE district = %(district)s AND case_no = %(case_no)s
