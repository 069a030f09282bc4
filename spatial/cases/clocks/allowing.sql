-- name: allowed
-- How often a case is extended and for how long it is suspended, as the district says.
SELECT (SELECT (value #>> '{}')::integer FROM setting WHERE key = 'most_extensions') AS most_extensions,
       (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'longest_suspension') AS longest_suspension
