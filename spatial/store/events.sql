-- name: chain_heads
-- The last link of each asked chain; a chain that has none yet is not answered.
SELECT asked.district, asked.subject, asked.subject_id, head.seq, head.hash
FROM unnest(%(districts)s::text[], %(subjects)s::text[], %(subject_ids)s::text[])
     AS asked(district, subject, subject_id)
CROSS JOIN LATERAL (
    SELECT seq, hash FROM event
    WHERE event.district = asked.district AND event.subject = asked.subject AND event.subject_id = asked.subject_id
    ORDER BY seq DESC LIMIT 1
) AS head

-- name: insert_events
-- Append links; the primary key refuses a second link at the same place of a chain.
INSERT INTO event (district, subject, subject_id, seq, kind, at, actor, path, payload, prev_hash, hash)
SELECT district, subject, subject_id, seq, kind, at, actor, path, payload,
       decode(prev_hash, 'hex'), decode(hash, 'hex')
FROM jsonb_to_recordset(%(rows)s::jsonb) AS link(
    district text, subject text, subject_id text, seq integer, kind text, at timestamptz, actor text,
    path text[], payload jsonb, prev_hash text, hash text)

-- name: epoch
-- The feed's epoch; a restore raises it, so that old cursors are known to be foreign.
SELECT (value #>> '{}')::bigint FROM setting WHERE key = 'epoch'

-- name: events_after
-- Events behind a cursor that can have no earlier one still to come: all transactions below xmin have ended.
SELECT xid::text::bigint AS xid, id, district, subject, subject_id, seq, kind, at, actor, path, payload, prev_hash, hash
FROM event
WHERE (xid, id) > (%(xid)s::text::xid8, %(id)s)
  AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, id
LIMIT %(limit)s

-- name: newest_position
-- Where the feed stands now.
SELECT xid::text::bigint AS xid, id FROM event
WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid DESC, id DESC LIMIT 1

-- name: oldest_position
-- Where the log begins.
SELECT xid::text::bigint AS xid, id FROM event ORDER BY xid, id LIMIT 1

-- name: feed_lag
-- How long the oldest open writing transaction has been holding the feed back, in seconds.
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::double precision
FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()

-- name: subject_events
-- One chain from its first link to its last.
SELECT xid::text::bigint AS xid, id, district, subject, subject_id, seq, kind, at, actor, path, payload, prev_hash, hash
FROM event
WHERE district = %(district)s AND subject = %(subject)s AND subject_id = %(subject_id)s
ORDER BY seq

-- name: all_events
-- Every chain, link after link, for verification.
SELECT xid::text::bigint AS xid, id, district, subject, subject_id, seq, kind, at, actor, path, payload, prev_hash, hash
FROM event ORDER BY district, subject, subject_id, seq
