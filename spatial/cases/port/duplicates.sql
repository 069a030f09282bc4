-- name: duplicate_bounds
-- What counts as the same complaint: the settings, and the rules of a class or of what it belongs to.
SELECT (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'duplicate_within') AS within,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'duplicate_floor_m') AS floor_m,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'duplicate_least_fit') AS least_fit,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'duplicate_widest_m') AS widest_m,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'duplicate_words') AS words,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'duplicate_repeat_fit') AS repeat_fit

-- name: duplicate_rules
-- The bounds of classes that have their own.
SELECT matter, within, floor_m, least_fit FROM duplicate_rule ORDER BY matter

-- name: put_rule
-- Give a class bounds of its own, or other ones.
INSERT INTO duplicate_rule (matter, within, floor_m, least_fit)
VALUES (%(matter)s, %(within)s, %(floor_m)s, %(least_fit)s)
ON CONFLICT (matter) DO UPDATE SET within = excluded.within, floor_m = excluded.floor_m, least_fit = excluded.least_fit

-- name: candidates
-- Open cases that may be the same complaint: near, within the time, of the class or of none; nearest first. Borders of
-- cells are not asked for, nor how certain the unit is. The time is when it was seen: what was seen offline comes later.
SELECT case_file.district, case_file.case_no, case_file.category, case_file.accuracy_m, case_file.received_at,
       least(captured_at, received_at) AS seen_at,
       case_file.state, case_file.step, case_file.supporters, case_file.unnamed_supporters, case_file.parties,
       case_file.current_path,
       ST_X(position) AS lon, ST_Y(position) AS lat, report.text,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = case_file.district AND report_photo.report_id = case_file.report_id) AS photos
FROM case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
WHERE position && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
  AND least(captured_at, received_at) BETWEEN %(since)s AND %(until)s
  AND (step NOT IN ('done', 'called_back', 'evaluated') OR state = 'submitted') AND NOT is_history
  AND (%(category)s::text IS NULL OR case_file.category IS NULL OR case_file.category = %(category)s)
  AND case_file.case_no IS DISTINCT FROM %(but)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY position <-> ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326)
LIMIT %(limit)s

-- name: complaint_of
-- What a case says, to be compared with others.
SELECT ST_X(position) AS lon, ST_Y(position) AS lat, case_file.accuracy_m,
       least(captured_at, received_at) AS seen_at, case_file.category, report.text,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = case_file.district AND report_photo.report_id = case_file.report_id) AS photos
FROM case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
WHERE case_file.case_no = %(case_no)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
