-- name: renumber_log
-- Transaction numbers of another cluster mean nothing here: restored events get this transaction's, ordered by id.
UPDATE public.event SET xid = pg_current_xact_id()

-- name: raise_epoch
-- Every cursor handed out before the restore is now unknown, whichever of the two histories it came from.
UPDATE public.setting SET value = to_jsonb(greatest((value #>> '{}')::bigint + 1, extract(epoch FROM now())::bigint))
WHERE key = 'epoch'
