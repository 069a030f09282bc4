-- name: insert_account
-- A new account; a login that is taken is answered with no row.
INSERT INTO account (login, name, password_hash, created_at)
VALUES (%(login)s, %(name)s, %(password_hash)s, %(now)s)
ON CONFLICT (login) DO NOTHING
RETURNING id

-- name: account_for_login
-- The account behind a login, with its hash and the postings in force, unless disabled.
SELECT id, login, name, password_hash,
       coalesce((SELECT jsonb_agg(jsonb_build_array(
                     id, role, cell, department, CASE WHEN NOT upper_inf(during) THEN extract(epoch FROM upper(during)) END
                 ) ORDER BY id) FROM posting
                 WHERE posting.account = account.id
                   AND during @> coalesce(%(now)s::timestamptz, clock_timestamp())), '[]') AS postings
FROM account WHERE login = %(login)s AND disabled_at IS NULL

-- name: account_for_id
-- The account with an id, with the postings in force, unless disabled.
SELECT id, login, name,
       coalesce((SELECT jsonb_agg(jsonb_build_array(
                     id, role, cell, department, CASE WHEN NOT upper_inf(during) THEN extract(epoch FROM upper(during)) END
                 ) ORDER BY id) FROM posting
                 WHERE posting.account = account.id
                   AND during @> coalesce(%(now)s::timestamptz, clock_timestamp())), '[]') AS postings
FROM account WHERE id = %(account)s AND disabled_at IS NULL

-- name: store_password
-- A hash made anew, because argon2's parameters have grown.
UPDATE account SET password_hash = %(password_hash)s WHERE id = %(id)s

-- name: insert_session
-- A log-in.
INSERT INTO account_session (token_digest, account, created_at, expires_at)
VALUES (%(digest)s, %(account)s, %(now)s, %(expires_at)s)

-- name: account_for_session
-- Whose cookie this is, while it lasts, with the postings in force.
SELECT account.id, login, name,
       coalesce((SELECT jsonb_agg(jsonb_build_array(
                     id, role, cell, department, CASE WHEN NOT upper_inf(during) THEN extract(epoch FROM upper(during)) END
                 ) ORDER BY id) FROM posting
                 WHERE posting.account = account.id
                   AND during @> coalesce(%(now)s::timestamptz, clock_timestamp())), '[]') AS postings
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
-- Whose API token this is, while it is not revoked, with the postings in force.
SELECT account.id, login, name,
       coalesce((SELECT jsonb_agg(jsonb_build_array(
                     id, role, cell, department, CASE WHEN NOT upper_inf(during) THEN extract(epoch FROM upper(during)) END
                 ) ORDER BY id) FROM posting
                 WHERE posting.account = account.id
                   AND during @> coalesce(%(now)s::timestamptz, clock_timestamp())), '[]') AS postings
FROM api_token JOIN account ON account.id = api_token.account
WHERE token_digest = %(digest)s AND revoked_at IS NULL AND disabled_at IS NULL

-- name: accounts
-- The accounts in use, with the postings in force.
SELECT id, login, name,
       coalesce((SELECT jsonb_agg(jsonb_build_array(
                     id, role, cell, department, CASE WHEN NOT upper_inf(during) THEN extract(epoch FROM upper(during)) END
                 ) ORDER BY id) FROM posting
                 WHERE posting.account = account.id
                   AND during @> coalesce(%(now)s::timestamptz, clock_timestamp())), '[]') AS postings
FROM account WHERE disabled_at IS NULL ORDER BY login
