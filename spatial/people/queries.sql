-- name: insert_account
-- A new account; a login that is taken is answered with no row.
INSERT INTO account (login, name, role, password_hash, cells, created_at)
VALUES (%(login)s, %(name)s, %(role)s, %(password_hash)s, %(cells)s, %(now)s)
ON CONFLICT (login) DO NOTHING
RETURNING id, login, name, role, cells

-- name: account_for_login
-- The account behind a login, with its hash, unless disabled.
SELECT id, login, name, role, cells, password_hash FROM account WHERE login = %(login)s AND disabled_at IS NULL

-- name: unknown_cells
-- Which of these codes are not cells.
SELECT code FROM unnest(%(codes)s::text[]) AS code WHERE NOT EXISTS (SELECT 1 FROM cell WHERE cell.code = code.code)

-- name: store_password
-- A hash made anew, because argon2's parameters have grown.
UPDATE account SET password_hash = %(password_hash)s WHERE id = %(id)s

-- name: insert_session
-- A log-in.
INSERT INTO account_session (token_digest, account, created_at, expires_at)
VALUES (%(digest)s, %(account)s, %(now)s, %(expires_at)s)

-- name: account_for_session
-- Whose cookie this is, while it lasts.
SELECT account.id, login, name, role, cells
FROM account_session JOIN account ON account.id = account_session.account
WHERE token_digest = %(digest)s AND expires_at > %(now)s AND disabled_at IS NULL

-- name: delete_session
-- A log-out.
DELETE FROM account_session WHERE token_digest = %(digest)s

-- name: delete_ended_sessions
-- Forget the sessions that have ended.
DELETE FROM account_session WHERE expires_at <= %(now)s

-- name: insert_token
-- An API token, by digest.
INSERT INTO api_token (token_digest, account, label, created_at) VALUES (%(digest)s, %(account)s, %(label)s, %(now)s)

-- name: account_for_token
-- Whose API token this is, while it is not revoked.
SELECT account.id, login, name, role, cells
FROM api_token JOIN account ON account.id = api_token.account
WHERE token_digest = %(digest)s AND revoked_at IS NULL AND disabled_at IS NULL

-- name: bounded_accounts
-- Accounts that see some cells only.
SELECT id, login, name, role, cells FROM account WHERE cells IS NOT NULL AND disabled_at IS NULL ORDER BY login
