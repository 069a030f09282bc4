-- name: actions_to_chase
-- Overdue actions whose owner was not told, longest first, held with their cases; those of others left.
SELECT action.conference, action.ordinal, action.owner, action.due_at, case_file.district, case_file.case_no,
       case_file.state, case_file.step, current_path, parties
FROM conference_action AS action
JOIN conference ON conference.id = action.conference
JOIN case_file ON case_file.district = conference.district AND case_file.case_no = conference.case_no
WHERE action.state = 'open' AND action.chased_at IS NULL AND action.due_at < %(now)s AND conference.state <> 'ended'
ORDER BY action.due_at, action.conference, action.ordinal
LIMIT %(limit)s
FOR NO KEY UPDATE OF action, case_file SKIP LOCKED

-- name: note_chased
-- The owners of these actions were told.
UPDATE conference_action AS action SET chased_at = %(now)s
FROM unnest(%(conferences)s::bigint[], %(ordinals)s::smallint[]) AS chased(conference, ordinal)
WHERE action.conference = chased.conference AND action.ordinal = chased.ordinal

-- name: late_actions
-- Actions on cases within a reach that were not done by their date, the longest late first.
SELECT action.conference, action.ordinal, case_file.case_no, action.owner, action.due_at, action.chased_at
FROM conference_action AS action
JOIN conference ON conference.id = action.conference
JOIN case_file ON case_file.district = conference.district AND case_file.case_no = conference.case_no
WHERE action.state = 'open' AND action.due_at < %(now)s AND conference.state <> 'ended'
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY action.due_at, action.conference, action.ordinal
LIMIT %(limit)s
