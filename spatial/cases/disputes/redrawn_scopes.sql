-- name: scopes_on_cells
-- Precedents not superseded yet that name some of these cells and none above them; whether they name all of them.
SELECT number, lead, cells @> %(cells)s::text[] AS names_all FROM precedent
WHERE cells && %(cells)s::text[] AND NOT cells && %(above)s::text[]
  AND (superseded_at IS NULL OR superseded_at > %(now)s)
ORDER BY number

-- name: extend_scopes
-- A unit that was split is named with its new parts.
UPDATE precedent SET cells = cells || %(added)s::text[] WHERE number = ANY(%(numbers)s::text[])

-- name: outline_scopes
-- The ground of the named cells as it was just before the switch; what stays when one of them becomes another.
UPDATE precedent
SET area_kind = 'polygon', cells = NULL,
    area = (SELECT ST_Multi(ST_CollectionExtract(ST_Union(version.geom), 3)) FROM cell_version AS version
            WHERE version.code = ANY(precedent.cells)
              AND version.during @> (%(now)s::timestamptz - interval '1 microsecond'))
WHERE number = ANY(%(numbers)s::text[])
