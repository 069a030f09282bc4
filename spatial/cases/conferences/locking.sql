-- name: lock_of_conference
-- The last decision of a conference on a case, where it names this lead.
SELECT decided.id
FROM (SELECT id, lead FROM conference
      WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'decided' ORDER BY id DESC LIMIT 1) AS decided
WHERE decided.lead = %(lead)s
