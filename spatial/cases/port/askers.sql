-- name: pepper
-- What digests of contacts are keyed with.
SELECT value #>> '{}' FROM setting WHERE key = 'citizen_pepper'

-- name: hold_citizens
-- Let no other transaction file for these citizens until this one ends; in an order that all share.
SELECT pg_advisory_xact_lock(1886679668, key) FROM (
    SELECT DISTINCT hashtext(digest) AS key
    FROM unnest(%(digests)s::text[]) AS digest ORDER BY 1) AS held

-- name: own_cases
-- The open cases that some citizens asked about lately, by whichever of their contacts, to be compared with what they say
-- now. A merged one still has the number that its citizen knows, and is open as long as the one that stands for it.
WITH RECURSIVE own AS (
    SELECT encode(asker.citizen, 'hex') AS citizen, encode(asker.known_as, 'hex') AS known_as,
           encode(asker.mailbox, 'hex') AS mailbox, case_file.district, case_file.case_no, ST_X(position) AS lon,
           ST_Y(position) AS lat, case_file.accuracy_m, least(captured_at, received_at) AS seen_at, case_file.category,
           report.text, case_file.step, case_file.state, case_file.merged_into
    FROM case_asker AS asker
    JOIN case_file ON case_file.district = asker.district AND case_file.case_no = asker.case_no
    LEFT JOIN report ON report.district = asker.district AND report.id = case_file.report_id
    WHERE (asker.citizen = ANY(ARRAY(SELECT decode(digest, 'hex') FROM unnest(%(digests)s::text[]) AS digest))
           OR asker.known_as = ANY(ARRAY(SELECT decode(digest, 'hex') FROM unnest(%(digests)s::text[]) AS digest))
           OR asker.mailbox = ANY(ARRAY(SELECT decode(digest, 'hex') FROM unnest(%(digests)s::text[]) AS digest)))
      AND asker.asked_at >= %(since)s AND asker.part NOT IN ('repeat', 'supporter')
), chain(of_no, step, state, merged_into, depth) AS (
    SELECT DISTINCT case_no, step, state, merged_into, 0 FROM own
    UNION ALL
    SELECT of_no, next.step, next.state, next.merged_into, depth + 1
    FROM chain JOIN case_file AS next ON next.case_no = chain.merged_into
    WHERE depth < 20
)
SELECT citizen, known_as, mailbox, district, case_no, lon, lat, accuracy_m, seen_at, category, text
FROM own JOIN chain ON chain.of_no = own.case_no AND chain.merged_into IS NULL
WHERE chain.step NOT IN ('done', 'called_back', 'evaluated') OR chain.state = 'submitted'
ORDER BY seen_at, case_no

-- name: standing_for
-- How far the cases have come that stand for these: each itself, or the one that it was merged into, through any number
-- of merges.
WITH RECURSIVE chain AS (
    SELECT case_no AS of_no, case_file.*, 0 AS depth FROM case_file WHERE case_no = ANY(%(numbers)s::text[])
    UNION ALL
    SELECT of_no, next.*, depth + 1 FROM chain JOIN case_file AS next ON next.case_no = chain.merged_into
    WHERE depth < 20
)
SELECT of_no, step, step_due_at, due_at, due_reason FROM chain WHERE merged_into IS NULL

-- name: targets_there
-- Those of these webhooks that are registered and in force.
SELECT code FROM webhook_target WHERE code = ANY(%(codes)s::text[]) AND ended_at IS NULL

-- name: asked_lately
-- How often these contacts were asked by since a moment, and when first, for those that were; and the most an hour.
SELECT digest, count(*) AS many, min(asker.asked_at) AS first_at
FROM unnest(%(digests)s::text[]) AS digest
JOIN case_asker AS asker ON (asker.citizen = decode(digest, 'hex') OR asker.mailbox = decode(digest, 'hex'))
    AND asker.asked_at > %(since)s
GROUP BY digest

