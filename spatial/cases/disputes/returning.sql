-- name: insert_return
-- One more "not mine".
INSERT INTO case_return (district, case_no, ordinal, unit, reason, basis, at, actor)
VALUES (%(district)s, %(case_no)s, %(ordinal)s, %(unit)s, %(reason)s, %(basis)s, %(now)s, %(actor)s)

-- name: returns_to_dispute
-- How often a case comes back before it is a dispute.
SELECT (value #>> '{}')::integer FROM setting WHERE key = 'returns_to_dispute'
