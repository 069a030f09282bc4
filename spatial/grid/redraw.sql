-- name: base_revision
-- The revision in force, on which a redraw is drawn; 0 before the first import.
SELECT coalesce(max(id), 0) FROM grid_revision

-- name: cells_in_force
-- Cells in force by code, with what a redraw needs to know of them.
SELECT version.id, version.code, version.rank, version.name, version.parent, version.path, version.district, version.area_m2,
       cell.system, ST_AsBinary(version.geom) AS wkb,
       version.rank = (SELECT max(rank) FROM grid_level) AS is_unit
FROM cell_version AS version JOIN cell ON cell.code = version.code
WHERE version.code = ANY(%(codes)s::text[]) AND upper_inf(version.during)
ORDER BY version.code

-- name: units_around
-- The units in force that meet these cells anywhere, without these themselves.
SELECT DISTINCT version.id, version.code, version.rank, version.name, version.parent, version.path, version.district, version.area_m2,
       cell.system, ST_AsBinary(version.geom) AS wkb, true AS is_unit
FROM cell_version AS changed
JOIN cell_version AS version ON ST_Intersects(version.geom, changed.geom)
JOIN cell ON cell.code = version.code
WHERE changed.code = ANY(%(codes)s::text[]) AND upper_inf(changed.during)
  AND version.rank = (SELECT max(rank) FROM grid_level) AND upper_inf(version.during)
  AND version.code <> ALL(%(codes)s::text[])
ORDER BY version.code

-- name: codes_ever_given
-- Every code under a parent, withdrawn ones too: none of them is given again.
SELECT code FROM cell WHERE starts_with(code, %(parent)s)

-- name: switch_instant
-- The moment of the switch: after the lock, so that nothing filed before it can be younger.
SELECT clock_timestamp()

-- name: insert_revision
-- The record of a published redraw.
INSERT INTO grid_revision (kind, published_at, in_force_from, published_by, note, report)
VALUES (%(kind)s, %(instant)s, %(instant)s, %(published_by)s, %(note)s, %(report)s::jsonb)
RETURNING id

-- name: close_versions
-- End the versions of these cells at the switch.
UPDATE cell_version
SET during = tstzrange(lower(during), %(instant)s, '[)'), retired_in = %(revision)s
WHERE code = ANY(%(codes)s::text[]) AND upper_inf(during)

-- name: insert_cells
-- Identities of cells that did not exist before.
INSERT INTO cell (code, rank, system, first_revision)
SELECT code, %(rank)s, %(system)s, %(revision)s FROM unnest(%(codes)s::text[]) AS code

-- name: withdraw_cells
-- These cells end; their codes are never given again.
UPDATE cell SET withdrawn_in = %(revision)s WHERE code = ANY(%(codes)s::text[])

-- name: insert_version
-- A cell's version from the switch on.
INSERT INTO cell_version (code, rank, name, parent, path, district, geom, area_m2, label_point, during, created_in)
SELECT %(code)s, %(rank)s, %(name)s, %(parent)s, %(path)s::text[], %(district)s, shape.geom, %(area_m2)s,
       ST_PointOnSurface(shape.geom), tstzrange(%(instant)s, NULL, '[)'), %(revision)s
FROM (SELECT ST_GeomFromWKB(%(wkb)s, 4326) AS geom) AS shape

-- name: insert_lineage
-- Who became whom.
INSERT INTO cell_lineage (revision, from_code, to_code, share)
VALUES (%(revision)s, %(from_code)s, %(to_code)s, %(share)s)

-- name: keep_told
-- What a redraw did beside the grid, kept with its record.
UPDATE grid_revision SET report = report || jsonb_build_object('told', %(told)s::jsonb) WHERE id = %(revision)s

-- name: redraws_before
-- Published splits and merges, newest first, with their lineage.
SELECT revision.id AS revision, revision.kind, revision.published_at, revision.published_by, revision.note,
       coalesce(revision.report -> 'told', '{}'::jsonb) AS told,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('from', from_code, 'to', to_code, 'share', share)
                                  ORDER BY from_code, share DESC), '[]'::jsonb)
        FROM cell_lineage WHERE cell_lineage.revision = revision.id) AS lineage
FROM grid_revision AS revision
WHERE revision.kind IN ('split', 'merge') AND (%(before)s::integer IS NULL OR revision.id < %(before)s::integer)
ORDER BY revision.id DESC
LIMIT %(limit)s
