-- name: precedents_of_matters
-- All precedents ruled on one of these matters, newest first, superseded ones too.
SELECT number, ruling, matter, attributes, area_kind, cells, ST_AsBinary(area) AS area, radius_m,
       ST_X(origin) AS origin_lon, ST_Y(origin) AS origin_lat, lead, assisting, in_force_from, recorded_at,
       superseded_at, superseded_by
FROM precedent
WHERE matter = ANY(%(matters)s::text[])
ORDER BY in_force_from DESC, recorded_at DESC, number DESC

-- name: precedents_by_number
-- Precedents by number, newest first.
SELECT number, ruling, matter, attributes, area_kind, cells, ST_AsBinary(area) AS area, radius_m,
       ST_X(origin) AS origin_lon, ST_Y(origin) AS origin_lat, lead, assisting, in_force_from, recorded_at,
       superseded_at, superseded_by
FROM precedent
WHERE number = ANY(%(numbers)s::text[])
ORDER BY in_force_from DESC, recorded_at DESC, number DESC
