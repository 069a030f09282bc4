-- name: newest_replaced
-- The decision about a case's owner that was replaced last.
SELECT owner FROM case_decision WHERE district = %(district)s AND case_no = %(case_no)s
ORDER BY ordinal DESC LIMIT 1
