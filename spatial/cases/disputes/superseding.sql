-- name: hold_precedents
-- Nobody writes a precedent until this transaction ends.
SELECT year FROM paper_serial WHERE kind = 'precedent' ORDER BY year FOR UPDATE

-- name: supersede
-- Mark precedents that nothing has taken the place of yet.
UPDATE precedent SET superseded_at = %(at)s, superseded_by = %(by)s
WHERE number = ANY(%(numbers)s::text[]) AND superseded_at IS NULL

-- name: cells_in_force
-- Chains and shapes of some cells, as they are now.
SELECT code, path, ST_AsBinary(geom) AS wkb FROM cell_version
WHERE code = ANY(%(codes)s::text[]) AND upper_inf(during)

-- name: open_precedents_under_rows
-- Precedents that stand, on the matters of some rows or on what lies below them.
SELECT number, ruling, precedent.matter, attributes, area_kind, cells, ST_AsBinary(area) AS area, radius_m,
       ST_X(origin) AS origin_lon, ST_Y(origin) AS origin_lat, lead, assisting, in_force_from, recorded_at,
       superseded_at, superseded_by
FROM precedent
JOIN matter AS own ON own.code = precedent.matter
LEFT JOIN matter AS major ON major.code = own.parent
WHERE superseded_at IS NULL
  AND ARRAY[own.code, own.parent, own.category, major.category] && ARRAY(
      SELECT matter FROM responsibility WHERE id = ANY(%(rows)s::bigint[]) AND state = 'in_force')
ORDER BY number

-- name: claims_on_area
-- Rows in force now or later whose place meets an area, on a matter, what lies above it (`is_above`) or below it.
WITH asked AS (
    SELECT ST_SetSRID(ST_GeomFromWKB(%(area)s), 4326) AS area, own.code, own.parent,
           coalesce(own.category, major.category) AS category
    FROM matter AS own LEFT JOIN matter AS major ON major.code = own.parent
    WHERE own.code = %(matter)s
), related AS (
    SELECT matter.code, matter.rank, matter.code IN (asked.code, asked.parent, asked.category) AS is_above
    FROM asked CROSS JOIN matter LEFT JOIN matter AS major ON major.code = matter.parent
    WHERE matter.code IN (asked.code, asked.parent, asked.category)
       OR asked.code IN (matter.parent, matter.category, major.category)
), placed AS (
    SELECT row.id, row.lead, row.priority, row.during, related.rank AS matter_rank, related.is_above,
           coalesce(jurisdiction.kind, row.place_kind) AS place_kind,
           coalesce(row.place_level, version.rank) AS place_rank, version.path,
           coalesce(jurisdiction.geom, version.geom) AS geom
    FROM related
    JOIN responsibility AS row ON row.matter = related.code AND row.state = 'in_force'
    LEFT JOIN jurisdiction ON jurisdiction.id = row.place_jurisdiction
    LEFT JOIN cell_version AS version ON version.code = row.place_cell AND upper_inf(version.during)
    WHERE upper_inf(row.during) OR upper(row.during) > %(now)s
)
SELECT placed.id, placed.lead, placed.priority, placed.matter_rank, placed.is_above, placed.place_kind,
       placed.place_rank, upper_inf(placed.during) AS is_for_good,
       CASE WHEN NOT lower_inf(placed.during) AND isfinite(lower(placed.during)) THEN lower(placed.during) END AS since,
       placed.place_kind = 'level'
       OR placed.geom IS NOT NULL AND ST_Covers(placed.geom, asked.area)
       OR placed.place_kind = 'cell' AND cardinality(%(cells)s::text[]) > 0 AND NOT EXISTS (
           SELECT FROM unnest(%(cells)s::text[]) AS named(code)
           LEFT JOIN cell_version AS below ON below.code = named.code AND upper_inf(below.during)
           WHERE below.code IS NULL OR NOT below.path @> placed.path) AS holds_all
FROM placed CROSS JOIN asked
WHERE placed.place_kind = 'level'
   OR placed.geom && asked.area AND ST_Relate(placed.geom, asked.area, 'T********')
ORDER BY placed.id
