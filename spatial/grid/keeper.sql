-- name: revisions
-- Which database this is, and its revisions with a moment at which each holds; one row of NULLs without a grid.
SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database, revision.id,
       CASE WHEN revision.in_force_from = '-infinity' THEN revision.published_at ELSE revision.in_force_from END AS moment
FROM (SELECT 1) AS one LEFT JOIN grid_revision AS revision ON true
ORDER BY revision.id NULLS FIRST

-- name: home_rank
-- The level whose codes begin every key.
SELECT rank FROM grid_level WHERE is_home
