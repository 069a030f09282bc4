-- name: territory
-- All names that some cells have had, with their spans, oldest first.
SELECT version.code, version.name, level.key AS level, version.path,
       CASE WHEN NOT lower_inf(during) THEN lower(during) END AS since,
       CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until
FROM cell_version AS version
JOIN grid_level AS level ON level.rank = version.rank
WHERE version.code = ANY(%(codes)s::text[])
ORDER BY version.code, lower(during) NULLS FIRST

-- name: bodies
-- The territorial bodies that some cells have had, with their spans.
SELECT cell AS code, name,
       CASE WHEN NOT lower_inf(during) THEN lower(during) END AS since,
       CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until
FROM territorial_body WHERE cell = ANY(%(codes)s::text[])
ORDER BY cell, lower(during) NULLS FIRST
