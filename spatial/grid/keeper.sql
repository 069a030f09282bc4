-- name: revisions
-- Which history of which database this is (a restore raises the epoch, and rewinds ids), and its revisions, each with a
-- moment at which it holds and the microsecond of its publication; one row of NULLs without a grid.
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()) || '.'
       || (SELECT value #>> '{}' FROM setting WHERE key = 'epoch') AS database, revision.id,
       (extract(epoch FROM revision.published_at) * 1000000)::bigint AS stamp,
       CASE WHEN revision.in_force_from = '-infinity' THEN revision.published_at ELSE revision.in_force_from END AS moment
FROM (SELECT 1) AS one LEFT JOIN grid_revision AS revision ON true
ORDER BY revision.id NULLS FIRST

-- name: home_rank
-- The level whose codes begin every key.
SELECT rank FROM grid_level WHERE is_home
