-- name: facts
-- All facts of this city.
SELECT key, value FROM setting ORDER BY key
