-- name: citizen_sources
-- The sources that bring citizens' own cases.
SELECT code FROM source WHERE is_citizen

-- name: close_cases
-- Cases just opened are closed: their officers have solved them; the transaction that opened them still holds them.
UPDATE case_file SET state = solved.state, step = solved.step, outcome = solved.outcome, is_self_solved = true,
    closed_at = solved.at, tier_since = NULL, step_due_at = NULL, archived_at = CASE WHEN solved.archives THEN solved.at END
FROM jsonb_to_recordset(%(rows)s::jsonb) AS solved(
    district text, case_no text, state text, step text, outcome text, at timestamptz, archives boolean)
WHERE case_file.district = solved.district AND case_file.case_no = solved.case_no

-- name: keep_spans
-- The unit had them for no time at all.
INSERT INTO case_tier (district, case_no, ordinal, tier, since, until)
SELECT district, case_no, 1, tier, at, at
FROM jsonb_to_recordset(%(rows)s::jsonb) AS solved(district text, case_no text, tier smallint, at timestamptz)
WHERE tier IS NOT NULL

-- name: keep_words
-- How each was solved.
INSERT INTO case_note (district, case_no, act, note, at, actor)
SELECT district, case_no, 'solve_own', how, at, actor
FROM jsonb_to_recordset(%(rows)s::jsonb) AS solved(district text, case_no text, how text, at timestamptz, actor text)

-- name: keep_pictures
-- What each place looked like then.
INSERT INTO case_photo (district, case_no, sha256, kind, act, at, actor)
SELECT district, case_no, sha256, 'after', 'solve_own', at, actor
FROM jsonb_to_recordset(%(rows)s::jsonb) AS solved(
         district text, case_no text, photos text[], at timestamptz, actor text)
CROSS JOIN LATERAL unnest(photos) AS sha256
