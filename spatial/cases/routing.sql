-- name: hand_over
-- Cases just opened go to the unit that a precedent names, locked by its ruling.
UPDATE case_file SET state = handed.state, step = handed.step, lead = handed.lead, assisting = handed.assisting,
    holders = handed.holders, precedent = handed.precedent, ruling = precedent.ruling, standard = handed.standard,
    filed_at = handed.filed_at, dispatched_at = handed.dispatched_at, step_due_at = handed.step_due_at,
    due_at = handed.due_at, due_reason = handed.due_reason, limit_amount = handed.limit_amount,
    limit_unit = handed.limit_unit, warn_at = handed.warn_at
FROM jsonb_to_recordset(%(rows)s::jsonb) AS handed(district text, case_no text, step text, state text, lead text,
        assisting text[], holders text[], precedent text, standard bigint, filed_at timestamptz,
        dispatched_at timestamptz, step_due_at timestamptz, due_at timestamptz, due_reason text, limit_amount numeric,
        limit_unit text, warn_at timestamptz)
JOIN precedent ON precedent.number = handed.precedent
WHERE case_file.district = handed.district AND case_file.case_no = handed.case_no

-- name: rulings_of
-- The rulings behind the precedents that settled some cases.
SELECT handed.case_no, precedent.ruling
FROM jsonb_to_recordset(%(rows)s::jsonb) AS handed(case_no text, precedent text)
JOIN precedent ON precedent.number = handed.precedent
