-- name: list_departments
-- Departments by code, a page behind a code; `at` leaves out those that are not in force then.
SELECT code, name, name_zh, platform, lower(during) AS since, upper(during) AS until
FROM department
WHERE (%(after)s::text IS NULL OR code > %(after)s)
  AND (%(at)s::timestamptz IS NULL OR during @> %(at)s::timestamptz)
  AND (%(words)s::text IS NULL OR position(lower(%(words)s) in lower(code || ' ' || name || ' ' || name_zh)) > 0)
  AND (%(platform)s::text IS NULL OR platform = %(platform)s)
ORDER BY code LIMIT %(limit)s

-- name: is_department
-- Whether a code ever was a department's.
SELECT EXISTS (SELECT FROM department WHERE code = %(code)s::text)

-- name: is_provider
-- Whether a code ever was a provider's.
SELECT EXISTS (SELECT FROM provider WHERE code = %(code)s::text)

-- name: insert_department
-- A new department; nothing when the code is taken.
INSERT INTO department (code, name, name_zh, platform, during)
VALUES (%(code)s, %(name)s, %(name_zh)s, %(platform)s, tstzrange(%(since)s, %(until)s))
ON CONFLICT (code) DO NOTHING
RETURNING code

-- name: hold_department
-- A department's validity, held until this transaction ends.
SELECT lower(during) AS since, upper(during) AS until FROM department WHERE code = %(code)s FOR UPDATE

-- name: rows_behind
-- How many rows in force still name a department behind a moment.
SELECT count(*) FROM responsibility
WHERE state = 'in_force' AND (lead = %(code)s OR %(code)s = ANY(assisting) OR %(code)s = ANY(supervising))
  AND during && tstzrange(%(until)s, NULL)

-- name: open_cases_of
-- How many open cases a department leads.
SELECT count(*) FROM case_file
WHERE lead = %(code)s AND NOT is_history AND state NOT IN ('closed', 'called_back', 'evaluated', 'void', 'merged')
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: held_behind
-- What else goes on behind a moment: precedents that name a department, and jurisdictions that are its own.
SELECT (SELECT count(*) FROM precedent
        WHERE lead = %(code)s AND (superseded_at IS NULL OR superseded_at > %(until)s::timestamptz)) AS precedents,
       (SELECT count(*) FROM jurisdiction
        WHERE department = %(code)s AND during && tstzrange(%(until)s, NULL)) AS jurisdictions

-- name: end_department
-- A department ends.
UPDATE department SET during = tstzrange(lower(during), %(until)s) WHERE code = %(code)s

-- name: list_platforms
-- A page of the work queues in their order, those behind a code, with the departments of each that are in force.
SELECT platform.code, platform.ordinal, platform.name, platform.name_zh,
       ARRAY(SELECT department.code FROM department
             WHERE department.platform = platform.code
               AND (%(at)s::timestamptz IS NULL OR department.during @> %(at)s::timestamptz)
             ORDER BY department.code) AS departments,
       ARRAY(SELECT matter.code FROM matter
             WHERE matter.platform = platform.code
               AND (%(at)s::timestamptz IS NULL OR matter.during @> %(at)s::timestamptz)
             ORDER BY matter.code) AS matters
FROM platform
WHERE (%(words)s::text IS NULL
       OR position(lower(%(words)s) in lower(platform.code || ' ' || platform.name || ' ' || platform.name_zh)) > 0)
  AND (%(after)s::text IS NULL
       OR (platform.ordinal, platform.code) > (SELECT ordinal, code FROM platform WHERE code = %(after)s::text))
ORDER BY platform.ordinal, platform.code LIMIT %(limit)s

-- name: platform_codes
-- The platforms that there are.
SELECT code FROM platform ORDER BY ordinal

