-- name: list_registered
-- Accounts by login, in use or not, with the roles of the postings in force.
SELECT id, login, name, created_at, disabled_at,
       ARRAY(SELECT DISTINCT role FROM posting
             WHERE posting.account = account.id AND during @> %(now)s::timestamptz ORDER BY role) AS roles
FROM account
WHERE (%(login)s::text IS NULL OR login = %(login)s)
  AND (%(words)s::text IS NULL OR position(lower(%(words)s) in login) > 0
       OR position(lower(%(words)s) in lower(name)) > 0)
  AND (%(after)s::text IS NULL OR login > %(after)s)
ORDER BY login
LIMIT %(limit)s

-- name: is_login
-- Whether a login is somebody's, in use or not.
SELECT EXISTS (SELECT FROM account WHERE login = %(login)s::text)

-- name: disable
-- Take an account out of use; no row where it is already. Whether it was an administrator is told.
UPDATE account SET disabled_at = %(now)s
WHERE login = %(login)s AND disabled_at IS NULL
RETURNING id, EXISTS (SELECT FROM posting WHERE posting.account = account.id AND role = 'administrator') AS was_administrator

-- name: end_sessions
-- Every log-in of an account ends.
DELETE FROM account_session WHERE account = %(account)s
