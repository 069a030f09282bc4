-- name: grid_identity
-- Which grid of which database is in force.
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()) || '.'
       || (SELECT value #>> '{}' FROM setting WHERE key = 'epoch') AS database,
       coalesce((SELECT max(id) FROM grid_revision), 0) AS revision

-- name: upper_middles
-- Label points, centroids and box middles of the cells above the units.
SELECT ST_X(middle) AS lon, ST_Y(middle) AS lat
FROM cell_version
CROSS JOIN LATERAL (VALUES (label_point), (ST_Centroid(geom)), (ST_Centroid(ST_Envelope(geom)))) AS one(middle)
WHERE upper_inf(during) AND rank < (SELECT max(rank) FROM grid_level)

-- name: shared_positions
-- Positions that were declared to be fallbacks, or that many reports of different words share to the last digit.
-- Counts only; no case is handed out, hence no %(reach)s.
SELECT asked.i - 1 AS i,
       CASE WHEN declared.reason IS NOT NULL THEN declared.reason
            ELSE 'many unrelated reports give exactly this position' END AS reason
FROM unnest(%(lons)s::float8[], %(lats)s::float8[]) WITH ORDINALITY AS asked(lon, lat, i)
LEFT JOIN LATERAL (
    SELECT reason FROM fallback_position
    WHERE position && ST_Expand(ST_SetSRID(ST_Point(asked.lon, asked.lat), 4326), 1e-6) LIMIT 1
) AS declared ON true
CROSS JOIN LATERAL (
    SELECT count(DISTINCT said.text) AS sayings FROM (
        SELECT report.text FROM case_file
        JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
        WHERE case_file.position ~= ST_SetSRID(ST_Point(asked.lon, asked.lat), 4326)  -- by box, in single precision
          AND ST_X(case_file.position) = asked.lon AND ST_Y(case_file.position) = asked.lat LIMIT 200
    ) AS said
) AS others
WHERE declared.reason IS NOT NULL
   OR others.sayings >= (SELECT (value #>> '{}')::integer FROM setting WHERE key = 'fallback_reports')
