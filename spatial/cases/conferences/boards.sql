-- name: boards
-- All boards in their order.
SELECT code, ordinal, name, name_zh, platforms, is_default, is_in_use FROM conference_board ORDER BY ordinal, code

-- name: unknown_platforms
-- Those codes that are no platform.
SELECT asked FROM unnest(%(codes)s::text[]) AS asked
WHERE NOT EXISTS (SELECT FROM platform WHERE platform.code = asked)

-- name: put_board
-- A board as the district wants it.
INSERT INTO conference_board (code, ordinal, name, name_zh, platforms, is_default, is_in_use)
VALUES (%(code)s, %(ordinal)s, %(name)s, %(name_zh)s, %(platforms)s::text[], %(is_default)s, %(is_in_use)s)
ON CONFLICT (code) DO UPDATE SET ordinal = excluded.ordinal, name = excluded.name, name_zh = excluded.name_zh,
    platforms = excluded.platforms, is_default = excluded.is_default, is_in_use = excluded.is_in_use

-- name: triggers
-- What opens a conference.
SELECT code, name, name_zh, opens_itself FROM conference_trigger ORDER BY code DESC

-- name: set_trigger
-- Whether a trigger opens by itself.
UPDATE conference_trigger SET opens_itself = %(opens_itself)s WHERE code = %(code)s
RETURNING code, name, name_zh, opens_itself
