-- name: to_call
-- Closed cases whose citizens one person is to ask, longest closed first, a page behind a place in that order: those
-- that nobody answered for yet and in which he had no part. `resting` are those that may not be tried again yet.
SELECT case_file.district, case_file.case_no, category, source, current_unit AS cell, current_path, parties, lead, outcome,
       closed_at, report.text, tries.missed, tries.last_at
FROM case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
CROSS JOIN LATERAL (SELECT count(*) AS missed, max(at) AS last_at FROM case_call_back AS said
                    WHERE said.district = case_file.district AND said.case_no = case_file.case_no
                      AND said.cycle = case_file.reopens) AS tries
WHERE state = 'closed' AND NOT is_history AND (is_citizens OR supporters > 0 OR unnamed_supporters > 0)
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(call_back)s::text[] IS NULL OR current_path && %(call_back)s::text[])
  AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
  AND (%(category)s::text IS NULL OR category = %(category)s)
  AND (%(lead)s::text IS NULL OR lead = %(lead)s)
  AND (%(number)s::text IS NULL OR position(%(number)s in case_file.case_no) > 0)
  AND (%(tried)s::boolean IS NULL OR %(tried)s = (tries.missed > 0))
  AND NOT case_file.case_no = ANY(%(resting)s::text[])
  AND NOT EXISTS (SELECT FROM case_call_back AS said
                  WHERE said.district = case_file.district AND said.case_no = case_file.case_no
                    AND said.cycle = case_file.reopens AND said.verdict <> 'not_reached')
  AND NOT EXISTS (SELECT FROM unnest(assisting || lead) AS unit
                  WHERE speaks_for(unit, current_path, %(departments)s::text[], %(cells)s::text[]))
  AND NOT EXISTS (
      SELECT FROM event WHERE event.district = case_file.district AND subject = 'case' AND subject_id = case_file.case_no
        AND actor = %(actor)s AND kind = ANY(%(own_work)s::text[])
        AND seq > coalesce((SELECT max(seq) FROM event AS sent WHERE sent.district = case_file.district
                            AND sent.subject = 'case' AND sent.subject_id = case_file.case_no
                            AND sent.kind = 'case.dispatched'), 0))
  AND (%(after)s::timestamptz IS NULL OR (closed_at, case_file.case_no) > (%(after)s, %(after_no)s))
ORDER BY closed_at, case_file.case_no LIMIT %(limit)s

-- name: missed_lately
-- When those closed cases that somebody tried and reached nobody for were tried last, within a reach.
SELECT case_file.district, case_file.case_no, max(said.at) AS last_at
FROM case_file
JOIN case_call_back AS said ON said.district = case_file.district AND said.case_no = case_file.case_no
                           AND said.cycle = case_file.reopens AND said.verdict = 'not_reached'
WHERE state = 'closed' AND NOT is_history
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
GROUP BY case_file.district, case_file.case_no