-- name: contact_most
-- How many reports and supports one contact may send within an hour without a log-in.
SELECT (value #>> '{}')::integer FROM setting WHERE key = 'contact_most_an_hour'

-- name: unnamed_lately
-- How many of whom nothing is certain have joined a case since a moment, and when the first of them did.
SELECT count(*) AS many, min(asked_at) AS first_at FROM case_asker
WHERE district = %(district)s AND case_no = %(case_no)s AND part = 'supporter' AND known_as IS NULL
  AND asked_at > %(since)s

-- name: insert_askers
-- Who asked, for reports of citizens' sources; a report id is one asker.
INSERT INTO case_asker (district, case_no, report_id, part, citizen, known_as, mailbox, target, asked_at)
SELECT asked.district, asked.case_no, asked.report_id, asked.part, decode(asked.citizen, 'hex'),
       decode(asked.known_as, 'hex'), decode(asked.mailbox, 'hex'), asked.target, asked.asked_at
FROM jsonb_to_recordset(%(rows)s::jsonb) AS asked(district text, case_no text, report_id uuid, part text,
     citizen text, known_as text, mailbox text, target text, asked_at timestamptz, source text)
JOIN source ON source.code = asked.source AND source.is_citizen
ON CONFLICT DO NOTHING

-- name: insert_links
-- Give each of these askers one more link; answers whose links were given.
INSERT INTO status_link (token_digest, asker, given_at)
SELECT decode(given.digest, 'hex'), asker.id, %(now)s
FROM unnest(%(ids)s::uuid[], %(digests)s::text[]) AS given(report_id, digest)
JOIN case_asker AS asker ON asker.report_id = given.report_id
RETURNING (SELECT report_id FROM case_asker WHERE id = status_link.asker) AS report_id

-- name: drop_old_links
-- Of an asker's links only the newest few are kept: somebody who sends one report for ever fills no table.
DELETE FROM status_link
WHERE token_digest IN (
    SELECT token_digest FROM (
        SELECT link.token_digest, row_number() OVER (PARTITION BY link.asker ORDER BY link.given_at DESC, link.token_digest)
               AS place
        FROM status_link AS link JOIN case_asker AS asker ON asker.id = link.asker
        WHERE asker.report_id = ANY(%(ids)s::uuid[])) AS ranked
    WHERE place > %(keep)s)

-- name: rebind_keys
-- Reports that say again what their citizen said before belong to the first case.
UPDATE report_key SET district = joined.district, case_no = joined.case_no
FROM jsonb_to_recordset(%(rows)s::jsonb) AS joined(id uuid, district text, case_no text)
WHERE report_key.id = joined.id

-- name: hold_cases
-- Cases that are about to be told of, held until the transaction ends.
SELECT district, case_no, current_path, parties, supporters, unnamed_supporters FROM case_file
WHERE case_no = ANY(%(numbers)s::text[])
ORDER BY district, case_no FOR UPDATE

-- name: asker_of
-- Who asked by this id, and by this citizen about this case, by whichever of his contacts or for certain. A new link to what he asked may
-- be given to the id and to a supporter, who reads along, and not to whoever writes down the reporter's number.
SELECT report_id, report_id = %(id)s OR part = 'supporter' OR known_as = decode(%(known_as)s, 'hex') AS is_his
FROM case_asker
WHERE report_id = %(id)s
   OR case_no = %(case_no)s AND ARRAY[citizen, known_as, mailbox]
      && ARRAY(SELECT decode(digest, 'hex') FROM unnest(%(digests)s::text[]) AS digest)
ORDER BY (report_id = %(id)s) DESC, id LIMIT 1

-- name: asked_by_link
-- Who holds this link, and what he asked about. Who repeats what he reported is its reporter where that is certain.
SELECT asker.id, asker.district, asker.case_no, asker.report_id, asker.part, asker.asked_at, link.is_mailed,
       asker.known_as IS NOT NULL AS is_known,
       asker.part = 'reporter' OR asker.part = 'repeat' AND EXISTS (
           SELECT FROM case_asker AS first
           WHERE first.district = asker.district AND first.case_no = asker.case_no AND first.part = 'reporter'
             AND first.known_as = asker.known_as) AS is_reporter
FROM status_link AS link JOIN case_asker AS asker ON asker.id = link.asker
WHERE token_digest = %(digest)s

-- name: insert_link_of
-- Give one asker one more link, in a mail.
INSERT INTO status_link (token_digest, asker, given_at, is_mailed) VALUES (%(digest)s, %(asker)s, %(now)s, true)

-- name: insert_said
-- What a supporter said, word for word.
INSERT INTO report (district, case_no, id, lon, lat, datum, accuracy_m, text, reporter)
VALUES (%(district)s, %(case_no)s, %(id)s, %(lon)s, %(lat)s, %(datum)s, %(accuracy_m)s, %(text)s, %(reporter)s::jsonb)

-- name: also_said
-- What others said about a case and about those merged into it, within a reach, in the order in which they asked.
WITH RECURSIVE joined(district, case_no) AS (
    SELECT district, case_no FROM case_file WHERE case_no = %(case_no)s
    UNION
    SELECT merged.district, merged.case_no FROM joined JOIN case_file AS merged ON merged.merged_into = joined.case_no
)
SELECT asker.id, asker.case_no, asker.part, asker.asked_at AS at, asker.known_as IS NOT NULL AS is_known,
       coalesce(report.text, '') AS text,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = asker.district AND report_photo.report_id = asker.report_id
             ORDER BY sha256) AS photos
FROM joined JOIN case_file USING (district, case_no) JOIN case_asker AS asker USING (district, case_no)
LEFT JOIN report ON report.district = asker.district AND report.id = asker.report_id
WHERE (case_file.case_no <> %(case_no)s OR asker.report_id <> case_file.report_id)
  AND (%(behind)s::bigint IS NULL OR asker.id > %(behind)s)
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY asker.id LIMIT %(limit)s

-- name: said_photos_there
-- Which of these photos somebody has put.
SELECT sha256 FROM photo WHERE sha256 = ANY(%(names)s::text[])

-- name: insert_said_photos
-- The photos by which a supporter shows what he says.
INSERT INTO report_photo (district, report_id, sha256, kind, taken_at, position)
SELECT %(district)s, %(id)s, sha256, kind, taken_at, ST_SetSRID(ST_Point(lon, lat), 4326)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS shown(sha256 text, kind text, taken_at timestamptz, lon float8, lat float8)
ON CONFLICT DO NOTHING

-- name: claim_id
-- Claim an id among those of all reports.
INSERT INTO report_key (id, sender, digest, district, case_no)
VALUES (%(id)s, %(sender)s, decode(%(digest)s, 'hex'), %(district)s, %(case_no)s)
ON CONFLICT (id) DO NOTHING RETURNING id

-- name: claimed_id
-- What an id was claimed for.
SELECT sender, digest, case_no FROM report_key WHERE id = %(id)s

-- name: category_of
-- What a case is about.
SELECT category FROM case_file WHERE case_no = %(case_no)s
