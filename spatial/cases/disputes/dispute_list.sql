-- name: list_disputes
-- Disputes within a reach, longest waiting first, a page behind a place in that order. A citizen's words are looked
-- through within a reach, as they are masked.
SELECT dispute.id, dispute.case_no, case_file.category AS matter, matter.name AS matter_name, matter.name_zh AS matter_name_zh,
       dispute.entry, dispute.entered_at, dispute.note, dispute.state, dispute.settled_at, brief.number AS brief,
       ST_X(position) AS lon, ST_Y(position) AS lat, case_file.accuracy_m, attributes, current_unit AS cell,
       (SELECT version.name FROM cell_version AS version
        WHERE version.code = current_unit AND upper_inf(version.during)) AS cell_name,
       current_path, parties, report.text,
       extract(epoch FROM greatest(coalesce(dispute.settled_at, %(now)s) - dispute.entered_at, interval '0'))::float8
           / 86400 AS age_days,
       dispute.state = 'open' AND dispute.entered_at + age.most <= %(now)s AS is_over_age
FROM dispute
JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
CROSS JOIN (SELECT (value #>> '{}')::interval AS most FROM setting WHERE key = 'dispute_age_limit') AS age
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
LEFT JOIN matter ON matter.code = case_file.category
LEFT JOIN brief ON brief.id = dispute.brief
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(id)s::bigint IS NULL OR dispute.id = %(id)s)
  AND (%(state)s::text IS NULL OR dispute.state = %(state)s)
  AND (%(entry)s::text IS NULL OR dispute.entry = %(entry)s)
  AND (%(matter)s::text IS NULL OR case_file.category = %(matter)s)
  AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
  AND (%(brief)s::text IS NULL OR brief.number = %(brief)s)
  AND (NOT %(overdue)s OR dispute.state = 'open' AND dispute.entered_at + age.most <= %(now)s)
  AND (%(day)s::date IS NULL
       OR EXISTS (SELECT FROM dispute_alarm AS alarm WHERE alarm.dispute = dispute.id AND alarm.day = %(day)s))
  AND (%(words)s::text IS NULL
       OR position(%(words)s in dispute.case_no) > 0
       OR position(lower(%(words)s) in lower(concat_ws(' ', matter.name, matter.name_zh))) > 0
       OR EXISTS (SELECT FROM cell_version AS version
                  WHERE version.code = ANY(current_path) AND upper_inf(version.during)
                    AND position(%(words)s in version.name) > 0)
       OR (%(text_reach)s::text[] IS NULL OR current_path && %(text_reach)s::text[] OR parties && %(text_reach)s::text[])
          AND position(lower(%(words)s) in lower(masked(concat_ws(' ', report.text, dispute.note)))) > 0)
  AND (%(after)s::timestamptz IS NULL OR (dispute.entered_at, dispute.id) > (%(after)s, %(after_id)s))
ORDER BY dispute.entered_at, dispute.id
LIMIT %(limit)s

-- name: returns_of
-- Who gave the cases of some disputes back until each was settled: of disputes that were handed out within a reach.
SELECT dispute.id AS dispute, given.unit, coalesce(department.name, body.name, given.unit) AS name, given.reason,
       given.basis, given.at
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

-- name: orders_of
-- Who was ordered to act first in some disputes, and what it cost.
SELECT interim.dispute, interim.id, interim.unit, coalesce(body.name, interim.unit) AS name, interim.note,
       interim.ordered_at, interim.cost, interim.cost_note, interim.cost_at
FROM interim_order AS interim
LEFT JOIN LATERAL (
    SELECT name FROM territorial_body WHERE cell = substr(interim.unit, 2) AND starts_with(interim.unit, '@')
    ORDER BY during DESC LIMIT 1
) AS body ON true
WHERE interim.dispute = ANY(%(disputes)s::bigint[])
ORDER BY interim.dispute, interim.id
