-- name: conferences
-- Conferences on cases within a reach, and those in which some units sit or have something to do, newest first.
SELECT conference.id, conference.case_no, case_file.state AS case_state, case_file.category, conference.board,
       board.name AS board_name, board.name_zh AS board_name_zh, conference.trigger, conference.reason,
       conference.dispute, conference.state, conference.due_since, conference.opened_at, conference.opened_by,
       conference.lead, conference.assisting, conference.grounds, conference.ruling, precedent.number AS precedent,
       conference.closed_at, conference.closed_by, conference.end_reason, actions.open_actions, actions.late_actions,
       case_file.current_path || case_file.parties AS tags, seats.sits
FROM conference
JOIN conference_board AS board ON board.code = conference.board
JOIN case_file ON case_file.district = conference.district AND case_file.case_no = conference.case_no
LEFT JOIN precedent ON precedent.ruling = conference.ruling
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE action.state = 'open') AS open_actions,
           count(*) FILTER (WHERE action.state = 'open' AND action.due_at < %(now)s) AS late_actions,
           bool_or(action.state = 'open' AND action.due_at < %(late_at)s) AS is_late
    FROM conference_action AS action WHERE action.conference = conference.id) AS actions
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM conference_member AS member
                   WHERE member.conference = conference.id AND member.unit = ANY(%(own)s::text[]))
        OR EXISTS (SELECT FROM conference_action AS action
                   WHERE action.conference = conference.id AND action.owner = ANY(%(own)s::text[])) AS sits) AS seats
WHERE ((%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[]) OR seats.sits)
  AND (%(number)s::bigint IS NULL OR conference.id = %(number)s)
  AND (%(state)s::text IS NULL OR conference.state = %(state)s)
  AND (%(board)s::text IS NULL OR conference.board = %(board)s)
  AND (%(trigger)s::text IS NULL OR conference.trigger = %(trigger)s)
  AND (%(case_no)s::text IS NULL OR conference.case_no = %(case_no)s)
  AND (%(cell)s::text IS NULL OR case_file.current_path && ARRAY[%(cell)s::text])
  AND (%(late_at)s::timestamptz IS NULL OR actions.is_late)
  AND (%(before)s::bigint IS NULL OR conference.id < %(before)s)
ORDER BY conference.id DESC
LIMIT %(limit)s

-- name: members
-- Who sits in a conference.
SELECT unit, person FROM conference_member WHERE conference = %(id)s ORDER BY ordinal

-- name: minutes
-- The sheets of a conference.
SELECT sheet.ordinal, sheet.held_at, sheet.text, sheet.recorded_at, sheet.recorded_by, sheet.corrects,
       later.ordinal AS corrected_by
FROM conference_minutes AS sheet
LEFT JOIN conference_minutes AS later ON later.conference = sheet.conference AND later.corrects = sheet.ordinal
WHERE sheet.conference = %(id)s ORDER BY sheet.ordinal

-- name: actions
-- What is to be done, and what was not done in time.
SELECT ordinal, owner, what, due_at, state, note, ended_at, chased_at,
       state <> 'cancelled' AND due_at < coalesce(ended_at, %(now)s) AS is_late
FROM conference_action WHERE conference = %(id)s ORDER BY ordinal

-- name: calling
-- Cases within a reach that call for a conference and have none open.
SELECT case_no, trigger, since, state, category
FROM (
    SELECT case_file.district, case_file.case_no, 'refusals' AS trigger, dispute.entered_at AS since, case_file.state,
           case_file.category
    FROM dispute
    JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
    WHERE dispute.state = 'open' AND dispute.entry = 'returns' AND case_file.lead IS NULL
      AND (SELECT count(DISTINCT given.unit) FROM case_return AS given
           WHERE given.district = dispute.district AND given.case_no = dispute.case_no) >= 2
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    UNION ALL
    SELECT case_file.district, case_file.case_no, 'refusals', max(given.at), case_file.state, case_file.category
    FROM case_file JOIN case_return AS given USING (district, case_no)
    WHERE case_file.state = 'returned' AND case_file.returns >= 2
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    GROUP BY case_file.district, case_file.case_no HAVING count(DISTINCT given.unit) >= 2
    UNION ALL
    SELECT case_file.district, case_file.case_no, 'help', greatest(help.asked_at, case_file.due_at), case_file.state,
           case_file.category
    FROM help_request AS help JOIN case_file USING (district, case_no)
    WHERE help.state = 'open' AND case_file.lead = help.unit AND case_file.due_at < %(now)s
      AND case_file.state IN ('pending', 'handling')
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
) AS calling
WHERE NOT EXISTS (SELECT FROM conference WHERE conference.district = calling.district
                  AND conference.case_no = calling.case_no AND conference.state = 'open')
  AND (%(since)s::timestamptz IS NULL OR (since, case_no) > (%(since)s, %(case_no)s::text))
ORDER BY since, case_no
LIMIT %(limit)s
