-- name: hold_account
-- An account's login; its row is held until the transaction ends.
SELECT login FROM account WHERE id = %(account)s FOR UPDATE

-- name: known
-- Whether a cell exists, and a department that has not ended at a moment; NULL stands for none and is known.
SELECT %(cell)s::text IS NULL OR EXISTS (SELECT FROM cell WHERE code = %(cell)s) AS cell,
       %(department)s::text IS NULL OR EXISTS (
           SELECT FROM department WHERE code = %(department)s AND NOT coalesce(upper(during) <= %(since)s, false)
       ) AS department

-- name: insert_posting
-- A posting.
INSERT INTO posting (account, role, cell, department, during, granted_by, granted_at)
VALUES (%(account)s, %(role)s, %(cell)s, %(department)s, tstzrange(%(since)s, %(until)s), %(granted_by)s, %(now)s)
RETURNING id, role, cell, department, lower(during) AS since, CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until,
       during @> %(now)s::timestamptz AS in_force, granted_by, granted_at

-- name: end_posting
-- End a posting that has begun by then.
UPDATE posting SET during = tstzrange(lower(during), %(until)s) WHERE id = %(posting)s
RETURNING id, role, cell, department, lower(during) AS since, CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until,
       during @> %(now)s::timestamptz AS in_force, granted_by, granted_at

-- name: withdraw_posting
-- Take back a posting that would end before it begins.
DELETE FROM posting WHERE id = %(posting)s
RETURNING id, role, cell, department, lower(during) AS since, %(until)s::timestamptz AS until, false AS in_force,
       granted_by, granted_at

-- name: list_postings
-- Every posting that an account has or had.
SELECT id, role, cell, department, lower(during) AS since, CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until,
       during @> %(now)s::timestamptz AS in_force, granted_by, granted_at
FROM posting WHERE account = %(account)s ORDER BY id

-- name: hold_administrators
-- Only one transaction at a time takes an administrator away.
SELECT pg_advisory_xact_lock(hashtext('administrators'))

-- name: has_administrator
-- Whether somebody in use is an administrator of the whole city without end.
SELECT EXISTS (
    SELECT FROM posting JOIN account ON account.id = posting.account
    WHERE role = 'administrator' AND cell IS NULL AND upper_inf(during) AND lower(during) <= clock_timestamp()
      AND disabled_at IS NULL)

-- name: is_anybody_posted
-- Whether an account in use has one of these roles for a cell itself, or for the whole city.
SELECT EXISTS (
    SELECT FROM posting JOIN account ON account.id = posting.account
    WHERE role = ANY(%(roles)s::text[]) AND (cell IS NULL OR cell = %(cell)s) AND department IS NULL
      AND during @> %(now)s::timestamptz AND disabled_at IS NULL)
