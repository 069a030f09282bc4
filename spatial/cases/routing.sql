-- name: hand_over
-- Cases just opened go to the unit that a precedent names, locked by its ruling.
UPDATE case_file SET state = handed.state, step = handed.step, lead = handed.lead, assisting = handed.assisting,
    holders = handed.holders, precedent = handed.precedent, ruling = precedent.ruling
FROM jsonb_to_recordset(%(rows)s::jsonb) AS handed(district text, case_no text, step text, state text, lead text,
        assisting text[], holders text[], precedent text)
JOIN precedent ON precedent.number = handed.precedent
WHERE case_file.district = handed.district AND case_file.case_no = handed.case_no

-- name: rulings_of
-- The rulings behind the precedents that settled some cases.
SELECT handed.case_no, precedent.ruling
FROM jsonb_to_recordset(%(rows)s::jsonb) AS handed(case_no text, precedent text)
JOIN precedent ON precedent.number = handed.precedent
