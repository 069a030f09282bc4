-- name: conference_case
-- Which case a conference is about.
SELECT case_no FROM conference WHERE id = %(id)s

-- name: lock_conference
-- A conference, held until the transaction ends.
SELECT id, district, state, board, trigger, dispute, lead, opened_at, closed_at FROM conference WHERE id = %(id)s FOR UPDATE

-- name: add_minutes
-- The next sheet of minutes, which may correct one.
INSERT INTO conference_minutes (conference, ordinal, held_at, text, recorded_at, recorded_by, corrects)
SELECT %(id)s, coalesce(max(ordinal), 0) + 1, %(held_at)s, %(text)s, %(now)s, %(actor)s, %(corrects)s
FROM conference_minutes WHERE conference = %(id)s
RETURNING ordinal

-- name: sheets_that_stand
-- The sheets of a conference that no later one corrects, the newest first; the conference is held.
SELECT ordinal, held_at FROM conference_minutes AS sheet
WHERE conference = %(id)s AND NOT EXISTS (
    SELECT FROM conference_minutes AS later WHERE later.conference = sheet.conference AND later.corrects = sheet.ordinal)
ORDER BY ordinal DESC

-- name: add_action
-- The next action.
INSERT INTO conference_action (conference, ordinal, owner, what, due_at, added_at)
SELECT %(id)s, coalesce(max(ordinal), 0) + 1, %(owner)s, %(what)s, %(due_at)s, %(now)s
FROM conference_action WHERE conference = %(id)s
RETURNING ordinal

-- name: owner_of_action
-- Whose action it is.
SELECT owner FROM conference_action WHERE conference = %(id)s AND ordinal = %(ordinal)s

-- name: lock_action
-- An action, held until the transaction ends.
SELECT owner, state FROM conference_action WHERE conference = %(id)s AND ordinal = %(ordinal)s FOR UPDATE

-- name: end_action
-- An action is over.
UPDATE conference_action SET state = %(state)s, note = %(note)s, ended_at = %(now)s, ended_by = %(actor)s
WHERE conference = %(id)s AND ordinal = %(ordinal)s

-- name: labels
-- How the members of a conference are named.
SELECT unit, person FROM conference_member WHERE conference = %(id)s ORDER BY ordinal

-- name: has_minutes
-- Whether anybody wrote down what was said.
SELECT EXISTS (SELECT FROM conference_minutes WHERE conference = %(id)s)

-- name: decide_conference
-- The conference is decided; an open one only.
UPDATE conference SET state = 'decided', lead = %(lead)s, assisting = %(assisting)s::text[], grounds = %(grounds)s,
    ruling = %(ruling)s, closed_at = %(now)s, closed_by = %(actor)s
WHERE id = %(id)s AND state = 'open'
