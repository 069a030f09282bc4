-- name: signed_since
-- Whether somebody did one of some acts to a case since another act was last done to it; without that one, ever.
SELECT EXISTS (
    SELECT FROM event
    WHERE district = %(district)s AND subject = 'case' AND subject_id = %(case_no)s AND actor = %(actor)s
      AND kind = ANY(%(kinds)s::text[])
      AND seq > coalesce((SELECT max(seq) FROM event WHERE district = %(district)s AND subject = 'case'
                          AND subject_id = %(case_no)s AND kind = %(since)s), 0))

-- name: newest_of
-- Which of some kinds the newest link of a case is, who signed it, and what a look has shown.
SELECT kind, actor, (payload ->> 'is_true')::boolean AS is_true FROM event
WHERE district = %(district)s AND subject = 'case' AND subject_id = %(case_no)s AND kind = ANY(%(kinds)s::text[])
ORDER BY seq DESC LIMIT 1
