-- name: insert_order
-- A body acts first, without becoming the responsible unit.
INSERT INTO interim_order (dispute, unit, note, ordered_at, ordered_by)
VALUES (%(dispute)s, %(unit)s, %(note)s, %(now)s, %(actor)s)
RETURNING id

-- name: note_cost
-- What the newest order of a case that has no cost yet has cost.
UPDATE interim_order SET cost = %(cost)s, cost_note = %(note)s, cost_at = %(now)s
WHERE id = (SELECT interim.id FROM interim_order AS interim JOIN dispute ON dispute.id = interim.dispute
            WHERE dispute.district = %(district)s AND dispute.case_no = %(case_no)s AND interim.cost IS NULL
            ORDER BY interim.id DESC LIMIT 1)
RETURNING id, unit

-- name: is_cost_open
-- Whether an order of a case has no cost yet.
SELECT EXISTS (SELECT FROM interim_order AS interim JOIN dispute ON dispute.id = interim.dispute
               WHERE dispute.district = %(district)s AND dispute.case_no = %(case_no)s AND interim.cost IS NULL)

-- name: nearest_body
-- The cell of a chain, widest first, that is nearest to its end and has a body of its own at a moment; else the widest.
SELECT cell FROM unnest(%(path)s::text[]) WITH ORDINALITY AS chain(cell, rank)
ORDER BY EXISTS (SELECT FROM territorial_body AS body WHERE body.cell = chain.cell AND during @> %(at)s::timestamptz) DESC,
         CASE WHEN EXISTS (SELECT FROM territorial_body AS body
                           WHERE body.cell = chain.cell AND during @> %(at)s::timestamptz) THEN -rank ELSE rank END
LIMIT 1
