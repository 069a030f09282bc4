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
