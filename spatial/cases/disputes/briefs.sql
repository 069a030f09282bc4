-- name: hold_briefs
-- One sweeper issues briefs at a time; the lock goes with the transaction. The key is the word "bref".
SELECT pg_advisory_xact_lock(1651664230)

-- name: brief_facts
-- When periods end in this city, and since when the oldest dispute waits that stands in no brief.
SELECT (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS time_zone,
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'brief_period') AS period,
       (SELECT (value #>> '{}')::integer FROM setting WHERE key = 'brief_weekday') AS weekday,
       (SELECT min(entered_at) FROM dispute WHERE state = 'open' AND brief IS NULL) AS oldest

-- name: brief_of_period
-- The brief of the period that ends at a moment, if it was issued.
SELECT number FROM brief WHERE period_until = %(until)s

-- name: lock_waiting_disputes
-- Open disputes that stand in no brief and were entered before a moment, locked in one order.
SELECT id FROM dispute
WHERE state = 'open' AND brief IS NULL AND entered_at < %(until)s
ORDER BY id FOR UPDATE

-- name: insert_brief
-- A new brief; answers its id.
INSERT INTO brief (number, period_from, period_until, issued_at)
VALUES (%(number)s, %(from)s, %(until)s, %(now)s) RETURNING id

-- name: put_into_brief
-- Bundle disputes.
UPDATE dispute SET brief = %(brief)s WHERE id = ANY(%(disputes)s::bigint[])

-- name: lock_open_brief
-- The number of a brief that is not closed yet, held against others who would close it. Not FOR UPDATE: whoever
-- wrote a ruling holds the brief's key, and two of them would wait for each other.
SELECT number FROM brief WHERE id = %(brief)s AND closed_at IS NULL FOR NO KEY UPDATE

-- name: close_brief
-- Close a brief, unless one of its disputes is open.
UPDATE brief SET closed_at = %(now)s
WHERE id = %(brief)s AND closed_at IS NULL
  AND NOT EXISTS (SELECT FROM dispute WHERE dispute.brief = brief.id AND dispute.state = 'open')

-- name: settled_briefs
-- Briefs that nobody closed although all of their disputes are settled.
SELECT id FROM brief
WHERE closed_at IS NULL AND NOT EXISTS (SELECT FROM dispute WHERE dispute.brief = brief.id AND dispute.state = 'open')
ORDER BY id

-- name: briefs
-- Briefs, newest first, with the count of their disputes within a reach.
SELECT brief.number, brief.period_from, brief.period_until, brief.issued_at, brief.closed_at,
       count(case_file.case_no)::integer AS disputes,
       (count(case_file.case_no) FILTER (WHERE dispute.state = 'open'))::integer AS open
FROM brief
LEFT JOIN dispute ON dispute.brief = brief.id
LEFT JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
    AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
WHERE (%(number)s::text IS NULL OR brief.number = %(number)s)
  AND (%(is_open)s::boolean IS NULL OR (brief.closed_at IS NULL) = %(is_open)s)
  AND (%(before)s::timestamptz IS NULL OR brief.period_until < %(before)s)
GROUP BY brief.id
HAVING %(reach)s::text[] IS NULL OR count(case_file.case_no) > 0
ORDER BY brief.period_until DESC
LIMIT %(limit)s

-- name: brief_entries
-- The disputes of a brief within a reach, oldest first: what, where, and how each was ruled.
SELECT dispute.id AS dispute, dispute.case_no, case_file.category AS matter, matter.name AS matter_name,
       matter.name_zh AS matter_name_zh, dispute.entry, dispute.note, dispute.entered_at, dispute.settled_at,
       coalesce(dispute.settled_at, %(now)s::timestamptz) - dispute.entered_at >= (
           SELECT (value #>> '{}')::interval FROM setting WHERE key = 'dispute_age_limit') AS is_over_age, dispute.state,
       ST_X(position) AS lon, ST_Y(position) AS lat, current_unit AS cell,
       ARRAY(SELECT version.name FROM cell_version AS version
             WHERE version.code = ANY(current_path) AND upper_inf(version.during) ORDER BY version.rank) AS place,
       current_path || parties AS tags, coalesce(department.name, body.name, ruling.lead) AS lead,
       coalesce(nullif(department.name_zh, ''), department.name, body.name, ruling.lead) AS lead_zh,
       precedent.number AS precedent
FROM brief
JOIN dispute ON dispute.brief = brief.id
JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
LEFT JOIN matter ON matter.code = case_file.category
LEFT JOIN ruling ON ruling.dispute = dispute.id
LEFT JOIN precedent ON precedent.ruling = ruling.id
LEFT JOIN department ON department.code = ruling.lead
LEFT JOIN LATERAL (
    SELECT name FROM territorial_body WHERE cell = substr(ruling.lead, 2) AND starts_with(ruling.lead, '@')
    ORDER BY during DESC LIMIT 1
) AS body ON true
WHERE brief.number = %(number)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY dispute.entered_at, dispute.id

-- name: refusals
-- Who gave the cases of some disputes back, why and on which basis, until the dispute was settled.
SELECT dispute.id AS dispute, given.unit,
       coalesce(department.name, body.name, given.unit) AS name,
       coalesce(nullif(department.name_zh, ''), department.name, body.name, given.unit) AS name_zh, given.reason, given.basis, given.at
FROM dispute
JOIN case_return AS given ON given.district = dispute.district AND given.case_no = dispute.case_no
    AND (dispute.settled_at IS NULL OR given.at <= dispute.settled_at)
LEFT JOIN department ON department.code = given.unit
LEFT JOIN LATERAL (
    SELECT name FROM territorial_body WHERE cell = substr(given.unit, 2) AND starts_with(given.unit, '@')
    ORDER BY during DESC LIMIT 1
) AS body ON true
WHERE dispute.id = ANY(%(disputes)s::bigint[])
ORDER BY dispute.id, given.ordinal
