-- name: list_targets
-- The registered webhooks, those that have ended too; their secrets are told to nobody.
SELECT code, url, registered_at, ended_at FROM webhook_target ORDER BY code

-- name: add_target
-- Register a webhook.
INSERT INTO webhook_target (code, url, secret, registered_by, registered_at)
VALUES (%(code)s, %(url)s, %(secret)s, %(actor)s, %(now)s)
ON CONFLICT (code) DO NOTHING RETURNING code

-- name: end_target
-- A webhook is told nothing any more.
UPDATE webhook_target SET ended_at = %(now)s WHERE code = %(code)s AND ended_at IS NULL RETURNING code

-- name: kill_messages
-- What waited for a webhook that has ended.
UPDATE outbox SET state = 'dead', settled_at = %(now)s, fault = 'the webhook has ended'
WHERE target = %(code)s AND state = 'waiting'
