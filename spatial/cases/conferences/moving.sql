-- name: standing_whistles
-- Whistles of some units, or all, that nobody has ended, each held until the transaction ends, in one order.
SELECT id, district, unit, current_path, ST_X(position) AS lon, ST_Y(position) AS lat
FROM whistle
WHERE state = 'raised' AND (%(units)s::text[] IS NULL OR unit = ANY(%(units)s::text[]))
ORDER BY id
FOR UPDATE

-- name: move_whistle
-- Where a whistle lies now; the departments that were called hear of it there.
UPDATE whistle SET unit = %(unit)s, current_path = %(path)s::text[],
    parties = case_parties(ARRAY(SELECT called FROM unnest(units) AS called WHERE left(called, 1) <> '@'), %(path)s::text[])
WHERE id = %(id)s
RETURNING current_path || parties AS tags
