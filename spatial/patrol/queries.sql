-- name: find_unit
-- The unit in force with this code, with its chain; nothing for upper levels.
SELECT code, path, district FROM cell_version
WHERE code = %(code)s AND during @> %(at)s::timestamptz AND rank = (SELECT max(rank) FROM grid_level)

-- name: city_days
-- The city days of two moments.
SELECT city_day(%(one)s) AS one, city_day(%(other)s) AS other

-- name: partition_there
-- Whether the partition of a month (YYYY_MM) exists.
SELECT to_regclass('public.check_in_' || %(month)s::text) IS NOT NULL

-- name: hold_partitions
-- Only one transaction makes partitions; the other then finds them made.
SELECT pg_advisory_xact_lock(hashtext('check_in partitions'))

-- name: make_partitions
-- The partitions of a month and of the three behind it.
SELECT make_check_in_partitions(%(first)s::date, 3)

-- name: claim_key
-- Claim an id with its answer; nothing comes back if somebody had it before.
INSERT INTO check_in_key (id, sender, digest, answer)
VALUES (%(id)s, %(sender)s, %(digest)s, %(answer)s::jsonb)
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: key
-- Who had this id before, with which body, and what was answered.
SELECT sender, digest, answer FROM check_in_key WHERE id = %(id)s

-- name: insert_check_in
-- A check-in, in the partition of the month in which it was received.
INSERT INTO check_in (district, id, received_at, account, unit, position, accuracy_m, located_in, counts, reason, captured_at)
VALUES (%(district)s, %(id)s, %(received_at)s, %(account)s, %(unit)s, ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326),
        %(accuracy_m)s, %(located_in)s, %(counts)s, %(reason)s, %(captured_at)s)

-- name: day_frame
-- The moments of a city day: its beginning, its cut-off, its end, and which day it is now.
SELECT city.day::date AS day, city.cut_off,
       city.day::timestamp AT TIME ZONE city.zone AS begins_at,
       (city.day + city.cut_off) AT TIME ZONE city.zone AS closes_at,
       (city.day + 1)::timestamp AT TIME ZONE city.zone AS ends_at,
       city_day(%(now)s) AS today
FROM (SELECT coalesce(%(day)s::date, city_day(%(now)s)) AS day,
             (SELECT (value #>> '{}')::time FROM setting WHERE key = 'silence_cut_off') AS cut_off,
             (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS zone) AS city

-- name: unit_days
-- Every unit in force at a moment within a reach, with what it said on a city day and whether before the cut-off.
-- What a unit said before it was redrawn on the same day is also said for its heirs: it was all one unit then.
WITH said AS (
    SELECT unit, received_at, reports, self_solved, all_clears FROM unit_activity
    WHERE received_at >= %(begins_at)s::timestamptz AND received_at < %(ends_at)s::timestamptz
), redrawn AS (
    SELECT lineage.from_code, lineage.to_code, revision.published_at
    FROM cell_lineage AS lineage JOIN grid_revision AS revision ON revision.id = lineage.revision
    WHERE lineage.from_code <> lineage.to_code
      AND revision.published_at >= %(begins_at)s::timestamptz AND revision.published_at < %(ends_at)s::timestamptz
), heard AS (
    SELECT unit, received_at, reports, self_solved, all_clears FROM said
    UNION ALL
    SELECT redrawn.to_code, said.received_at, said.reports, said.self_solved, said.all_clears
    FROM said JOIN redrawn ON redrawn.from_code = said.unit AND said.received_at <= redrawn.published_at
), day AS (
    SELECT unit, sum(reports) AS reports, sum(self_solved) AS self_solved, sum(all_clears) AS all_clears,
           min(received_at) < %(closes_at)s::timestamptz AS in_time
    FROM heard GROUP BY unit
)
SELECT version.code, version.name, version.path, coalesce(day.reports, 0) AS reports,
       coalesce(day.self_solved, 0) AS self_solved, coalesce(day.all_clears, 0) AS all_clears, coalesce(day.in_time, false) AS in_time
FROM cell_version AS version LEFT JOIN day ON day.unit = version.code
WHERE version.rank = (SELECT max(rank) FROM grid_level) AND version.during @> %(at)s::timestamptz
  AND (%(reach)s::text[] IS NULL OR version.path && %(reach)s::text[])
ORDER BY version.code
