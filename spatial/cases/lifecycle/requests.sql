-- name: insert_request
-- Somebody asks for something.
INSERT INTO case_request (district, case_no, kind, unit, until, asked_at, asked_by)
VALUES (%(district)s, %(case_no)s, %(kind)s, %(unit)s, %(until)s, %(now)s, %(actor)s)
RETURNING id

-- name: open_request
-- What waits for a decision.
SELECT id, kind, unit, until, asked_at, asked_by, reviewed_by FROM case_request
WHERE district = %(district)s AND case_no = %(case_no)s AND kind = %(kind)s AND state = 'open'

-- name: settle_request
-- A request is decided.
UPDATE case_request SET state = %(state)s, decided_at = %(now)s, decided_by = %(actor)s WHERE id = %(id)s

-- name: review_request
-- The first review of an appeal.
UPDATE case_request SET reviewed_at = %(now)s, reviewed_by = %(actor)s WHERE id = %(id)s

-- name: due_resumes
-- Suspended cases whose time is over, longest over first, with when it was.
SELECT case_no, due_at FROM (
    SELECT case_file.case_no, least(max(case_request.until), case_file.paused_since + interval '365 days') AS due_at
    FROM case_file JOIN case_request USING (district, case_no)
    WHERE case_file.state = 'suspended' AND case_request.kind = 'suspension' AND case_request.state = 'approved'
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    GROUP BY case_file.district, case_file.case_no, case_file.paused_since) AS paused
WHERE due_at <= %(now)s ORDER BY due_at, case_no LIMIT %(limit)s
