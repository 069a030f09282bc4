-- name: provider_in_force
-- A provider at a moment, with how soon it calls back.
SELECT code, kind, contact_limit FROM provider WHERE code = %(code)s AND during @> %(at)s::timestamptz
