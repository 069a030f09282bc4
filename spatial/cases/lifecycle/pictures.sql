-- name: photos_put
-- Which of these photos were put.
SELECT sha256 FROM photo WHERE sha256 = ANY(%(names)s::text[])

-- name: report_of
-- The report that opened a locked case, and its pictures.
SELECT report_id, ARRAY(SELECT sha256 FROM report_photo WHERE report_photo.district = case_file.district
                        AND report_photo.report_id = case_file.report_id) AS photos
FROM case_file WHERE district = %(district)s AND case_no = %(case_no)s

-- name: photos_used
-- Which of these photos show the result of a case, and which report opened it.
SELECT sha256, report_id FROM case_photo JOIN case_file USING (district, case_no)
WHERE sha256 = ANY(%(names)s::text[]) AND kind = 'after'

-- name: keep_photos
-- Pictures of an act; one that the case has already stays as it was.
INSERT INTO case_photo (district, case_no, sha256, kind, act, at, actor)
SELECT %(district)s, %(case_no)s, sha256, kind, %(act)s, %(now)s, %(actor)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS shown(sha256 text, kind text)
ON CONFLICT DO NOTHING
