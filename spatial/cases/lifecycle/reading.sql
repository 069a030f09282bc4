-- name: notes_of
-- The words of a case's acts.
SELECT act, note, at, actor FROM case_note
WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY id

-- name: requests_of
-- What was asked for in a case.
SELECT id, kind, unit, until, state, asked_at, asked_by, decided_at, decided_by FROM case_request
WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY id

-- name: photos_of
-- The pictures of a case's acts.
SELECT sha256, kind, act, at, actor, taken_at, ST_X(position) AS lon, ST_Y(position) AS lat FROM case_photo
WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY at, sha256

-- name: photos_of_report
-- The pictures that came with the report which opened a case.
SELECT sha256, kind, taken_at, ST_X(position) AS lon, ST_Y(position) AS lat FROM report_photo
WHERE district = %(district)s AND report_id = %(report)s ORDER BY sha256
