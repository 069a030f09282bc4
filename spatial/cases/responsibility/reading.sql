-- name: ground
-- Everything that resolutions read: jurisdictions near, rows that may hold, names of cells and bodies.
SELECT responsibility_ground(%(lons)s::float8[], %(lats)s::float8[], %(widths)s::float8[], %(heights)s::float8[],
                             %(matters)s::text[], %(cells)s::text[])

-- name: jurisdiction_shapes
-- The polygons of some jurisdictions.
SELECT id, ST_AsBinary(geom) AS wkb FROM jurisdiction WHERE id = ANY(%(ids)s::bigint[])

-- name: chains_of
-- The chains that some units have had.
SELECT DISTINCT unnest(path) AS code FROM cell_version WHERE code = ANY(%(codes)s::text[])
