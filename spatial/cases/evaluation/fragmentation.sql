-- name: fragmentation
-- For each unit that cases were handed to in a period: how many hands they went through, how often it said "not mine",
-- and how long they took until somebody opened them; hours on the clock. What is seen of it is the unit's own.
SELECT unit AS key, count(DISTINCT case_no) AS cases, count(*) AS dispatches, count(*) FILTER (WHERE is_returned) AS returned,
       avg(hands) FILTER (WHERE is_first) AS hand_overs,
       avg(extract(epoch FROM opened_at - at) / 3600) AS opening_hours,
       avg(extract(epoch FROM opened_at - filed_at) / 3600) AS acceptance_hours
FROM score_handed(%(since)s, %(until)s, %(places)s::text[], %(units)s::text[]) AS handed
WHERE score_seen(%(reach)s::text[], %(cell)s, %(unit)s, handed.unit, handed.current_path)
GROUP BY unit ORDER BY unit

-- name: dispatches_behind
-- The dispatches behind one unit's figures, oldest first: all of them, its first of each case, those that came back, or
-- those that were opened.
SELECT handed.case_no, handed.at, handed.unit, handed.hands, handed.is_returned,
       extract(epoch FROM handed.opened_at - handed.at) / 3600 AS opening_hours,
       extract(epoch FROM handed.opened_at - handed.filed_at) / 3600 AS acceptance_hours
FROM score_handed(%(since)s, %(until)s, %(places)s::text[], %(units)s::text[]) AS handed
WHERE handed.unit = %(unit)s
  AND CASE %(counted)s WHEN 'cases' THEN is_first WHEN 'returned' THEN is_returned
          WHEN 'opened' THEN opened_at IS NOT NULL ELSE true END
  AND score_seen(%(reach)s::text[], %(cell)s, NULL, handed.unit, handed.current_path)
  AND (%(after)s::timestamptz IS NULL OR (handed.at, handed.case_no) > (%(after)s, %(after_no)s))
ORDER BY handed.at, handed.case_no LIMIT %(limit)s
