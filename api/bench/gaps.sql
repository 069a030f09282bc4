-- name: insert_departments
-- Who may lead.
INSERT INTO department (code, name) SELECT code, code FROM unnest(%(codes)s::text[]) AS made(code)

-- name: insert_matters
-- The taxonomy, wider classes first.
INSERT INTO matter (code, name, taxonomy, rank, parent, category, major_code, minor_code, step_limit, due_limit)
SELECT code, code, CASE WHEN rank = 'category' THEN 'governance' ELSE 'event' END, rank, parent, category, major, minor,
       interval '1 hour', interval '1 day'
FROM unnest(%(codes)s::text[], %(ranks)s::text[], %(parents)s::text[], %(categories)s::text[], %(majors)s::text[],
            %(minors)s::text[]) AS made(code, rank, parent, category, major, minor)

-- name: insert_jurisdictions
-- Jurisdictions from the beginning of time; their ids in the order given.
INSERT INTO jurisdiction (code, kind, name, department, geom, area_m2, recorded_at)
SELECT 'j' || i, kind, 'j' || i, %(department)s, shape, ST_Area(shape::geography), %(recorded_at)s
FROM (SELECT i, kind, ST_Multi(ST_GeomFromWKB(wkb, 4326)) AS shape
      FROM unnest(%(kinds)s::text[], %(wkbs)s::bytea[]) WITH ORDINALITY AS made(kind, wkb, i)) AS shaped
ORDER BY i
RETURNING id

-- name: insert_duties
-- Rows of the table, adopted when they were recorded.
INSERT INTO responsibility (matter, place_kind, place_level, place_cell, place_jurisdiction, lead, priority, during,
                            adopted_at, recorded_at, recorded_by)
SELECT matter, CASE WHEN level IS NOT NULL THEN 'level' WHEN cell IS NOT NULL THEN 'cell' ELSE 'jurisdiction' END,
       level, cell, jurisdiction, lead, priority, tstzrange(since, until), %(recorded_at)s, %(recorded_at)s, 'system'
FROM unnest(%(matters)s::text[], %(levels)s::smallint[], %(cells)s::text[], %(jurisdictions)s::bigint[],
            %(leads)s::text[], %(priorities)s::integer[], %(since)s::timestamptz[], %(until)s::timestamptz[])
     AS made(matter, level, cell, jurisdiction, lead, priority, since, until)

-- name: analyze
-- Figures for the planner: a server that has just been filled knows nothing of its tables.
ANALYZE

-- name: peer_slice
-- One matter in the units of one cell, in one statement: cut each unit along every line, find who leads in each face.
WITH unit AS (
    SELECT code, path, geom FROM cell_version
    WHERE rank = (SELECT max(rank) FROM grid_level) AND during @> %(at)s::timestamptz AND path && ARRAY[%(cell)s::text]
), duty AS (
    SELECT r.id, r.place_kind, r.place_cell, r.lead, r.priority, j.geom,
           CASE m.rank WHEN 'minor' THEN 3 WHEN 'major' THEN 2 ELSE 1 END AS matter_rank,
           CASE r.place_kind WHEN 'level' THEN r.place_level WHEN 'cell' THEN c.rank
                WHEN 'jurisdiction' THEN CASE j.kind WHEN 'polygon' THEN 6 ELSE 7 END END AS place_rank
    FROM responsibility AS r JOIN matter AS m ON m.code = r.matter
    LEFT JOIN jurisdiction AS j ON j.id = r.place_jurisdiction LEFT JOIN cell AS c ON c.code = r.place_cell
    WHERE r.matter = ANY(%(nodes)s::text[]) AND r.state = 'in_force' AND r.during @> %(at)s::timestamptz
), shape AS (
    SELECT DISTINCT geom FROM duty WHERE geom IS NOT NULL
), line AS (
    SELECT unit.code, ST_Union(ST_Collect(ST_Boundary(unit.geom), cut.lines)) AS lines
    FROM unit CROSS JOIN LATERAL (SELECT ST_Collect(ST_Boundary(shape.geom)) AS lines FROM shape
                                  WHERE ST_Intersects(shape.geom, unit.geom)) AS cut
    WHERE cut.lines IS NOT NULL GROUP BY unit.code
), face AS (
    SELECT unit.code, unit.path, dumped.geom, ST_PointOnSurface(dumped.geom) AS inner_point
    FROM line JOIN unit USING (code) CROSS JOIN LATERAL ST_Dump(ST_Polygonize(ARRAY[line.lines])) AS dumped
    WHERE ST_Contains(unit.geom, ST_PointOnSurface(dumped.geom))
    UNION ALL
    SELECT code, path, geom, ST_PointOnSurface(geom) FROM unit WHERE code NOT IN (SELECT code FROM line)
), numbered AS (
    SELECT row_number() OVER () AS n, face.*, ST_Area(geom::geography) AS area_m2 FROM face
), applies AS (
    SELECT numbered.n, duty.* FROM numbered JOIN duty
      ON duty.place_kind = 'level' OR duty.place_cell = ANY(numbered.path)
      OR (duty.place_kind = 'jurisdiction' AND ST_Contains(duty.geom, numbered.inner_point))
), front AS (
    SELECT * FROM applies AS a WHERE NOT EXISTS (
        SELECT FROM applies AS b
        WHERE b.n = a.n AND b.matter_rank >= a.matter_rank AND b.place_rank >= a.place_rank
          AND (b.matter_rank > a.matter_rank OR b.place_rank > a.place_rank))
), decided AS (
    SELECT n, array_agg(DISTINCT lead ORDER BY lead) AS leads
    FROM (SELECT *, max(priority) OVER (PARTITION BY n) AS highest FROM front) AS ranked
    WHERE highest IS NULL OR priority = highest GROUP BY n
), part AS (
    SELECT code, coalesce(leads, '{}') AS leads, sum(area_m2) AS area_m2
    FROM numbered LEFT JOIN decided USING (n) GROUP BY code, coalesce(leads, '{}')
)
SELECT code, CASE WHEN bool_or(cardinality(leads) > 1) THEN 'conflict' WHEN bool_or(cardinality(leads) = 0) THEN 'gap'
                  WHEN count(*) > 1 THEN 'tiled' ELSE 'one' END AS status,
       coalesce(sum(area_m2) FILTER (WHERE cardinality(leads) = 0), 0) AS gap_m2,
       coalesce(sum(area_m2) FILTER (WHERE cardinality(leads) > 1), 0) AS conflict_m2
FROM part WHERE area_m2 >= %(sliver_m2)s::float8 GROUP BY code
