-- name: standards_of
-- The limits of the standards in force of some matters.
SELECT id, matter, ordinal, amount, unit FROM handling_standard
WHERE matter = ANY(%(matters)s::text[]) AND during @> %(at)s::timestamptz
ORDER BY matter, ordinal

-- name: limit_of_case
-- The chosen standard of a case, or where none was chosen the first of its matter's; what the matter's own row says,
-- or without a matter what the city says.
SELECT standard.id, standard.matter, standard.ordinal, standard.amount, standard.unit, coalesce(matter.due_limit,
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_due_limit')) AS due_limit
FROM (VALUES (%(matter)s::text, %(standard)s::bigint)) AS asked(matter, standard)
LEFT JOIN matter ON matter.code = asked.matter
LEFT JOIN LATERAL (
    SELECT * FROM handling_standard
    WHERE id = asked.standard
       OR (asked.standard IS NULL AND matter = asked.matter AND during @> %(at)s::timestamptz)
    ORDER BY ordinal LIMIT 1) AS standard ON true
