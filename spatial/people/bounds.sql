-- name: bound_to
-- Accounts in use whose reach names one of these cells itself, not only a cell above it.
SELECT login, cells FROM account
WHERE cells && %(codes)s::text[] AND disabled_at IS NULL
ORDER BY login
