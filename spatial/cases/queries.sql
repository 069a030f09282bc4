-- name: take_serials
-- Reserve a block of serials; answers the first of them.
INSERT INTO case_serial (prefix, day, next) VALUES (%(prefix)s, %(day)s, 1 + %(count)s)
ON CONFLICT (prefix, day) DO UPDATE SET next = case_serial.next + %(count)s
RETURNING next - %(count)s

-- name: city_facts
-- The facts that filing reads: time zone, the share that counts as certain, default limits, the grid's revision and
-- the instant of the last switch (NULL while the first import is in force).
SELECT (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS time_zone,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'certain_share') AS certain_share,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'worst_certain_accuracy_m') AS worst_certain_m,
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_step_limit') AS step_limit,
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_due_limit') AS due_limit,
       coalesce((SELECT max(id) FROM grid_revision), 0) AS revision,
       (SELECT oid FROM pg_database WHERE datname = current_database()) || '.'
           || (SELECT value #>> '{}' FROM setting WHERE key = 'epoch') AS database,
       (SELECT published_at FROM grid_revision WHERE in_force_from = published_at ORDER BY id DESC LIMIT 1) AS switched_at

-- name: categories
-- The matters with what each belongs to, the most specific first, and their limits.
SELECT matter.code, matter.name, matter.name_zh, matter.rank, matter.platform,
       array_remove(ARRAY[matter.code, matter.parent, coalesce(matter.category, major.category)], NULL) AS nodes,
       matter.step_limit, matter.due_limit,
       CASE WHEN NOT lower_inf(matter.during) THEN lower(matter.during) END AS since,
       CASE WHEN NOT upper_inf(matter.during) THEN upper(matter.during) END AS until
FROM matter LEFT JOIN matter AS major ON major.code = matter.parent
ORDER BY matter.code

-- name: departments
-- The departments, those that have ended too: old decisions name them.
SELECT code, name, name_zh, CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until FROM department

-- name: levels
-- The levels of the grid by their keys.
SELECT key, rank, name, name_zh FROM grid_level

-- name: sources
-- The sources, with the accuracy that is assumed where none is told.
SELECT code, name, name_zh, default_accuracy_m, needs_account, is_citizen FROM source ORDER BY code

-- name: prefixes
-- The case number prefixes of home areas.
SELECT district, prefix FROM case_prefix

-- name: insert_keys
-- Claim ids for their senders; only those that nobody had are answered. Sorted, so that two batches cannot deadlock.
INSERT INTO report_key (id, sender, digest, district, case_no)
SELECT id, sender, decode(digest, 'hex'), district, case_no
FROM jsonb_to_recordset(%(rows)s::jsonb) AS claim(id uuid, sender text, digest text, district text, case_no text)
ORDER BY id
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: keys
-- Who had these ids before, and for what.
SELECT id, sender, digest, district, case_no FROM report_key WHERE id = ANY(%(ids)s::uuid[])

-- name: insert_cases
-- Open the cases, at step reported.
INSERT INTO case_file (district, case_no, report_id, step, state, source, is_citizens, category, certainty, unit, unit_version, path,
    current_unit, current_path, revision, candidates, owner, position, accuracy_m, accuracy_assumed, captured_at,
    captured_in_future, received_at, in_force_at, step_due_at, due_at, due_reason, limit_amount, limit_unit, warn_at,
    is_history, is_fallback, attributes, sorted, platform, tier, tier_since, closed_at, outcome, is_self_solved,
    archived_at)
SELECT district, case_no, report_id, step, state, source, is_citizens, category, certainty, unit, unit_version, path,
    current_unit, current_path, revision, candidates, owner, ST_SetSRID(ST_Point(lon, lat), 4326), accuracy_m,
    accuracy_assumed, captured_at, captured_in_future, received_at, in_force_at, step_due_at, due_at, due_reason,
    limit_amount, limit_unit, warn_at, is_history, is_fallback, attributes, nullif(sorted, 'null'::jsonb), platform,
    tier, tier_since, closed_at, outcome, is_self_solved, archived_at
FROM jsonb_to_recordset(%(rows)s::jsonb) AS opened(
    district text, case_no text, report_id uuid, step text, state text, source text, is_citizens boolean, category text,
    certainty text,
    unit text, unit_version bigint, path text[], current_unit text, current_path text[], revision integer,
    candidates jsonb, owner jsonb, lon float8, lat float8, accuracy_m float8, accuracy_assumed boolean,
    captured_at timestamptz, captured_in_future boolean, received_at timestamptz, in_force_at timestamptz,
    step_due_at timestamptz, due_at timestamptz, due_reason text, limit_amount numeric, limit_unit text,
    warn_at timestamptz, is_history boolean, is_fallback boolean, attributes jsonb, sorted jsonb, platform text,
    tier smallint, tier_since timestamptz, closed_at timestamptz, outcome text, is_self_solved boolean,
    archived_at timestamptz)

-- name: insert_reports
-- What was said, word for word.
INSERT INTO report (district, case_no, id, lon, lat, datum, accuracy_m, place_code, text, reporter)
SELECT district, case_no, id, lon, lat, datum, accuracy_m, place_code, text, reporter
FROM jsonb_to_recordset(%(rows)s::jsonb) AS said(
    district text, case_no text, id uuid, lon float8, lat float8, datum text, accuracy_m float8, place_code text,
    text text, reporter jsonb)

-- name: insert_report_photos
-- Which photos belong to which report, and what is told of each.
INSERT INTO report_photo (district, report_id, sha256, kind, taken_at, position)
SELECT district, report_id, sha256, kind, taken_at, ST_SetSRID(ST_Point(lon, lat), 4326)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS shown(
    district text, report_id uuid, sha256 text, kind text, taken_at timestamptz, lon float8, lat float8)

-- name: photos_there
-- Which of these photos this sender has put.
SELECT sha256 FROM photo WHERE sha256 = ANY(%(names)s::text[])

-- name: cases_by_number
-- Cases by number, within a reach; used for answers and for pages that heard of them in the feed.
SELECT case_file.*, ST_X(position) AS lon, ST_Y(position) AS lat, report.text, report.place_code,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = case_file.district AND report_photo.report_id = case_file.report_id
             ORDER BY sha256) AS photos
