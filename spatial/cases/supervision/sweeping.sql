-- name: due_orders
-- Red cases without an open order for this deadline, longest late first, behind a place in that order, held; whoever is
-- held by another is his business, or the next sweep's. What its unit submitted in time waits for the centre, from when
-- the check is late; while it waits for parts of helpers, those are asked. What stood still, or was sent back by a check,
-- is asked about from when it ran again.
WITH page AS MATERIALIZED (
    SELECT district, case_no, due_at, step_due_at, source, lead, tier, current_path, parties,
           state = 'submitted' AND submitted_at <= due_at AS is_checked, submitted_at <= due_at AS was_in_time
    FROM case_file
    WHERE is_running AND due_at < %(now)s
      AND (%(after)s::timestamptz IS NULL OR (due_at, case_no) > (%(after)s, %(after_no)s))
      AND NOT (state = 'submitted' AND submitted_at <= due_at AND open_tasks > 0)
      AND NOT EXISTS (SELECT FROM supervision_order AS known
                      WHERE known.case_no = case_file.case_no AND known.district = case_file.district
                        AND known.cause = 'red' AND known.clock_due_at = case_file.due_at AND known.task IS NULL
                        AND known.ended_at IS NULL)
    ORDER BY case_file.due_at, case_file.case_no
    LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
)
SELECT district, case_no, due_at AS place_at, case_no AS place_no, due_at, NULL::smallint AS task, source, tier,
       CASE WHEN is_checked THEN 'centre' ELSE lead END AS lead, current_path, parties,
       greatest(due_at, CASE WHEN is_checked THEN step_due_at END, (
           SELECT max(event.at) FROM event
           WHERE event.district = page.district AND event.subject = 'case' AND event.subject_id = page.case_no
             AND (event.kind IN ('case.resumed', 'case.split', 'case.recalled')
                  OR event.kind = 'case.result_verified' AND was_in_time))) AS since
FROM page ORDER BY due_at, case_no

-- name: due_chases
-- Cases that have turned yellow, without the chase of this deadline, in the same way. One that has ended is written again
-- while the case is not red yet.
WITH page AS MATERIALIZED (
    SELECT district, case_no, warn_at, due_at, submitted_at, source, lead, tier, current_path, parties,
           state = 'submitted' AND submitted_at <= warn_at AS is_checked
    FROM case_file
    WHERE is_running AND warn_at <= %(now)s
      AND (%(after)s::timestamptz IS NULL OR (warn_at, case_no) > (%(after)s, %(after_no)s))
      AND NOT (state = 'submitted' AND submitted_at <= warn_at AND open_tasks > 0)
      AND NOT EXISTS (SELECT FROM supervision_order AS known
                      WHERE known.case_no = case_file.case_no AND known.district = case_file.district
                        AND known.cause = 'yellow' AND known.clock_due_at = case_file.due_at AND known.task IS NULL
                        AND (known.ended_at IS NULL OR case_file.due_at < %(now)s))
    ORDER BY case_file.warn_at, case_file.case_no
    LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
)
SELECT district, case_no, warn_at AS place_at, case_no AS place_no, due_at, NULL::smallint AS task, source, tier,
       CASE WHEN is_checked THEN 'centre' ELSE lead END AS lead, current_path, parties,
       greatest(warn_at, (
           SELECT max(event.at) FROM event
           WHERE event.district = page.district AND event.subject = 'case' AND event.subject_id = page.case_no
             AND event.kind IN ('case.resumed', 'case.split', 'case.recalled', 'case.result_verified')
             AND event.at < due_at)) AS since
FROM page ORDER BY warn_at, case_no

-- name: due_part_orders
-- Parts of helpers that are late, in the same way: each unit is asked for its own. Their cases are held.
SELECT part.district, part.case_no, part.due_at AS place_at, part.case_no || '/' || part.ordinal AS place_no, part.due_at,
       part.ordinal AS task, source, tier, part.unit AS lead, current_path, parties,
       greatest(part.due_at, (
           SELECT max(event.at) FROM event
           WHERE event.district = part.district AND event.subject = 'case' AND event.subject_id = part.case_no
             AND event.kind IN ('case.resumed', 'case.split', 'case.recalled'))) AS since
FROM case_task AS part
JOIN case_file ON case_file.district = part.district AND case_file.case_no = part.case_no
WHERE part.state = 'open' AND part.part = 'assist' AND part.due_at < %(now)s AND is_running
  AND (%(after)s::timestamptz IS NULL OR (part.due_at, part.case_no, part.ordinal)
           > (%(after)s, split_part(%(after_no)s, '/', 1), split_part(%(after_no)s, '/', 2)::int))
  AND NOT EXISTS (SELECT FROM supervision_order AS known
                  WHERE known.case_no = part.case_no AND known.district = part.district AND known.cause = 'red'
                    AND known.clock_due_at = part.due_at AND known.task = part.ordinal AND known.ended_at IS NULL)
ORDER BY part.due_at, part.case_no, part.ordinal
LIMIT %(limit)s
FOR NO KEY UPDATE OF case_file SKIP LOCKED

