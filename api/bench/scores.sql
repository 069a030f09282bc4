-- name: make_bodies
-- Forty departments and two matters for a made-up month.
WITH departments AS (
    INSERT INTO department (code, name) SELECT 'd' || n, 'Department ' || n FROM generate_series(0, 39) AS n
)
INSERT INTO matter (code, name, step_limit, due_limit)
VALUES ('bench-a', 'Bench a', '1 hour', '2 days'), ('bench-b', 'Bench b', '1 hour', '5 days')

-- name: make_cases
-- Cases received over two months from a moment on in fifty streets, with the lives that dice gave them; the same dice each time.
INSERT INTO case_file (district, case_no, report_id, step, state, source, is_citizens, category, certainty, unit, path, current_unit,
    current_path, revision, candidates, owner, position, accuracy_m, accuracy_assumed, captured_at, received_at,
    in_force_at, step_due_at, due_at, nature, lead, holders, filed_at, dispatched_at, taken_at, submitted_at, closed_at,
    ended_at, outcome, reworks, open_tasks, extensions)
SELECT '330199', to_char(n, 'FM0000000000000000000'), gen_random_uuid(),
       CASE WHEN fate = 'closed' THEN 'done' WHEN fate = 'void' THEN 'done' ELSE 'handed_over' END,
       CASE fate WHEN 'closed' THEN 'closed' WHEN 'void' THEN 'void' ELSE 'handling' END,
       CASE WHEN die_b < 5 THEN 'public' ELSE 'grid' END, die_b < 5, CASE WHEN die_a < 40 THEN 'bench-a' ELSE 'bench-b' END,
       'certain', place, ARRAY['330199', street, place], place, ARRAY['330199', street, place], 1, '[]', '{}',
       ST_SetSRID(ST_MakePoint(120.17, 30.25), 4326), 5, false, born, born, born, born + interval '1 hour', due,
       'government', CASE WHEN fate <> 'void' THEN lead END, CASE WHEN fate <> 'void' THEN ARRAY[lead] ELSE '{}' END,
       CASE WHEN fate <> 'void' THEN born + interval '20 minutes' END,
       CASE WHEN fate <> 'void' THEN born + interval '30 minutes' END,
       CASE WHEN fate <> 'void' THEN born + interval '1 hour' END,
       CASE WHEN fate = 'closed' THEN done - interval '1 hour' END, CASE WHEN fate = 'closed' THEN done END,
       CASE WHEN fate = 'void' THEN born + interval '10 minutes' END, CASE WHEN fate = 'closed' THEN CASE WHEN mod(die_a, 19) = 0 THEN 'not_fixed' ELSE 'fixed' END END,
       CASE WHEN fate = 'closed' AND mod(die_b, 17) = 0 THEN 1 ELSE 0 END, CASE WHEN fate = 'open' THEN 1 ELSE 0 END,
       CASE WHEN fate <> 'void' AND mod(die_a, 23) = 0 THEN 1 ELSE 0 END
FROM (
    SELECT n, %(since)s::timestamptz + n * interval '61 days' / %(count)s AS born, die_a, die_b,
           'd' || mod(n * 7, 40) AS lead, '330199' || to_char(mod(n, 50), 'FM000') AS street,
           '330199' || to_char(mod(n, 50), 'FM000') || to_char(mod(n, 6300), 'FM000000') AS place,
           CASE WHEN die_a < 4 THEN 'void' WHEN die_a < 12 THEN 'open' ELSE 'closed' END AS fate,
           %(since)s::timestamptz + n * interval '61 days' / %(count)s + (2 + die_b / 20) * interval '1 day' AS due,
           %(since)s::timestamptz + n * interval '61 days' / %(count)s + die_b * interval '1 hour' + interval '2 hours' AS done
    FROM (
        SELECT n, abs(mod(hashint8(n), 100)) AS die_a, abs(mod(hashint8(n + 1000000007), 100)) AS die_b
        FROM generate_series(1::bigint, %(count)s) AS n) AS diced
    ) AS lived

-- name: make_officers
-- Sixteen thousand officers, posted over the places in which cases lie: whose ground it is must be found among as many.
WITH revision AS (
    INSERT INTO grid_revision (kind, published_at, in_force_from, published_by) VALUES ('import', now(), '-infinity', 'bench')
    RETURNING id
), ground AS (
    INSERT INTO cell (code, rank, system, first_revision)
    SELECT DISTINCT case_file.unit, 3, 'free', revision.id FROM case_file, revision
    RETURNING code
), placed AS (
    SELECT code, row_number() OVER (ORDER BY code) AS place, count(*) OVER () AS places FROM ground
), officer AS (
    INSERT INTO account (login, name, password_hash, created_at)
    SELECT 'officer' || n, 'Officer ' || n, 'none', now() FROM generate_series(1, 16000) AS n
    RETURNING id, substr(login, 8)::integer AS n
)
INSERT INTO posting (account, role, cell, during, granted_by, granted_at)
SELECT officer.id, 'grid_officer', placed.code, '(,)', 'bench', now()
FROM officer JOIN placed ON placed.place = 1 + mod(officer.n, placed.places)

-- name: make_tasks
-- Who has a case has a task in it.
INSERT INTO case_task (district, case_no, ordinal, unit, part, due_at, opened_at)
SELECT district, case_no, 1, lead, 'lead', due_at, dispatched_at FROM case_file WHERE state = 'handling'

-- name: make_events
-- What the log says of them; every twelfth was handed to another department first, which sent it back. No chains: the
-- hashes are not read here.
INSERT INTO event (district, subject, subject_id, seq, kind, at, actor, path, payload, prev_hash, hash)
SELECT district, 'case', case_no, row_number() OVER (PARTITION BY case_no ORDER BY told.place), told.kind, told.at,
       told.actor, '{}', told.payload, '', ''
FROM case_file
CROSS JOIN LATERAL (VALUES
    (1, 'case.reported', received_at, 'public', '{}'::jsonb, true),
    (2, 'case.filed', filed_at, '5', '{}', filed_at IS NOT NULL),
    (3, 'case.dispatched', filed_at + interval '1 minute', '5', '{"lead": "d3"}', mod(case_no::bigint, 12) = 0),
    (4, 'case.returned', filed_at + interval '5 minutes', '7', '{"unit": "d3"}', mod(case_no::bigint, 12) = 0),
    (5, 'case.dispatched', dispatched_at, '5', jsonb_build_object('lead', lead), true),
    (6, 'case.received', taken_at, '7', jsonb_build_object('in_time', mod(case_no::bigint, 9) > 0), true),
    (7, 'case.submitted', submitted_at, '7', '{"outcome": "fixed"}', true),
    (8, 'case.result_verified', closed_at, '3', '{"to": "closed"}', true)
    ) AS told(place, kind, at, actor, payload, is_told)
WHERE told.is_told AND told.at IS NOT NULL
ORDER BY told.at

-- name: settle
-- The planner learns what there is.
ANALYZE case_file, event, posting, account

-- name: peer_cases
-- All columns that a figure needs, for whoever reckons elsewhere.
SELECT case_no, state, source, lead, nature, received_at, due_at, filed_at, dispatched_at, submitted_at, closed_at,
       ended_at, outcome, reworks, extensions, is_self_solved
FROM case_file
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: peer_events
-- All links of the log that a figure needs.
SELECT subject_id AS case_no, seq, kind, at, payload ->> 'lead' AS lead, payload ->> 'in_time' AS in_time
FROM event WHERE subject = 'case' AND kind IN ('case.dispatched', 'case.returned', 'case.received')
