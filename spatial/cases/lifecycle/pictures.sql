-- name: photos_put
-- Which of these photos were put.
SELECT sha256 FROM photo WHERE sha256 = ANY(%(names)s::text[])

-- name: keep_photos
-- Pictures of an act; one that the case has already stays as it was.
INSERT INTO case_photo (district, case_no, sha256, kind, act, at, actor)
SELECT %(district)s, %(case_no)s, sha256, kind, %(act)s, %(now)s, %(actor)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS shown(sha256 text, kind text)
ON CONFLICT DO NOTHING
