-- name: departments_in_force
-- Which of these codes are departments at a moment.
SELECT code FROM department WHERE code = ANY(%(codes)s::text[]) AND during @> %(at)s::timestamptz

-- name: departments_ended
-- Which of these codes are departments whose validity is over at a moment.
SELECT code FROM department WHERE code = ANY(%(codes)s::text[]) AND upper(during) <= %(at)s::timestamptz

-- name: levels_of_path
-- The level of each cell of one case's chain; the case was handed out within a reach before.
SELECT cell.code, level.key FROM cell JOIN grid_level AS level USING (rank) WHERE cell.code = ANY(%(path)s::text[])
