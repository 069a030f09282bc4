-- name: lock_of
-- What a ruling locks a case by: its precedent's number, and the case that it was given on.
SELECT precedent.number, dispute.case_no AS ruled_case, ruling.lead, ruling.effective_from
FROM ruling JOIN dispute ON dispute.id = ruling.dispute LEFT JOIN precedent ON precedent.ruling = ruling.id
WHERE ruling.id = %(ruling)s

-- name: ruling_of_precedent
-- The ruling that left a precedent.
SELECT ruling FROM precedent WHERE number = %(number)s
