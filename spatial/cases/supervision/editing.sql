-- name: put_colour
-- Edit the rule of a unit of time; a row where it is another one now.
UPDATE colour_rule SET used_share = %(used_share)s, units_left = %(units_left)s
WHERE unit = %(unit)s AND (used_share, units_left) IS DISTINCT FROM (%(used_share)s, %(units_left)s)
RETURNING unit

-- name: begin_reckoning
-- The warnings of cases under this rule are to be reckoned anew, from the first on.
INSERT INTO colour_reckoning (unit) VALUES (%(unit)s)
ON CONFLICT (unit) DO UPDATE SET behind_at = NULL, behind_no = NULL

-- name: pending_units
-- The units whose rule or calendar was edited and whose cases are not all reckoned anew.
SELECT unit FROM colour_reckoning

-- name: source_codes
-- The ways by which cases come in.
SELECT code FROM source ORDER BY code

-- name: drop_ladder
-- The ladder of a source goes.
DELETE FROM supervision_ladder WHERE source = %(source)s

-- name: insert_rungs
-- The ladder of a source.
INSERT INTO supervision_ladder (source, level, kind, holder, copy_to, after_amount, after_unit, reply_amount,
    reply_unit, red_amount, red_unit)
SELECT source, level, kind, holder, copy_to, after_amount, after_unit, reply_amount, reply_unit, red_amount, red_unit
FROM jsonb_to_recordset(%(rows)s::jsonb) AS wanted(
    source text, level smallint, kind text, holder text, copy_to text, after_amount numeric, after_unit text,
    reply_amount numeric, reply_unit text, red_amount numeric, red_unit text)
