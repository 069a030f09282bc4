-- name: fragmentation
-- For each unit that cases were handed to in a period: how many hands they went through, how often it said "not mine",
-- and how long they took until somebody opened them; hours on the clock. What is seen of it is the unit's own.
SELECT unit AS key, count(DISTINCT case_no) AS cases, count(*) AS dispatches, count(*) FILTER (WHERE is_returned) AS returned,
       avg(hands) FILTER (WHERE is_first) AS hand_overs,
       avg(extract(epoch FROM opened_at - at) / 3600) AS opening_hours,
       avg(extract(epoch FROM opened_at - filed_at) / 3600) AS acceptance_hours
FROM (
    SELECT act.at, act.case_no, act.lead AS unit, act.hands, act.next_kind IS NOT DISTINCT FROM 'case.returned' AS is_returned,
           CASE act.next_kind WHEN 'case.received' THEN act.next_at END AS opened_at, case_file.filed_at,
           row_number() OVER (PARTITION BY act.district, act.case_no, act.lead ORDER BY act.seq) = 1 AS is_first
    FROM (
        SELECT district, subject_id AS case_no, seq, kind, at, payload ->> 'lead' AS lead,
               lead(kind) OVER chain AS next_kind, lead(at) OVER chain AS next_at,
               count(*) FILTER (WHERE kind IN ('case.dispatched', 'case.ruled', 'case.decided')) OVER whole AS hands
        FROM event
        WHERE subject = 'case' AND at >= %(since)s AND at < %(until)s + interval '30 days'
          AND kind IN ('case.dispatched', 'case.received', 'case.returned', 'case.ruled', 'case.decided')
        WINDOW chain AS (PARTITION BY district, subject_id ORDER BY seq), whole AS (PARTITION BY district, subject_id)
        ) AS act
    JOIN case_file ON case_file.district = act.district AND case_file.case_no = act.case_no
    CROSS JOIN LATERAL (SELECT score_parties(act.lead, current_path) AS parties) AS held
    WHERE act.kind = 'case.dispatched' AND act.at < %(until)s AND NOT case_file.is_history
      AND case_file.nature = 'government'
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR held.parties && %(reach)s::text[])
    ) AS handed
GROUP BY unit ORDER BY unit
