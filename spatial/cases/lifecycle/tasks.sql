-- name: tasks_of
-- The tasks of a case.
SELECT ordinal, unit, part, is_mandatory, due_at, state, opened_at, ended_at, assigned_by
FROM case_task WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY ordinal

-- name: drop_tasks
-- Open tasks of units that have no part in the case any more; which of them its case had to wait for.
UPDATE case_task SET state = 'cancelled', ended_at = greatest(%(now)s::timestamptz, opened_at)
WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open' AND NOT unit = ANY(%(keep)s::text[])
  AND (%(mandatory_too)s OR NOT is_mandatory)
RETURNING is_mandatory

-- name: open_tasks
-- A task for each unit that has none open; every one of them its case waits for.
INSERT INTO case_task (district, case_no, ordinal, unit, part, due_at, warn_at, opened_at)
SELECT %(district)s, %(case_no)s,
       (SELECT coalesce(max(ordinal), 0) FROM case_task WHERE district = %(district)s AND case_no = %(case_no)s)
           + row_number() OVER (ORDER BY place),
       unit, CASE WHEN unit = %(lead)s::text THEN 'lead' ELSE 'assist' END, %(due_at)s,
       (SELECT warn_at FROM case_file WHERE district = %(district)s AND case_no = %(case_no)s), %(now)s
FROM unnest(%(units)s::text[]) WITH ORDINALITY AS handed(unit, place)
WHERE NOT EXISTS (SELECT FROM case_task WHERE district = %(district)s AND case_no = %(case_no)s
                  AND case_task.unit = handed.unit AND state = 'open')
ORDER BY place
RETURNING is_mandatory

-- name: repeat_tasks
-- The last task of each of these units anew, as mandatory as it was, where none is open.
INSERT INTO case_task (district, case_no, ordinal, unit, part, is_mandatory, due_at, warn_at, assigned_by, opened_at)
SELECT %(district)s, %(case_no)s, newest + row_number() OVER (ORDER BY unit), unit, 'assist',
       is_mandatory, %(due_at)s,
       (SELECT warn_at FROM case_file WHERE district = %(district)s AND case_no = %(case_no)s), assigned_by, %(now)s
FROM (SELECT DISTINCT ON (unit) unit, is_mandatory, assigned_by, state, max(ordinal) OVER () AS newest
      FROM case_task WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY unit, case_task.ordinal DESC) AS last
WHERE unit = ANY(%(units)s::text[]) AND state <> 'open'
RETURNING is_mandatory

-- name: add_task
-- A task that the lead unit gave; without a date of its own it is due with its case, and yellow with it.
INSERT INTO case_task (district, case_no, ordinal, unit, part, is_mandatory, due_at, warn_at, assigned_by, opened_at)
SELECT %(district)s, %(case_no)s, coalesce(max(ordinal), 0) + 1, %(unit)s, 'assist', %(is_mandatory)s, %(due_at)s,
       coalesce(%(warn_at)s, (SELECT warn_at FROM case_file WHERE district = %(district)s AND case_no = %(case_no)s)),
       %(assigned_by)s, %(now)s
FROM case_task WHERE district = %(district)s AND case_no = %(case_no)s
RETURNING is_mandatory

-- name: end_task
-- A unit's open task ends.
UPDATE case_task SET state = %(state)s, ended_at = greatest(%(now)s::timestamptz, opened_at)
WHERE district = %(district)s AND case_no = %(case_no)s AND unit = %(unit)s AND state = 'open'
RETURNING is_mandatory

-- name: count_tasks
-- A case waits for so many tasks more, or fewer; by when the next of its helpers is to be done.
UPDATE case_file SET open_tasks = open_tasks + %(more)s, part_due_at = (
    SELECT min(due_at) FROM case_task
    WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open' AND part = 'assist')
WHERE district = %(district)s AND case_no = %(case_no)s

-- name: move_deadlines
-- What was due with its case is due with it again, and nothing behind it.
UPDATE case_task SET due_at = %(due_at)s
WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open'
  AND (due_at IS NOT DISTINCT FROM %(was)s::timestamptz OR due_at > %(due_at)s)
RETURNING part

-- name: own_parts
-- The open parts of helpers that have a date of their own, another than their case's.
SELECT ordinal, due_at, warn_at FROM case_task
WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open' AND part = 'assist'
  AND due_at IS DISTINCT FROM %(due_at)s::timestamptz AND due_at IS NOT NULL

-- name: move_part
-- A part has another date.
UPDATE case_task SET due_at = %(due_at)s, warn_at = %(warn_at)s
WHERE district = %(district)s AND case_no = %(case_no)s AND ordinal = %(ordinal)s

-- name: open_parts
-- The open parts of helpers in some cases that were read within a reach.
SELECT case_task.case_no, unit, due_at, warn_at FROM case_task
JOIN unnest(%(districts)s::text[], %(case_nos)s::text[]) AS asked(district, case_no)
    ON case_task.district = asked.district AND case_task.case_no = asked.case_no
WHERE state = 'open' AND part = 'assist'

-- name: withdraw_requests
-- What was asked for waits no longer: the case is with somebody else, or over; an appeal waits on while it is over.
UPDATE case_request SET state = 'withdrawn', decided_at = %(now)s, decided_by = %(actor)s
WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open' AND (%(appeals_too)s OR kind <> 'appeal')
