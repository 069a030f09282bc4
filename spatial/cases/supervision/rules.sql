-- name: colour_rules
-- What makes a limit yellow, by its unit of time.
SELECT unit, used_share, units_left FROM colour_rule

-- name: ladder
-- The levels that an order climbs, the lowest first, of each source that has its own.
SELECT source, level, kind, holder, copy_to, after_amount, after_unit, reply_amount, reply_unit, red_amount, red_unit
FROM supervision_ladder ORDER BY source, level

-- name: level_ranks
-- The levels of the grid by their keys.
SELECT key, rank FROM grid_level
