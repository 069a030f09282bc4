-- name: list_orders
-- Orders and chases within a reach, the newest first, a page behind a place in that order; with the colour that the case
-- has now.
SELECT asked.id, asked.case_no, asked.kind, asked.cause, asked.level, asked.addressee,
       coalesce(department.name, body.name, cell.name, asked.addressee) AS addressee_name, asked.copied,
       asked.clock_due_at,
       asked.due_at, asked.written_at, asked.written_by, asked.reply_due_at, asked.still_red_at, asked.replied_at,
       asked.ended_at, asked.ended_by, asked.climbed_from, above.id AS climbed_to,
       CASE WHEN asked.ended_at IS NOT NULL THEN 'ended' WHEN asked.replied_at IS NOT NULL THEN 'answered'
            WHEN above.id IS NOT NULL THEN 'climbed' ELSE 'open' END AS state,
       case_file.state AS case_state, case_file.category AS matter, matter.name AS matter_name, lead, current_unit AS cell,
       case_file.due_at AS case_due_at, warn_at, closed_at, missed_at, missed_by,
       missed_until, is_history, current_path, parties
FROM supervision_order AS asked
JOIN case_file ON case_file.district = asked.district AND case_file.case_no = asked.case_no
LEFT JOIN supervision_order AS above ON above.climbed_from = asked.id
LEFT JOIN matter ON matter.code = case_file.category
LEFT JOIN department ON department.code = asked.addressee
LEFT JOIN territorial_body AS body ON body.cell = substr(asked.addressee, 2) AND starts_with(asked.addressee, '@')
    AND upper_inf(body.during)
LEFT JOIN cell_version AS cell ON cell.code = substr(asked.addressee, 2) AND starts_with(asked.addressee, '@')
    AND upper_inf(cell.during)
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(id)s::bigint IS NULL OR asked.id = %(id)s)
  AND (%(case_no)s::text IS NULL OR asked.case_no = %(case_no)s)
  AND (%(kind)s::text IS NULL OR asked.kind = %(kind)s)
  AND (%(unit)s::text IS NULL OR asked.addressee = %(unit)s OR %(unit)s = ANY(asked.copied))
  AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
  AND (%(level)s::int IS NULL OR asked.level = %(level)s)
  AND (%(state)s::text IS NULL
       OR %(state)s = 'ended' AND asked.ended_at IS NOT NULL
       OR %(state)s = 'answered' AND asked.ended_at IS NULL AND asked.replied_at IS NOT NULL
       OR %(state)s = 'climbed' AND asked.ended_at IS NULL AND asked.replied_at IS NULL AND above.id IS NOT NULL
       OR %(state)s = 'open' AND asked.ended_at IS NULL AND asked.replied_at IS NULL AND above.id IS NULL)
  AND (NOT %(unanswered)s OR asked.kind = 'order' AND asked.ended_at IS NULL AND asked.replied_at IS NULL
                             AND asked.reply_due_at <= %(now)s)
  AND (%(colour)s::text IS NULL
       OR %(colour)s = 'red' AND (is_running AND case_file.due_at < %(now)s
                                  OR NOT is_history AND (closed_at > case_file.due_at OR missed_at IS NOT NULL)
                                     AND case_file.state IN ('closed', 'called_back', 'evaluated'))
       OR %(colour)s = 'yellow' AND is_running AND warn_at <= %(now)s AND case_file.due_at >= %(now)s
       OR %(colour)s = 'grey' AND case_file.state = 'suspended' AND NOT is_history
       OR %(colour)s = 'green' AND (is_running AND (warn_at IS NULL OR warn_at > %(now)s)
                                    AND (case_file.due_at IS NULL OR case_file.due_at >= %(now)s)
                                    OR NOT is_history AND (closed_at > case_file.due_at OR missed_at IS NOT NULL) IS NOT TRUE
                                       AND case_file.state IN ('closed', 'called_back', 'evaluated')))
  AND (%(before)s::timestamptz IS NULL OR (asked.due_at, asked.id) < (%(before)s, %(before_id)s))
ORDER BY asked.due_at DESC, asked.id DESC
LIMIT %(limit)s

-- name: replies_of
-- What was answered to some orders, of orders that were handed out within a reach.
SELECT order_id, text, at, actor FROM supervision_reply WHERE order_id = ANY(%(ids)s::bigint[]) ORDER BY order_id, id

-- name: words_of
-- What was asked by hand in some orders, and in those that climbed from such a one; of orders handed out within a reach.
WITH RECURSIVE chain AS (
    SELECT id AS order_id, id, climbed_from FROM supervision_order WHERE id = ANY(%(ids)s::bigint[])
    UNION ALL
    SELECT chain.order_id, below.id, below.climbed_from
    FROM chain JOIN supervision_order AS below ON below.id = chain.climbed_from)
SELECT chain.order_id, case_note.note
FROM chain JOIN supervision_order AS first ON first.id = chain.id AND first.cause = 'manual'
JOIN case_note ON case_note.district = first.district AND case_note.case_no = first.case_no
    AND case_note.act = 'supervise' AND case_note.at = first.written_at AND case_note.actor = first.written_by

-- name: lock_order
-- One order, held behind its case: acts hold the case first and end its orders then, and the other way round the two
-- would wait for each other.
SELECT id, kind, level, addressee, ended_at FROM supervision_order WHERE id = %(id)s FOR NO KEY UPDATE

-- name: insert_reply
-- The words of an answer.
INSERT INTO supervision_reply (order_id, text, at, actor) VALUES (%(id)s, %(text)s, %(now)s, %(actor)s)

-- name: note_answered
-- An order has been answered; from now on it climbs only because the case stays red. One that climbed stays so.
UPDATE supervision_order
SET replied_at = coalesce(replied_at, %(now)s), climb_at = CASE WHEN climb_at IS NULL THEN NULL ELSE still_red_at END
WHERE id = %(id)s

-- name: open_manual
-- An order that somebody wrote at this level and nobody has answered.
SELECT id FROM supervision_order
WHERE case_no = %(case_no)s AND district = %(district)s AND cause = 'manual' AND level = %(level)s
  AND ended_at IS NULL AND replied_at IS NULL
LIMIT 1