-- name: list_bodies
-- Territorial bodies by cell, a page behind an id; `at` leaves out those that are not in force then.
SELECT body.id, body.cell, level.key AS level, body.name, lower(body.during) AS since, upper(body.during) AS until
FROM territorial_body AS body
JOIN cell ON cell.code = body.cell
JOIN grid_level AS level ON level.rank = cell.rank
WHERE (%(after)s::bigint IS NULL OR body.id > %(after)s)
  AND (%(at)s::timestamptz IS NULL OR body.during @> %(at)s::timestamptz)
  AND (%(cell)s::text IS NULL OR body.cell = %(cell)s)
ORDER BY body.id LIMIT %(limit)s

-- name: cell_is_there
-- Whether a cell has this code, withdrawn ones left out.
SELECT EXISTS (SELECT FROM cell WHERE code = %(cell)s AND withdrawn_in IS NULL)

-- name: hold_bodies
-- The bodies that a cell has at a moment or behind it, held until this transaction ends.
SELECT id, name, lower(during) AS since, upper(during) AS until FROM territorial_body
WHERE cell = %(cell)s AND during && tstzrange(%(since)s, NULL)
ORDER BY lower(during) NULLS FIRST FOR UPDATE

-- name: end_body
-- A body ends.
UPDATE territorial_body SET during = tstzrange(lower(during), %(until)s) WHERE id = %(id)s

-- name: insert_body
-- A body answers for a cell.
INSERT INTO territorial_body (cell, name, during)
VALUES (%(cell)s, %(name)s, tstzrange(%(since)s, %(until)s)) RETURNING id

-- name: list_providers
-- Companies and social bodies by code, a page behind a code.
SELECT code, name, name_zh, kind, contact, contact_limit, lower(during) AS since, upper(during) AS until
FROM provider
WHERE (%(after)s::text IS NULL OR code > %(after)s)
  AND (%(at)s::timestamptz IS NULL OR during @> %(at)s::timestamptz)
  AND (%(words)s::text IS NULL OR position(lower(%(words)s) in lower(code || ' ' || name || ' ' || name_zh)) > 0)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
ORDER BY code LIMIT %(limit)s

-- name: insert_provider
-- A new provider; nothing when the code is taken.
INSERT INTO provider (code, name, name_zh, kind, contact, contact_limit, during)
VALUES (%(code)s, %(name)s, %(name_zh)s, %(kind)s, %(contact)s,
        %(contact_limit)s, tstzrange(%(since)s, %(until)s))
ON CONFLICT (code) DO NOTHING
RETURNING code

-- name: hold_provider
-- A provider's validity, held until this transaction ends.
SELECT lower(during) AS since, upper(during) AS until FROM provider WHERE code = %(code)s FOR UPDATE

-- name: end_provider
-- A provider ends.
UPDATE provider SET during = tstzrange(lower(during), %(until)s) WHERE code = %(code)s

-- name: unit_names
-- What unit references mean: a department's code, or '@' and a cell's code or a level's key. A body's name is as of
-- a moment; a cell without a body then is called by its own name.
SELECT asked.ref, 'department' AS kind, department.code, department.name, department.name_zh, 1 AS place
FROM unnest(%(refs)s::text[]) AS asked(ref) JOIN department ON department.code = asked.ref
UNION ALL
SELECT asked.ref, 'territory', cell.code, coalesce(body.name, version.name, cell.code), '', 2
FROM unnest(%(refs)s::text[]) AS asked(ref)
JOIN cell ON cell.code = substr(asked.ref, 2) AND starts_with(asked.ref, '@')
LEFT JOIN territorial_body AS body ON body.cell = cell.code AND body.during @> %(at)s::timestamptz
LEFT JOIN LATERAL (SELECT name FROM cell_version WHERE cell_version.code = cell.code
                   ORDER BY during @> %(at)s::timestamptz DESC, lower(during) DESC NULLS LAST LIMIT 1) AS version ON true
UNION ALL
SELECT asked.ref, 'level', level.key, level.name, level.name_zh, 3
FROM unnest(%(refs)s::text[]) AS asked(ref) JOIN grid_level AS level ON asked.ref = '@' || level.key
ORDER BY place DESC
