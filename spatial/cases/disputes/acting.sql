-- name: case_states
-- Every state with the step that people see.
SELECT state, step FROM case_state

-- name: case_transitions
-- Every row of the table of moves.
SELECT from_state, act, to_state FROM case_transition

-- name: lock_case
-- One case within a reach, held until the transaction ends.
SELECT case_file.*, ST_X(position) AS lon, ST_Y(position) AS lat
FROM case_file
WHERE case_no = %(case_no)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
FOR UPDATE

-- name: peek_case
-- One case within a reach, as an act would find it.
SELECT case_file.*, ST_X(position) AS lon, ST_Y(position) AS lat
FROM case_file
WHERE case_no = %(case_no)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: write_case
-- A case with some of its columns changed: what is no key of the changes stays as it was.
UPDATE case_file SET (
    state, step, category, attributes, standard, platform, nature, provider, contact_due_at, contacted_at, lead,
    assisting, holders, returns, ruling, precedent, owner, step_due_at, due_at, tier, tier_since, filed_at,
    dispatched_at, taken_at, submitted_at, closed_at, ended_at, outcome, is_self_solved, reworks, reopens,
    extensions, suspensions, appeals, limit_amount, limit_unit, due_reason, paused_since, clock_left,
    merged_into, supporters, archived_at, call_back, missed_at, missed_by, missed_until) = (
    SELECT changed.state, changed.step, changed.category, changed.attributes, changed.standard,
           changed.platform, changed.nature, changed.provider, changed.contact_due_at, changed.contacted_at,
           changed.lead, changed.assisting, changed.holders, changed.returns, changed.ruling, changed.precedent,
           changed.owner, changed.step_due_at, changed.due_at, changed.tier, changed.tier_since,
           changed.filed_at, changed.dispatched_at, changed.taken_at, changed.submitted_at, changed.closed_at,
           changed.ended_at, changed.outcome, changed.is_self_solved, changed.reworks, changed.reopens,
           changed.extensions, changed.suspensions, changed.appeals, changed.limit_amount, changed.limit_unit,
           changed.due_reason, changed.paused_since, changed.clock_left, changed.merged_into, changed.supporters,
           changed.archived_at, changed.call_back, changed.missed_at, changed.missed_by, changed.missed_until
    FROM jsonb_populate_record(case_file, %(changes)s::jsonb) AS changed)
WHERE district = %(district)s AND case_no = %(case_no)s
RETURNING case_file.*, ST_X(position) AS lon, ST_Y(position) AS lat

-- name: insert_dispute
-- A dispute begins; a case has one that is open at most.
INSERT INTO dispute (district, case_no, entered_at, entry, note)
VALUES (%(district)s, %(case_no)s, %(now)s, %(entry)s, %(note)s)
RETURNING id

-- name: dispute_cases
-- Cases just filed become disputes, all at once; the transaction that filed them still holds them.
UPDATE case_file SET state = 'disputed', step = %(step)s, step_due_at = NULL
FROM unnest(%(districts)s::text[], %(case_nos)s::text[]) AS entered(district, case_no)
WHERE case_file.district = entered.district AND case_file.case_no = entered.case_no AND case_file.state = 'reported'
RETURNING case_file.district, case_file.case_no, case_file.current_path, case_file.parties

-- name: insert_disputes
-- The disputes of cases just filed.
INSERT INTO dispute (district, case_no, entered_at, entry)
SELECT district, case_no, %(now)s, %(entry)s
FROM unnest(%(districts)s::text[], %(case_nos)s::text[]) AS entered(district, case_no)
ORDER BY district, case_no
RETURNING id, district, case_no

-- name: withdraw_dispute
-- An open dispute ends without a ruling; answers its brief.
UPDATE dispute SET state = 'withdrawn', settled_at = %(now)s WHERE id = %(dispute)s AND state = 'open'
RETURNING brief

-- name: open_dispute_of
-- The open dispute of a case, if there is one.
SELECT id FROM dispute WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open'

-- name: insert_note
-- The words of an act.
INSERT INTO case_note (district, case_no, act, note, at, actor)
VALUES (%(district)s, %(case_no)s, %(act)s, %(note)s, %(now)s, %(actor)s)
