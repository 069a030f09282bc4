-- name: answer_limit
-- Until when the named units answer what is proposed now.
SELECT %(now)s::timestamptz + (value #>> '{}')::interval FROM setting WHERE key = 'proposal_answer_limit'

-- name: insert_answer
-- A unit answers, once; nothing when it has answered before.
INSERT INTO responsibility_answer (responsibility, unit, answer, reason, at, actor)
VALUES (%(id)s, %(unit)s, %(answer)s, %(reason)s, %(now)s, %(actor)s)
ON CONFLICT (responsibility, unit) DO NOTHING
RETURNING unit

-- name: set_state
-- A proposal is objected to.
UPDATE responsibility SET state = %(state)s WHERE id = %(id)s

-- name: put_in_force
-- A proposal is adopted; it takes effect on its date, and now when that has passed meanwhile.
UPDATE responsibility
SET state = 'in_force', adopted_at = %(now)s, during = tstzrange(greatest(lower(during), %(now)s), upper(during))
WHERE id = %(id)s

-- name: settle
-- What a panel decided about a proposal, and why.
UPDATE responsibility SET state = %(state)s, settled_at = %(now)s, settled_by = %(actor)s, grounds = %(grounds)s
WHERE id = %(id)s

-- name: paths_of_row
-- The chains of all cells that a row's place touches with its inside: its own cell, the widest cells for a level, the
-- units under a jurisdiction.
SELECT version.path
FROM responsibility AS duty JOIN cell_version AS version ON version.code = duty.place_cell
WHERE duty.id = %(id)s AND upper_inf(version.during)
UNION ALL
SELECT version.path
FROM responsibility AS duty JOIN cell_version AS version ON version.rank = (SELECT min(rank) FROM grid_level)
WHERE duty.id = %(id)s AND duty.place_kind = 'level' AND upper_inf(version.during)
UNION ALL
SELECT version.path
FROM responsibility AS duty
JOIN jurisdiction ON jurisdiction.id = duty.place_jurisdiction
JOIN cell_version AS version ON ST_Intersects(version.geom, jurisdiction.geom)
                            AND NOT ST_Touches(version.geom, jurisdiction.geom)
WHERE duty.id = %(id)s AND upper_inf(version.during) AND version.rank = (SELECT max(rank) FROM grid_level)
