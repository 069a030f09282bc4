-- name: rows_on_cells
-- Rows of the table and proposals on some cells that hold behind a moment, held until this transaction ends.
SELECT id, matter, place_cell AS cell, lead, state, lower(during) IS NULL OR lower(during) < %(now)s AS has_begun
FROM responsibility
WHERE place_kind = 'cell' AND place_cell = ANY(%(cells)s::text[]) AND state IN ('in_force', 'proposed', 'objected')
  AND (upper_inf(during) OR upper(during) > %(now)s)
ORDER BY id FOR UPDATE

-- name: copy_rows_to_cells
-- What holds on a cell that was split holds on its other part from the switch on; answers the copies in their order.
INSERT INTO responsibility (matter, place_kind, place_cell, lead, assisting, supervising, priority, basis, during,
    state, answer_by, adopted_at, settled_at, settled_by, grounds, recorded_at, recorded_by)
SELECT matter, place_kind, copied.cell, lead, assisting, supervising, priority, basis,
       tstzrange(greatest(lower(during), %(now)s), upper(during)), state, answer_by,
       CASE WHEN state = 'in_force' THEN %(now)s::timestamptz END, settled_at, settled_by, grounds, %(now)s, %(actor)s
FROM unnest(%(ids)s::bigint[], %(cells)s::text[]) WITH ORDINALITY AS copied(id, cell, i)
JOIN responsibility ON responsibility.id = copied.id
ORDER BY copied.i
RETURNING id

-- name: copy_answers
-- What the named units said to a proposal, they said to its copies.
INSERT INTO responsibility_answer (responsibility, unit, answer, reason, at, actor)
SELECT copied.copy, unit, answer, reason, at, actor
FROM unnest(%(ids)s::bigint[], %(copies)s::bigint[]) AS copied(id, copy)
JOIN responsibility_answer ON responsibility_answer.responsibility = copied.id

-- name: end_rows_of_cells
-- Rows in force end with their cell.
UPDATE responsibility SET during = tstzrange(lower(during), %(now)s) WHERE id = ANY(%(ids)s::bigint[])

-- name: withdraw_rows_of_cells
-- What has decided nothing yet is withdrawn with its cell.
UPDATE responsibility
SET state = 'withdrawn', adopted_at = NULL, settled_at = %(now)s, settled_by = %(actor)s, grounds = %(grounds)s
WHERE id = ANY(%(ids)s::bigint[])
