-- name: cell
-- Whether there is a cell of this code that is not withdrawn: it has a body.
SELECT EXISTS (SELECT FROM cell WHERE code = %(code)s AND withdrawn_in IS NULL)