FROM case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
WHERE case_file.case_no = ANY(%(numbers)s::text[])
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY received_at DESC, case_file.case_no DESC

-- name: cases_filed
-- The cases of some reports, in full: for answering those who sent them, with the owner that they were told first.
SELECT case_file.*, key.id AS asked_id, ST_X(position) AS lon, ST_Y(position) AS lat, report.text, report.place_code,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = case_file.district AND report_photo.report_id = key.id
             ORDER BY sha256) AS photos,
       coalesce((SELECT replaced.owner FROM case_decision AS replaced
                 WHERE replaced.district = case_file.district AND replaced.case_no = case_file.case_no
                 ORDER BY replaced.ordinal LIMIT 1), case_file.owner) AS first_owner
FROM report_key AS key
JOIN case_file ON case_file.district = key.district AND case_file.case_no = key.case_no
LEFT JOIN report ON report.district = key.district AND report.id = key.id
WHERE key.id = ANY(%(ids)s::uuid[])
  AND (%(sender)s::text IS NULL OR key.sender = %(sender)s)

-- name: list_cases
-- Cases within a reach, newest first, a page behind a place in that order.
SELECT case_file.*, ST_X(position) AS lon, ST_Y(position) AS lat, report.text, report.place_code,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = case_file.district AND report_photo.report_id = case_file.report_id
             ORDER BY sha256) AS photos
