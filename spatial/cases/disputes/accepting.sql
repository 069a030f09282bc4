-- name: standards_of
-- The handling standards of a matter at a moment.
SELECT id, ordinal, filing_condition FROM handling_standard
WHERE matter = %(matter)s AND during @> %(at)s::timestamptz
ORDER BY ordinal
