-- name: end_orders
-- The orders of a case end: it is over, suspended, or has a new deadline, which ends those that were about the old one;
-- those that somebody wrote by hand, and those about helpers' parts, only where they are meant too.
UPDATE supervision_order SET climb_at = NULL, ended_at = %(now)s, ended_by = %(why)s
WHERE case_no = %(case_no)s AND district = %(district)s AND ended_at IS NULL
  AND (%(by_hand_too)s OR clock_due_at IS NOT NULL) AND (%(parts_too)s OR task IS NULL)
  AND (%(why)s <> 'new_deadline' OR clock_due_at IS DISTINCT FROM %(due_at)s)

-- name: end_part_orders
-- The orders about parts of helpers that are not open any more, or have another deadline.
UPDATE supervision_order AS asked SET climb_at = NULL, ended_at = %(now)s, ended_by = CASE WHEN EXISTS (
    SELECT FROM case_task AS part
    WHERE part.district = asked.district AND part.case_no = asked.case_no AND part.ordinal = asked.task
      AND part.state = 'open') THEN 'new_deadline' ELSE 'over' END
WHERE case_no = %(case_no)s AND district = %(district)s AND ended_at IS NULL AND task IS NOT NULL
  AND NOT EXISTS (SELECT FROM case_task AS part
                  WHERE part.district = asked.district AND part.case_no = asked.case_no AND part.ordinal = asked.task
                    AND part.state = 'open' AND part.due_at = asked.clock_due_at)

-- name: write_warning
-- From when one case is yellow, and with it the parts that are due with it.
WITH parts AS (
    UPDATE case_task SET warn_at = %(warn_at)s
    WHERE district = %(district)s AND case_no = %(case_no)s AND state = 'open' AND due_at = %(due_at)s)
UPDATE case_file SET warn_at = %(warn_at)s WHERE district = %(district)s AND case_no = %(case_no)s