-- name: due_part_chases
-- Parts of helpers that have turned yellow, in the same way.
SELECT part.district, part.case_no, part.warn_at AS place_at, part.case_no || '/' || part.ordinal AS place_no, part.due_at,
       part.ordinal AS task, source, tier, part.unit AS lead, current_path, parties,
       greatest(part.warn_at, part.opened_at) AS since
FROM case_task AS part
JOIN case_file ON case_file.district = part.district AND case_file.case_no = part.case_no
WHERE part.state = 'open' AND part.part = 'assist' AND part.warn_at <= %(now)s AND is_running
  AND (%(after)s::timestamptz IS NULL OR (part.warn_at, part.case_no, part.ordinal)
           > (%(after)s, split_part(%(after_no)s, '/', 1), split_part(%(after_no)s, '/', 2)::int))
  AND NOT EXISTS (SELECT FROM supervision_order AS known
                  WHERE known.case_no = part.case_no AND known.district = part.district AND known.cause = 'yellow'
                    AND known.clock_due_at = part.due_at AND known.task = part.ordinal
                    AND (known.ended_at IS NULL OR part.due_at < %(now)s))
ORDER BY part.warn_at, part.case_no, part.ordinal
LIMIT %(limit)s
FOR NO KEY UPDATE OF case_file SKIP LOCKED

-- name: due_climbs
-- Orders that climb by now, with their cases, both held, and the part that they are about. Whoever was asked first is
-- `lead`: the helper, the centre where it has to check, else the unit that has the case.
SELECT asked.id, asked.level, asked.addressee, asked.climb_at AS since, asked.clock_due_at, asked.replied_at,
       asked.reply_due_at, asked.task, part.state AS part_state, case_file.district, case_file.case_no,
       CASE WHEN asked.task IS NULL THEN case_file.due_at ELSE part.due_at END AS due_at, source,
       coalesce(part.unit, CASE WHEN asked.clock_due_at IS NOT NULL AND case_file.state = 'submitted'
                                     AND submitted_at <= case_file.due_at THEN 'centre' ELSE lead END) AS lead,
       tier, current_path, parties, case_file.state, is_running
FROM supervision_order AS asked
JOIN case_file ON case_file.district = asked.district AND case_file.case_no = asked.case_no
LEFT JOIN case_task AS part ON part.district = asked.district AND part.case_no = asked.case_no AND part.ordinal = asked.task
WHERE asked.climb_at <= %(now)s
ORDER BY asked.climb_at, asked.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF asked, case_file SKIP LOCKED

-- name: insert_orders
-- Write orders; only those that nobody wrote before are answered.
INSERT INTO supervision_order (district, case_no, kind, cause, level, addressee, copied, task, clock_due_at, due_at,
    written_at, written_by, reply_due_at, still_red_at, climb_at, climbed_from)
SELECT district, case_no, kind, cause, level, addressee, coalesce(copied, '{}'), task, clock_due_at, due_at, written_at,
    written_by, reply_due_at, still_red_at, climb_at, climbed_from
FROM jsonb_to_recordset(%(rows)s::jsonb) AS wanted(
    district text, case_no text, kind text, cause text, level smallint, addressee text, copied text[],
    task smallint, clock_due_at timestamptz, due_at timestamptz, written_at timestamptz, written_by text,
    reply_due_at timestamptz, still_red_at timestamptz, climb_at timestamptz, climbed_from bigint)
ON CONFLICT DO NOTHING
RETURNING id, district, case_no, climbed_from, task

-- name: leave_rungs
-- Orders that have climbed, or found nobody above them, climb no more.
UPDATE supervision_order SET climb_at = NULL WHERE id = ANY(%(ids)s::bigint[])

-- name: drop_orders
-- Orders whose case is over, suspended, or under a new deadline, and that nobody has ended.
UPDATE supervision_order SET climb_at = NULL, ended_at = %(now)s, ended_by = dropped.why
FROM unnest(%(ids)s::bigint[], %(whys)s::text[]) AS dropped(id, why)
WHERE supervision_order.id = dropped.id AND ended_at IS NULL

-- name: unwarned_cases
-- Running cases whose deadline has no warning yet, held.
SELECT district, case_no, received_at, due_at, limit_amount, limit_unit, extensions, due_reason
FROM case_file
WHERE is_running AND warn_at IS NULL AND due_at IS NOT NULL
ORDER BY case_no
LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED

-- name: write_warnings
-- From when these cases are yellow, and with them the parts that are due with them.
WITH warned AS MATERIALIZED (
    SELECT district, case_no, warn_at
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS warned(district text, case_no text, warn_at timestamptz)
), parts AS (
    UPDATE case_task SET warn_at = warned.warn_at
    FROM warned, case_file
    WHERE case_file.district = warned.district AND case_file.case_no = warned.case_no
      AND case_task.district = warned.district AND case_task.case_no = warned.case_no
      AND case_task.state = 'open' AND case_task.due_at = case_file.due_at)
UPDATE case_file SET warn_at = warned.warn_at
FROM warned
WHERE case_file.district = warned.district AND case_file.case_no = warned.case_no
