-- name: insert_decision
-- A decision about the owner that is being replaced.
INSERT INTO case_decision (district, case_no, ordinal, replaced_at, cause, owner)
SELECT %(district)s, %(case_no)s, 1 + count(*), %(now)s, %(cause)s, %(owner)s::jsonb
FROM case_decision WHERE district = %(district)s AND case_no = %(case_no)s

-- name: insert_override
-- A person chose another matter than the one that sorting took or suggested.
INSERT INTO sorting_override (district, case_no, at, actor, suggested, confidence, by, chosen)
VALUES (%(district)s, %(case_no)s, %(now)s, %(actor)s, %(suggested)s, %(confidence)s, %(by)s, %(chosen)s)
ON CONFLICT (district, case_no, at) DO NOTHING
