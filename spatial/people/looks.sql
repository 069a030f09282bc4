-- name: insert_look
-- A look, written down once.
INSERT INTO look (at, account, district, case_no, purpose)
VALUES (%(now)s, %(account)s, %(district)s, %(case_no)s, %(purpose)s)
RETURNING id

-- name: list_looks
-- Looks at cases within a reach, newest first.
SELECT look.id, look.at, account.login, look.case_no, look.purpose
FROM look JOIN account ON account.id = look.account
JOIN case_file ON case_file.district = look.district AND case_file.case_no = look.case_no
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(case_no)s::text IS NULL OR look.case_no = %(case_no)s)
  AND (%(login)s::text IS NULL OR account.login = %(login)s)
  AND (%(since)s::timestamptz IS NULL OR look.at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR look.at < %(until)s)
  AND (%(before)s::bigint IS NULL OR look.id < %(before)s)
ORDER BY look.id DESC
LIMIT %(limit)s
