-- name: mark_fringe
-- Cells lie in the urban-rural fringe.
INSERT INTO fringe_cell (cell) SELECT unnest(%(cells)s::text[]) ON CONFLICT DO NOTHING

-- name: unmark_fringe
-- Cells lie in it no longer.
DELETE FROM fringe_cell WHERE cell = ANY(%(cells)s::text[])

-- name: cells_known
-- Those of some codes that are cells.
SELECT code FROM cell WHERE code = ANY(%(codes)s::text[])

-- name: fringe
-- All cells that are marked.
SELECT cell FROM fringe_cell ORDER BY cell
