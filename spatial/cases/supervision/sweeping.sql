-- name: due_orders
-- Red cases without the order of this deadline, longest late first, behind a place in that order, held; whoever is
-- held by another is his business, or the next sweep's.
SELECT district, case_no, due_at AS since, due_at, source, lead, tier,
       current_path, parties
FROM case_file
WHERE is_running AND due_at < %(now)s
  AND (%(after)s::timestamptz IS NULL OR (due_at, case_no) > (%(after)s, %(after_no)s))
  AND NOT EXISTS (SELECT FROM supervision_order AS known
                  WHERE known.case_no = case_file.case_no AND known.district = case_file.district
                    AND known.cause = 'red' AND known.clock_due_at = case_file.due_at)
ORDER BY case_file.due_at, case_file.case_no
LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED

-- name: due_chases
-- Cases that have turned yellow, without the chase of this deadline, in the same way.
SELECT district, case_no, warn_at AS since, due_at, source, lead, tier,
       current_path, parties
FROM case_file
WHERE is_running AND warn_at <= %(now)s
  AND (%(after)s::timestamptz IS NULL OR (warn_at, case_no) > (%(after)s, %(after_no)s))
  AND NOT EXISTS (SELECT FROM supervision_order AS known
                  WHERE known.case_no = case_file.case_no AND known.district = case_file.district
                    AND known.cause = 'yellow' AND known.clock_due_at = case_file.due_at)
ORDER BY case_file.warn_at, case_file.case_no
LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED

-- name: due_climbs
-- Orders that climb by now, with their cases, both held. `stands` is false where the case is over, suspended, or has
-- another deadline: such an order ends instead.
SELECT asked.id, asked.level, asked.addressee, asked.climb_at AS since, asked.clock_due_at, asked.replied_at,
       asked.reply_due_at, asked.cause AS root_cause, case_file.district, case_file.case_no, case_file.due_at,
       source, lead, tier, current_path, parties, state, is_running
FROM supervision_order AS asked
JOIN case_file ON case_file.district = asked.district AND case_file.case_no = asked.case_no
WHERE asked.climb_at <= %(now)s
ORDER BY asked.climb_at, asked.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF asked, case_file SKIP LOCKED

-- name: insert_orders
-- Write orders; only those that nobody wrote before are answered.
INSERT INTO supervision_order (district, case_no, kind, cause, level, addressee, copied, clock_due_at, due_at,
    written_at, written_by, reply_due_at, still_red_at, climb_at, climbed_from)
SELECT district, case_no, kind, cause, level, addressee, coalesce(copied, '{}'), clock_due_at, due_at, written_at,
    written_by, reply_due_at, still_red_at, climb_at, climbed_from
FROM jsonb_to_recordset(%(rows)s::jsonb) AS wanted(
    district text, case_no text, kind text, cause text, level smallint, addressee text, copied text[],
    clock_due_at timestamptz, due_at timestamptz, written_at timestamptz, written_by text, reply_due_at timestamptz,
    still_red_at timestamptz, climb_at timestamptz, climbed_from bigint)
ON CONFLICT DO NOTHING
RETURNING id, district, case_no, climbed_from

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
-- From when these cases are yellow.
UPDATE case_file SET warn_at = warned.warn_at
FROM jsonb_to_recordset(%(rows)s::jsonb) AS warned(district text, case_no text, warn_at timestamptz)
WHERE case_file.district = warned.district AND case_file.case_no = warned.case_no
