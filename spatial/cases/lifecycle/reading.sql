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
SELECT sha256, kind, act FROM case_photo
WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY at, sha256
