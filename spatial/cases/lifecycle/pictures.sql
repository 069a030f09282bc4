-- name: photos_put
-- Which of these photos were put.
SELECT sha256 FROM photo WHERE sha256 = ANY(%(names)s::text[])

-- name: report_of
-- The report that opened a locked case, its pictures, and those of a look at the place: what it was like before.
SELECT report_id, ARRAY(SELECT sha256 FROM report_photo WHERE report_photo.district = case_file.district
                        AND report_photo.report_id = case_file.report_id
                        UNION SELECT sha256 FROM case_photo WHERE case_photo.district = case_file.district
                        AND case_photo.case_no = case_file.case_no AND kind <> 'after') AS photos
FROM case_file WHERE district = %(district)s AND case_no = %(case_no)s

-- name: photos_used
-- Which of these photos show the result of a case, and which report opened it.
SELECT sha256, report_id FROM case_photo JOIN case_file USING (district, case_no)
WHERE sha256 = ANY(%(names)s::text[]) AND kind = 'after'

-- name: keep_photos
-- Pictures of an act, and what is told of each; one that the case has already stays as it was.
INSERT INTO case_photo (district, case_no, sha256, kind, act, at, actor, taken_at, position)
SELECT %(district)s, %(case_no)s, sha256, kind, %(act)s, %(now)s, %(actor)s, taken_at,
       ST_SetSRID(ST_Point(lon, lat), 4326)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS shown(
    sha256 text, kind text, taken_at timestamptz, lon float8, lat float8)
ON CONFLICT DO NOTHING
