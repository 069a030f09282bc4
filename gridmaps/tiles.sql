-- name: cell_tile
-- Cells of one grid revision in a tile: areas of the levels that this zoom can show, and a point for each label.
WITH tile AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS area,
           ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.03125), 4326) AS reach
), shown AS (
    SELECT version.code, version.name, version.rank, version.parent, version.geom, version.label_point
    FROM cell_version AS version, tile
    WHERE version.created_in <= %(revision)s AND (version.retired_in IS NULL OR version.retired_in > %(revision)s)
      AND version.rank <= %(deepest)s AND version.geom && tile.reach
)
SELECT
    (SELECT coalesce(ST_AsMVT(areas, 'cells', 4096, 'shape'), '') FROM (
        SELECT code, name, rank AS level, parent,
               ST_AsMVTGeom(ST_Transform(shown.geom, 3857), tile.area, 4096, 128) AS shape
        FROM shown, tile
    ) AS areas WHERE shape IS NOT NULL)
    ||
    (SELECT coalesce(ST_AsMVT(points, 'labels', 4096, 'shape'), '') FROM (
        SELECT code, name, rank AS level,
               ST_AsMVTGeom(ST_Transform(shown.label_point, 3857), tile.area, 4096, 0) AS shape
        FROM shown, tile
    ) AS points WHERE shape IS NOT NULL) AS tile

-- name: case_tile
-- Cases within a reach in a tile, each as a point. Nothing personal.
WITH tile AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS area,
           ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.03125), 4326) AS reach
)
SELECT coalesce(ST_AsMVT(points, 'cases', 4096, 'shape'), '') AS tile FROM (
    SELECT case_no, step, state, certainty, category,
           CASE WHEN state <> 'suspended' THEN extract(epoch FROM least(step_due_at, due_at))::bigint END AS due,
           ST_AsMVTGeom(ST_Transform(case_file.position, 3857), tile.area, 4096, 128) AS shape
    FROM case_file, tile
    WHERE case_file.position && tile.reach
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
) AS points WHERE shape IS NOT NULL

-- name: case_count_tile
-- Where points would hide the map: how many cases each cell of one level holds, at its label point.
WITH tile AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS area, ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326) AS reach
), counted AS (
    SELECT version.code, version.name, version.label_point, count(*) AS count,
           count(*) FILTER (WHERE case_file.step NOT IN ('done', 'called_back', 'evaluated')) AS open
    FROM cell_version AS version
    JOIN tile ON version.label_point && tile.reach
    JOIN case_file ON case_file.current_path[%(rank)s::integer] = version.code
    WHERE version.rank = %(rank)s AND upper_inf(version.during)
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    GROUP BY version.id
)
SELECT coalesce(ST_AsMVT(points, 'case_counts', 4096, 'shape'), '') AS tile FROM (
    SELECT code, name, count, open, ST_AsMVTGeom(ST_Transform(label_point, 3857), tile.area, 4096, 0) AS shape
    FROM counted, tile
) AS points WHERE shape IS NOT NULL

-- name: level_ranks
-- The ranks of the levels, widest first.
SELECT rank FROM grid_level ORDER BY rank

-- name: grid_bounds
-- The box around the cells in force, in degrees: west, south, east, north. No row while there is no grid.
SELECT ST_XMin(box) AS west, ST_YMin(box) AS south, ST_XMax(box) AS east, ST_YMax(box) AS north
FROM (SELECT ST_Extent(geom) AS box FROM cell_version WHERE rank = 1 AND upper_inf(during)) AS extent
WHERE box IS NOT NULL
