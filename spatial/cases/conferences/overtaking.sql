-- name: end_of_cases
-- The open conferences on some cases end, each at the moment at which its case did.
UPDATE conference SET state = 'ended', end_reason = 'overtaken', closed_at = gone.at, closed_by = 'system'
FROM (SELECT unnest(%(districts)s::text[]) AS district, unnest(%(case_nos)s::text[]) AS case_no,
             unnest(%(moments)s::timestamptz[]) AS at) AS gone
WHERE conference.district = gone.district AND conference.case_no = gone.case_no AND conference.state = 'open'
RETURNING conference.id, conference.district, conference.case_no
