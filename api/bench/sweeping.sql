-- name: plant_cases
-- Open cases of five departments in a hundred streets: of each hundred 70 are green, 10 yellow, 10 red since an hour, 3
-- red since three weeks that nobody has swept, 2 red whose order went unanswered an hour ago, 4 suspended, and 1 has a
-- deadline that no warning was reckoned for.
INSERT INTO case_file (district, case_no, report_id, step, state, source, is_citizens, category, certainty, unit, path, current_unit,
    current_path, revision, candidates, owner, position, accuracy_m, accuracy_assumed, captured_at, received_at,
    in_force_at, step_due_at, due_at, warn_at, lead, holders, limit_amount, limit_unit, filed_at, dispatched_at, taken_at,
    tier, tier_since, paused_since, suspensions)
SELECT '330199', lpad(n::text, 19, '0'), gen_random_uuid(), 'handed_over',
       CASE WHEN kind = 'suspended' THEN 'suspended' ELSE 'handling' END, 'grid', false, NULL, 'certain', path[4], path, path[4],
       path, 0, '[]', '{}', ST_SetSRID(ST_Point(120 + mod(n, 1000) / 1e4, 30 + mod(n, 997) / 1e4), 4326), 5, false, filed, filed,
       filed, filed + interval '1 hour', due, CASE WHEN kind <> 'unwarned' THEN warn END, 'unit' || mod(n, 5),
       ARRAY['unit' || mod(n, 5)], 3, 'working_day', filed, filed, filed, 4, filed,
       CASE WHEN kind = 'suspended' THEN filed + interval '1 day' END, CASE WHEN kind = 'suspended' THEN 1 ELSE 0 END
FROM (
    SELECT n, path, kind, %(now)s::timestamptz - interval '40 days' AS filed,
           %(now)s::timestamptz + mod(n, 86400) * interval '1 millisecond' + CASE kind
               WHEN 'yellow' THEN interval '4 hours' WHEN 'red' THEN interval '-1 hour' WHEN 'old' THEN interval '-21 days'
               WHEN 'silent' THEN interval '-2 days' ELSE interval '20 days' END AS due,
           %(now)s::timestamptz + CASE kind WHEN 'yellow' THEN interval '-1 hour' WHEN 'red' THEN interval '-1 day'
               WHEN 'old' THEN interval '-22 days' WHEN 'silent' THEN interval '-3 days' ELSE interval '19 days' END AS warn
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    CROSS JOIN LATERAL (SELECT '330199' || lpad((mod(n, 100) + 1)::text, 3, '0') AS street) AS lies
    CROSS JOIN LATERAL (SELECT ARRAY['330199', street, street || '001', street || '001001'] AS path) AS chain
    CROSS JOIN LATERAL (SELECT CASE WHEN mod(n / 100, 100) < 70 THEN 'green' WHEN mod(n / 100, 100) < 80 THEN 'yellow'
               WHEN mod(n / 100, 100) < 90 THEN 'red' WHEN mod(n / 100, 100) < 93 THEN 'old' WHEN mod(n / 100, 100) < 95 THEN 'silent'
               WHEN mod(n / 100, 100) < 99 THEN 'suspended' ELSE 'unwarned' END AS kind) AS which
) AS planted

-- name: left_out
-- The indexes of cases that hold nothing unique, and their references: how each goes, and how it comes again.
SELECT 'DROP INDEX ' || indexrelid::regclass AS dropped, pg_get_indexdef(indexrelid) AS made
FROM pg_index WHERE indrelid = 'case_file'::regclass AND NOT indisunique AND NOT indisexclusion
UNION ALL
SELECT 'ALTER TABLE case_file DROP CONSTRAINT ' || quote_ident(conname),
       'ALTER TABLE case_file ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid) || ' NOT VALID'
FROM pg_constraint WHERE conrelid = 'case_file'::regclass AND contype = 'f' AND convalidated

-- name: plant_silent
-- What an earlier sweep wrote about the cases whose order went unanswered: the chase and the order.
INSERT INTO supervision_order (district, case_no, kind, cause, level, addressee, clock_due_at, due_at, written_at,
    written_by, reply_due_at, still_red_at, climb_at)
SELECT district, case_no, kind, cause, 1, lead, due_at, CASE kind WHEN 'chase' THEN warn_at ELSE due_at END, due_at,
       'system', CASE kind WHEN 'order' THEN %(now)s::timestamptz - interval '1 hour' END,
       CASE kind WHEN 'order' THEN %(now)s::timestamptz + interval '5 days' END,
       CASE kind WHEN 'order' THEN %(now)s::timestamptz - interval '1 hour' END
FROM case_file CROSS JOIN (VALUES ('chase', 'yellow'), ('order', 'red')) AS asked(kind, cause)
WHERE is_running AND mod(case_no::numeric::bigint / 100, 100) IN (93, 94)
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: written
-- How many orders there are, how many events tell of orders, and how many things were done twice.
SELECT (SELECT count(*) FROM supervision_order) AS orders,
       (SELECT count(*) FROM event WHERE kind IN ('case.chased', 'case.supervised')) AS events,
       (SELECT count(*) FROM (SELECT FROM supervision_order
                              GROUP BY case_no, kind, level, clock_due_at HAVING count(*) > 1) AS twice)
       + (SELECT count(*) FROM (SELECT FROM event WHERE kind IN ('case.chased', 'case.supervised')
                                GROUP BY payload ->> 'order' HAVING count(*) > 1) AS told_twice) AS twice
