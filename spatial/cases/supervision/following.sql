-- name: end_orders
-- The orders of a case end: it is over, suspended, or has a new deadline, which ends those that were about the old one.
UPDATE supervision_order SET climb_at = NULL, ended_at = %(now)s, ended_by = %(why)s
WHERE case_no = %(case_no)s AND district = %(district)s AND ended_at IS NULL
  AND (%(why)s <> 'new_deadline' OR clock_due_at IS NOT NULL AND clock_due_at IS DISTINCT FROM %(due_at)s)

-- name: write_warning
-- From when one case is yellow.
UPDATE case_file SET warn_at = %(warn_at)s WHERE district = %(district)s AND case_no = %(case_no)s
