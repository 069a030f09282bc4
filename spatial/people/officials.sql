-- name: officials
-- The names of those accounts that have, or ever had, some work: a citizen's name is never told here.
SELECT id, name FROM account
WHERE id = ANY(%(accounts)s::bigint[])
  AND EXISTS (SELECT FROM posting WHERE posting.account = account.id AND posting.role <> 'citizen')