FROM case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(step)s::text IS NULL OR step = %(step)s)
  AND (%(certainty)s::text IS NULL OR certainty = %(certainty)s)
  AND (%(category)s::text IS NULL OR category = %(category)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(platform)s::text IS NULL OR platform = %(platform)s)
  AND (%(nature)s::text IS NULL OR nature = %(nature)s)
  AND (%(provider)s::text IS NULL OR provider = %(provider)s)
  AND (%(lead)s::text IS NULL OR lead = %(lead)s)
  AND (NOT %(with_nobody)s OR lead IS NULL)
  AND (NOT %(off_grid)s OR NOT EXISTS (
      SELECT FROM cell_version AS version JOIN grid_level AS level ON level.key = 'street'
      WHERE version.code = current_unit AND upper_inf(version.during) AND version.path[level.rank] IS NOT NULL))
  AND (%(tier)s::smallint IS NULL OR tier = %(tier)s)
  AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
  AND (%(west)s::float8 IS NULL OR position && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND (%(late_before)s::timestamptz IS NULL OR late_at < %(late_before)s)
  AND (NOT %(counted)s OR is_running OR state = 'suspended' AND NOT is_history)
  AND (%(colour)s::text IS NULL
       OR %(colour)s = 'red' AND (is_running AND due_at < %(colour_at)s::timestamptz
                                  OR NOT is_history AND (closed_at > due_at OR missed_at IS NOT NULL)
                                     AND state IN ('closed', 'called_back', 'evaluated'))
       OR %(colour)s = 'yellow' AND is_running AND warn_at <= %(colour_at)s::timestamptz AND due_at >= %(colour_at)s::timestamptz
       OR %(colour)s = 'grey' AND state = 'suspended' AND NOT is_history
       OR %(colour)s = 'green' AND (is_running AND (warn_at IS NULL OR warn_at > %(colour_at)s::timestamptz)
                                    AND (due_at IS NULL OR due_at >= %(colour_at)s::timestamptz)
                                    OR NOT is_history AND (closed_at > due_at OR missed_at IS NOT NULL) IS NOT TRUE
                                       AND state IN ('closed', 'called_back', 'evaluated')))
  AND (%(words)s::text IS NULL
       OR position(%(words)s in case_file.case_no) > 0
       OR starts_with(current_unit, %(words)s)
       OR (%(text_reach)s::text[] IS NULL OR current_path && %(text_reach)s::text[] OR parties && %(text_reach)s::text[])
          AND position(lower(%(words)s) in lower(report.text)) > 0 -- the cheap one first; what counts is what is shown
          AND position(lower(%(words)s) in lower(masked(report.text))) > 0
       OR EXISTS (SELECT 1 FROM cell_version AS version
                  WHERE version.code = ANY(current_path) AND upper_inf(version.during)
                    AND position(%(words)s in version.name) > 0))
  AND (%(before)s::timestamptz IS NULL OR (received_at, case_file.case_no) < (%(before)s, %(before_no)s))
ORDER BY received_at DESC, case_file.case_no DESC
LIMIT %(limit)s

-- name: said_positions
-- Positions as one sender told them, within a reach, newest first.
SELECT report.lon, report.lat, report.datum
FROM report_key AS key
JOIN report ON report.district = key.district AND report.id = key.id
JOIN case_file ON case_file.district = key.district AND case_file.case_no = key.case_no
WHERE key.sender = %(sender)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY case_file.received_at DESC LIMIT %(limit)s

-- name: case_totals
-- The figures of the strip below the map, within a reach. What was referred to a provider is not the government's to
-- have open; when nobody was contacted in time it is late apart. What is submitted is open until its result is checked: its
-- clock runs, as for red. So what is overdue is a part of what is open.
SELECT count(*) FILTER (WHERE city_day(received_at) = city_day(%(now)s)) AS new_today,
       count(*) FILTER (WHERE (step NOT IN ('done', 'called_back', 'evaluated') OR state = 'submitted')
                          AND nature = 'government') AS open,
       count(*) FILTER (WHERE late_at < %(now)s AND nature = 'government') AS overdue,
       count(*) FILTER (WHERE step NOT IN ('done', 'called_back', 'evaluated') AND nature <> 'government') AS referred,
       count(*) FILTER (WHERE late_at < %(now)s AND nature <> 'government') AS referred_overdue,
       count(*) FILTER (WHERE certainty = 'outside') AS outside,
       count(*) FILTER (WHERE certainty = 'ambiguous') AS ambiguous
FROM case_file
WHERE NOT is_history
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: add_department
-- A department that history names.
INSERT INTO department (code, name) VALUES (%(code)s, %(name)s) ON CONFLICT (code) DO NOTHING

-- name: add_category
-- A category that history names, with the default limits.
INSERT INTO matter (code, name, step_limit, due_limit)
SELECT %(code)s, %(name)s,
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_step_limit'),
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_due_limit')
ON CONFLICT (code) DO NOTHING

-- name: add_everywhere
-- One department leads in a matter everywhere and always.
INSERT INTO responsibility (matter, place_kind, place_level, lead, basis, during, adopted_at, recorded_at, recorded_by)
SELECT %(matter)s, 'level', (SELECT min(rank) FROM grid_level), %(lead)s, 'named by loaded history', '(,)',
       '-infinity', %(now)s, 'system'
