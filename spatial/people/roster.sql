-- name: roster
-- Who is on duty from a day to another, both inclusive. Whoever is out of use by then is on no duty.
SELECT duty.day, account.login, account.name
FROM duty_roster AS duty JOIN account ON account.id = duty.account
WHERE duty.day BETWEEN %(since)s AND %(until)s AND account.disabled_at IS NULL
ORDER BY duty.day, account.login

-- name: forget_day
-- Nobody is on duty on a day any more.
DELETE FROM duty_roster WHERE day = %(day)s

-- name: put_on_duty
-- These are on duty on a day; answers the logins that there are, in use.
INSERT INTO duty_roster (day, account, written_by, written_at)
SELECT %(day)s, id, %(actor)s, %(now)s FROM account WHERE login = ANY(%(logins)s::text[]) AND disabled_at IS NULL
RETURNING (SELECT login FROM account WHERE account.id = duty_roster.account)
