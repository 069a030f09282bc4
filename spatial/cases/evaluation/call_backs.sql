-- name: insert_call_back
-- What was said at a call-back, or that nobody was reached, with whose work it was about.
INSERT INTO case_call_back (district, case_no, ordinal, cycle, at, actor, spoken_by, verdict, outcome, led_to, unit, handler)
SELECT %(district)s, %(case_no)s,
       1 + (SELECT count(*) FROM case_call_back WHERE district = %(district)s AND case_no = %(case_no)s),
       %(cycle)s, %(now)s, %(actor)s, %(spoken_by)s, %(verdict)s, %(outcome)s, %(led_to)s, %(unit)s,
       (SELECT actor FROM event WHERE district = %(district)s AND subject = 'case' AND subject_id = %(case_no)s
        AND kind IN ('case.received', 'case.submitted', 'case.own_solved') ORDER BY seq DESC LIMIT 1)
RETURNING ordinal

-- name: tries_of
-- How the call-backs of a closing went: whether somebody answered, how often nobody did, the last time when.
SELECT count(*) FILTER (WHERE verdict <> 'not_reached') AS answered,
       count(*) FILTER (WHERE verdict = 'not_reached') AS missed, max(at) AS last_at
FROM case_call_back WHERE district = %(district)s AND case_no = %(case_no)s AND cycle = %(cycle)s

-- name: reopened_by_call_back
-- How often a case was reopened because a call-back was dissatisfied.
SELECT count(*) FROM case_call_back WHERE district = %(district)s AND case_no = %(case_no)s AND led_to = 'reopened'

-- name: call_backs_of
-- The call-backs of a case, oldest first.
SELECT district, case_no, ordinal, cycle, at, actor, spoken_by, verdict, outcome, led_to, settled_at, settled_by,
       settled_as, unit, handler, is_unreasonable, marked_by, marked_at
FROM case_call_back WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY ordinal

-- name: waiting_call_backs
-- Dissatisfied call-backs that came before the supervisor, within a reach, longest waiting first.
SELECT said.district, said.case_no, said.ordinal, said.cycle, said.at, said.actor, said.spoken_by, said.verdict,
       said.outcome, said.led_to, said.settled_at, said.settled_by, said.settled_as, said.unit, said.handler,
       said.is_unreasonable, said.marked_by, said.marked_at
FROM case_call_back AS said
JOIN case_file ON case_file.district = said.district AND case_file.case_no = said.case_no
WHERE said.led_to = 'supervisor' AND said.settled_at IS NULL
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(after)s::timestamptz IS NULL OR (said.at, said.case_no) > (%(after)s, %(after_no)s))
ORDER BY said.at, said.case_no LIMIT %(limit)s

-- name: mark_call_back
-- A demand is marked as unreasonable, or no longer is.
UPDATE case_call_back SET is_unreasonable = %(is_unreasonable)s, marked_by = %(actor)s, marked_at = %(now)s
WHERE district = %(district)s AND case_no = %(case_no)s AND ordinal = %(ordinal)s AND verdict <> 'not_reached'
RETURNING ordinal

-- name: settle_call_backs
-- What waited for the supervisor has been dealt with, so or so.
UPDATE case_call_back SET settled_at = %(now)s, settled_by = %(actor)s, settled_as = %(outcome)s
WHERE district = %(district)s AND case_no = %(case_no)s AND led_to = 'supervisor' AND settled_at IS NULL

-- name: is_waiting
-- Whether a call-back of this case waits for the supervisor.
SELECT EXISTS (SELECT FROM case_call_back WHERE district = %(district)s AND case_no = %(case_no)s
               AND led_to = 'supervisor' AND settled_at IS NULL)

-- name: call_back_spacing
-- How much time lies between a call that reached nobody and the next.
SELECT value FROM setting WHERE key = 'call_back_spacing'

-- name: setting_number
-- A setting that is a number.
SELECT (value #>> '{}')::integer FROM setting WHERE key = %(key)s
