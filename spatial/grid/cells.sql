-- name: switch_instant
-- The moment of the switch, read after the lock, so that no writer filed on the old grid later than this.
SELECT clock_timestamp()

-- name: current_revision
-- The revision in force; NULL while nothing was published.
SELECT max(id) FROM grid_revision

-- name: insert_revision
-- One row for each publish.
INSERT INTO grid_revision (kind, published_at, in_force_from, published_by, note, report)
VALUES (%(kind)s, %(published_at)s, coalesce(%(in_force_from)s::timestamptz, '-infinity'), %(published_by)s, %(note)s,
        %(report)s::jsonb)
RETURNING id

-- name: known_cells
-- Every code ever given among those asked, with its level and the revision that withdrew it.
SELECT code, rank, withdrawn_in FROM cell WHERE code = ANY(%(codes)s::text[])

-- name: withdrawn_cells
-- Identities that ended, with the revision that ended them and the land of their last version.
SELECT DISTINCT ON (cell.code) cell.code, cell.rank, cell.withdrawn_in AS revision, ST_AsBinary(version.geom) AS wkb
FROM cell JOIN cell_version AS version USING (code)
WHERE cell.withdrawn_in IS NOT NULL
ORDER BY cell.code, version.id DESC

-- name: revive_cells
-- Identities that come back at their place begin again.
UPDATE cell SET withdrawn_in = NULL WHERE withdrawn_in IS NOT NULL AND code = ANY(%(codes)s::text[])
RETURNING code

-- name: is_cell
-- Whether a code was ever given to a cell.
SELECT EXISTS (SELECT FROM cell WHERE code = %(code)s::text)

-- name: taken_codes
-- Every code ever given, withdrawn ones too.
SELECT code FROM cell ORDER BY code

-- name: retire_versions
-- End every version that is in force, at the instant of the switch.
UPDATE cell_version SET during = tstzrange(lower(during), %(instant)s, '[)'), retired_in = %(revision)s
WHERE upper_inf(during)

-- name: withdraw_cells
-- Withdraw the codes that are no longer there; they are never given to another place.
UPDATE cell SET withdrawn_in = %(revision)s
WHERE withdrawn_in IS NULL AND code <> ALL(%(codes)s::text[])
RETURNING code

-- name: insert_cells
-- New identities; known codes stay as they are.
INSERT INTO cell (code, rank, system, first_revision)
SELECT code, rank, system, %(revision)s
FROM unnest(%(codes)s::text[], %(ranks)s::smallint[], %(systems)s::text[]) AS draft(code, rank, system)
ON CONFLICT (code) DO NOTHING

-- name: insert_versions
-- One version for each cell, in force from the given moment, or from the beginning of time when it is NULL.
INSERT INTO cell_version (code, rank, name, parent, path, district, geom, area_m2, label_point, during, created_in)
SELECT code, rank, name, parent, string_to_array(path, '/'), district, geom, area_m2, ST_PointOnSurface(geom),
       tstzrange(%(in_force_from)s::timestamptz, NULL, '[)'), %(revision)s
FROM (SELECT code, rank, name, parent, path, district, area_m2, ST_Multi(ST_GeomFromWKB(wkb, 4326)) AS geom
      FROM unnest(%(codes)s::text[], %(ranks)s::smallint[], %(names)s::text[], %(parents)s::text[], %(paths)s::text[],
                  %(districts)s::text[], %(areas_m2)s::float8[], %(wkbs)s::bytea[])
           AS draft(code, rank, name, parent, path, district, area_m2, wkb)) AS shaped

-- name: insert_evidence
-- Supplied parent polygons, beside the unions that they differ from.
INSERT INTO cell_evidence (revision, code, geom, deviation_m2)
SELECT %(revision)s, code, ST_Multi(ST_GeomFromWKB(wkb, 4326)), deviation_m2
FROM unnest(%(codes)s::text[], %(wkbs)s::bytea[], %(deviations_m2)s::float8[]) AS given(code, wkb, deviation_m2)

-- name: insert_lineage
-- Who became whom: each cell withdrawn by a revision, and the cells of its level that took its land, by share.
INSERT INTO cell_lineage (revision, from_code, to_code, share)
SELECT %(revision)s, from_code, to_code, least(share, 1)
FROM (SELECT old.code AS from_code, new.code AS to_code,
             ST_Area(ST_Intersection(old.geom, new.geom)) / ST_Area(old.geom) AS share
      FROM cell JOIN cell_version AS old ON old.code = cell.code AND old.retired_in = %(revision)s
      JOIN cell_version AS new ON new.created_in = %(revision)s AND new.rank = old.rank
                              AND ST_Intersects(old.geom, new.geom)
      WHERE cell.withdrawn_in = %(revision)s) AS became
WHERE share > 1e-6

-- name: insert_findings
-- Dirt that was accepted is on record.
INSERT INTO grid_finding (revision, kind, codes, area_m2, place, sentence)
SELECT %(revision)s, kind, string_to_array(codes, '/'), area_m2,
       CASE WHEN lon IS NOT NULL THEN ST_SetSRID(ST_Point(lon, lat), 4326) END, sentence
FROM unnest(%(kinds)s::text[], %(codes)s::text[], %(areas_m2)s::float8[], %(lons)s::float8[], %(lats)s::float8[],
            %(sentences)s::text[]) AS found(kind, codes, area_m2, lon, lat, sentence)

-- name: taken_prefixes
-- Case number prefixes that are given, by home cell.
SELECT district, prefix FROM case_prefix

-- name: insert_prefix
-- Give a home cell its case number prefix.
INSERT INTO case_prefix (district, prefix) VALUES (%(district)s, %(prefix)s)

-- name: put_setting
-- Set one fact of the city.
INSERT INTO setting (key, value) VALUES (%(key)s, to_jsonb(%(value)s::text))
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value

-- name: list_cells
-- Cells within a reach, in force at a moment (NULL: now), filtered by level, parent and box, in order of their codes.
SELECT version.id, version.code, version.rank, grid_level.key AS level, version.name, version.parent, version.path,
       version.district, ST_AsBinary(version.geom) AS wkb, version.area_m2,
       ST_X(version.label_point) AS label_lon, ST_Y(version.label_point) AS label_lat,
       CASE WHEN isfinite(lower(version.during)) THEN lower(version.during) END AS valid_from,
       CASE WHEN isfinite(upper(version.during)) THEN upper(version.during) END AS valid_until,
       version.created_in AS revision
FROM cell_version AS version JOIN grid_level USING (rank)
WHERE version.during @> coalesce(%(at)s::timestamptz, clock_timestamp())
  AND (%(reach)s::text[] IS NULL OR version.path && %(reach)s::text[])
  AND (%(code)s::text IS NULL OR version.code = %(code)s)
  AND (%(rank)s::smallint IS NULL OR version.rank = %(rank)s)
  AND (%(parent)s::text IS NULL OR version.parent = %(parent)s)
  AND (%(after)s::text IS NULL OR version.code > %(after)s)
  AND (%(west)s::float8 IS NULL
       OR version.geom && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 4326))
ORDER BY version.code
LIMIT %(limit)s

-- name: get_setting
-- One fact of the city.
SELECT value #>> '{}' FROM setting WHERE key = %(key)s
