-- name: facts_of_case
-- What calls for a conference on a case, as it stands.
SELECT case_file.lead, case_file.due_at,
       (SELECT count(DISTINCT given.unit) FROM case_return AS given
        WHERE given.district = case_file.district AND given.case_no = case_file.case_no) AS refusing,
       (SELECT max(given.at) FROM case_return AS given
        WHERE given.district = case_file.district AND given.case_no = case_file.case_no) AS last_return_at,
       (SELECT dispute.entered_at FROM dispute WHERE dispute.district = case_file.district
        AND dispute.case_no = case_file.case_no AND dispute.state = 'open' AND dispute.entry = 'returns') AS disputed_at,
       help.unit AS help_by, help.asked_at AS help_at
FROM case_file
LEFT JOIN help_request AS help ON help.district = case_file.district AND help.case_no = case_file.case_no
     AND help.state = 'open'
WHERE case_file.district = %(district)s AND case_file.case_no = %(case_no)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])

-- name: has_asked_help
-- Whether a request for help of a unit waits.
SELECT EXISTS (SELECT FROM help_request WHERE district = %(district)s AND case_no = %(case_no)s
               AND state = 'open' AND unit = %(unit)s)

-- name: ask_help
-- A request for help; that of a unit that has lost the case since is closed, a second one of the same unit is none.
WITH earlier AS (
    UPDATE help_request SET state = 'answered'
    WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open' AND unit <> %(unit)s
    RETURNING id
)
INSERT INTO help_request (district, case_no, unit, asked_at, actor)
SELECT %(district)s, %(case_no)s, %(unit)s, %(now)s, %(actor)s
WHERE (SELECT count(*) FROM earlier) >= 0
  AND NOT EXISTS (SELECT FROM help_request WHERE district = %(district)s AND case_no = %(case_no)s
                  AND state = 'open' AND unit = %(unit)s)
RETURNING id

-- name: answer_help
-- Whoever asked for help with a case has been heard.
UPDATE help_request SET state = 'answered'
WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open'

-- name: due_conferences
-- Cases on which a conference is due that opens by itself, the longest waiting first: what may stand; the pure rule
-- decides.
SELECT due.case_no, due.trigger
FROM (
    SELECT case_file.district, case_file.case_no, 'refusals' AS trigger, dispute.entered_at AS since
    FROM dispute
    JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
    WHERE dispute.state = 'open' AND dispute.entry = 'returns' AND case_file.lead IS NULL
      AND (SELECT count(DISTINCT given.unit) FROM case_return AS given
           WHERE given.district = dispute.district AND given.case_no = dispute.case_no) >= 2
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    UNION ALL
    SELECT case_file.district, case_file.case_no, 'refusals', max(given.at)
    FROM case_file JOIN case_return AS given USING (district, case_no)
    WHERE case_file.state = 'returned' AND case_file.returns >= 2
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    GROUP BY case_file.district, case_file.case_no HAVING count(DISTINCT given.unit) >= 2
    UNION ALL
    SELECT case_file.district, case_file.case_no, 'help', greatest(help.asked_at, case_file.due_at)
    FROM help_request AS help JOIN case_file USING (district, case_no)
    WHERE help.state = 'open' AND case_file.lead = help.unit AND case_file.due_at < %(now)s
      AND case_file.state IN ('pending', 'handling')
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
) AS due
JOIN conference_trigger AS opening ON opening.code = due.trigger AND opening.opens_itself
WHERE NOT EXISTS (SELECT FROM conference WHERE conference.district = due.district AND conference.case_no = due.case_no
                  AND (conference.state = 'open' OR conference.due_since >= due.since))
ORDER BY due.since, due.case_no
LIMIT %(limit)s

-- name: overtaken
-- Open conferences whose case is over or was settled by somebody else, held for ending.
SELECT conference.id, conference.case_no
FROM conference
JOIN case_file ON case_file.district = conference.district AND case_file.case_no = conference.case_no
LEFT JOIN dispute ON dispute.id = conference.dispute
WHERE conference.state = 'open'
  AND (case_file.state <> ALL(%(conferred_in)s::text[]) OR dispute.state <> 'open')
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY conference.id
LIMIT %(limit)s

-- name: open_of_case
-- The open conference of a case.
SELECT id FROM conference WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open'

-- name: held_since
-- Whether a conference on a case is open, or was held for what has stood since then.
SELECT EXISTS (SELECT FROM conference WHERE district = %(district)s AND case_no = %(case_no)s
               AND (state = 'open' OR due_since >= %(since)s))

-- name: insert_conference
-- A conference begins; a second open one on the same case breaks its key.
INSERT INTO conference (district, case_no, board, trigger, reason, dispute, due_since, opened_at, opened_by)
VALUES (%(district)s, %(case_no)s, %(board)s, %(trigger)s, %(reason)s, %(dispute)s, %(since)s, %(now)s, %(actor)s)
RETURNING id

-- name: units_concerned
-- Who held the case or refused it: they sit in the conference without being named.
SELECT DISTINCT unit FROM (
    SELECT unnest(array_prepend(case_file.lead, case_file.assisting)) AS unit FROM case_file
    WHERE case_file.district = %(district)s AND case_file.case_no = %(case_no)s
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    UNION ALL
    SELECT unit FROM case_return WHERE district = %(district)s AND case_no = %(case_no)s) AS concerned
WHERE unit IS NOT NULL ORDER BY unit

-- name: add_members
-- Members behind those who sit there already; one by the same unit and name is not written twice.
INSERT INTO conference_member (conference, ordinal, unit, person)
SELECT %(id)s, (SELECT coalesce(max(ordinal), 0) FROM conference_member WHERE conference = %(id)s) + new.i,
       new.unit, new.person
FROM (SELECT nullif(unit, '') AS unit, nullif(person, '') AS person, row_number() OVER (ORDER BY min(i)) AS i
      FROM unnest(%(units)s::text[], %(people)s::text[]) WITH ORDINALITY AS named(unit, person, i)
      GROUP BY 1, 2) AS new
WHERE NOT EXISTS (SELECT FROM conference_member AS there WHERE there.conference = %(id)s
                  AND there.unit IS NOT DISTINCT FROM new.unit AND there.person IS NOT DISTINCT FROM new.person)

-- name: end_conference
-- An open conference ends without a decision.
UPDATE conference SET state = 'ended', end_reason = %(why)s, closed_at = %(now)s, closed_by = %(actor)s
WHERE id = %(id)s AND state = 'open'
RETURNING id
