-- name: bound_to
-- Accounts in use with a posting in force that names one of these cells itself, not only a cell above it.
SELECT DISTINCT login FROM account JOIN posting ON posting.account = account.id
WHERE cell = ANY(%(codes)s::text[]) AND disabled_at IS NULL AND during @> clock_timestamp()
ORDER BY login
