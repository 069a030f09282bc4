-- name: near_jurisdictions
-- The jurisdictions whose box meets the box around each position, with their spans; the border rule judges them.
SELECT asked.i - 1 AS i, id, kind, code, name, recorded_at,
       CASE WHEN NOT lower_inf(during) THEN lower(during) END AS since,
       CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until
FROM unnest(%(lons)s::float8[], %(lats)s::float8[], %(widths)s::float8[], %(heights)s::float8[])
     WITH ORDINALITY AS asked(lon, lat, width, height, i)
JOIN jurisdiction ON geom && ST_MakeEnvelope(lon - width, lat - height, lon + width, lat + height, 4326)
ORDER BY asked.i, id

-- name: jurisdiction_shapes
-- The polygons of some jurisdictions.
SELECT id, ST_AsBinary(geom) AS wkb FROM jurisdiction WHERE id = ANY(%(ids)s::bigint[])

-- name: rows_of
-- The rows of some matters that hold on a level, in some cells, or in some jurisdictions; of all times.
SELECT row.id, row.matter, matter.rank AS matter_rank, row.place_kind, row.place_level, row.place_cell,
       row.place_jurisdiction, row.lead, row.assisting, row.supervising, row.priority, row.basis,
       CASE WHEN isfinite(row.adopted_at) THEN row.adopted_at END AS adopted_at,
       CASE WHEN NOT lower_inf(row.during) THEN lower(row.during) END AS since,
       CASE WHEN NOT upper_inf(row.during) THEN upper(row.during) END AS until
FROM (
    SELECT * FROM responsibility
    WHERE place_kind = 'level' AND state = 'in_force' AND matter = ANY(%(matters)s::text[])
    UNION ALL
    SELECT * FROM responsibility
    WHERE place_kind = 'cell' AND state = 'in_force' AND matter = ANY(%(matters)s::text[])
      AND place_cell = ANY(%(cells)s::text[])
    UNION ALL
    SELECT * FROM responsibility
    WHERE place_kind = 'jurisdiction' AND state = 'in_force' AND matter = ANY(%(matters)s::text[])
      AND place_jurisdiction = ANY(%(jurisdictions)s::bigint[])
) AS row
JOIN matter ON matter.code = row.matter
ORDER BY row.id
