-- name: claim
-- Take messages that are due, each for one worker: another skips what is held, and what was taken stays away until the
-- lease ends. A worker that dies leaves it to be taken again.
UPDATE outbox SET attempts = attempts + 1, next_at = %(leased_until)s
WHERE id IN (SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= %(now)s AND channel = ANY(%(channels)s)
             ORDER BY next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, message::text, district, case_no, asker, channel, target, kind, written_at, attempts

-- name: addresses
-- Where the askers of some messages are written to, as they said it themselves.
SELECT asker.id, report.reporter ->> 'email' AS email
FROM case_asker AS asker
JOIN report ON report.district = asker.district AND report.id = asker.report_id
WHERE asker.id = ANY(%(askers)s)

-- name: targets
-- Registered webhooks that are still in force.
SELECT code, url, secret FROM webhook_target WHERE ended_at IS NULL AND code = ANY(%(codes)s::text[])

-- name: subjects
-- What messages are about: the case as it stood then and the asker's own report; and what, as the case stands now, a link in a mail is for besides
-- reading, to say what he thinks of the result, or that the address is his.
SELECT outbox.id, asker.report_id::text, asker.case_no AS asked_no, case_file.case_no, outbox.case_state AS state,
       outbox.case_step AS step, outbox.category,
       CASE WHEN asker.part = 'reporter' AND case_file.state IN ('closed', 'called_back') AND NOT EXISTS (
                SELECT FROM case_call_back AS said
                WHERE said.district = case_file.district AND said.case_no = case_file.case_no
                  AND said.cycle = case_file.reopens AND said.verdict <> 'not_reached') THEN 'rate'
            WHEN asker.part = 'supporter' AND asker.known_as IS NULL THEN 'confirm' ELSE 'read' END AS link_for
FROM case_asker AS asker
JOIN outbox ON outbox.asker = asker.id AND outbox.id = ANY(%(ids)s)
JOIN case_file ON case_file.district = outbox.district AND case_file.case_no = outbox.case_no

-- name: answers_told
-- What messages tell: a mail all that its transaction answered about the case to its asker, a webhook one answer.
SELECT outbox.id, answer.kind, answer.facts, answer.words
FROM outbox
JOIN case_asker AS asker ON asker.id = outbox.asker
JOIN case_answer AS answer ON answer.district = outbox.district AND answer.case_no = outbox.case_no
    AND answer.at = outbox.written_at
WHERE outbox.id = ANY(%(ids)s)
  AND is_told(answer.kind, answer.asker, asker.id, asker.part, asker.case_no = answer.case_no)
  AND CASE outbox.channel WHEN 'email' THEN answer.told_in = outbox.told_in ELSE answer.kind = outbox.kind END
ORDER BY outbox.id, array_position(%(order)s::text[], answer.kind)

-- name: settle_sent
-- It was delivered. Also by a worker whose lease had run out: delivered is delivered.
UPDATE outbox SET state = 'sent', settled_at = %(now)s, fault = '' WHERE id = %(id)s AND state = 'waiting'

-- name: settle_again
-- It was not; it is tried again later, unless another worker has taken it since.
UPDATE outbox SET next_at = %(next_at)s, fault = %(fault)s
WHERE id = %(id)s AND state = 'waiting' AND attempts = %(attempts)s

-- name: settle_dead
-- It will not be tried again by itself.
UPDATE outbox SET state = 'dead', settled_at = %(now)s, fault = %(fault)s
WHERE id = %(id)s AND state = 'waiting' AND attempts = %(attempts)s

-- name: revive
-- A dead message is tried again by hand, under its old name.
UPDATE outbox SET state = 'waiting', settled_at = NULL, attempts = 0, next_at = %(now)s
WHERE id = %(id)s AND state = 'dead'
RETURNING id

-- name: revive_all
-- All dead messages are tried again by hand; not those for a webhook that has ended, which would be dead at once.
UPDATE outbox SET state = 'waiting', settled_at = NULL, attempts = 0, next_at = %(now)s
WHERE state = 'dead' AND (target IS NULL OR target IN (SELECT code FROM webhook_target WHERE ended_at IS NULL))

-- name: list_outbox
-- Messages, newest first; only those in a state, if one is named.
SELECT id, message::text, case_no, channel, target, kind, written_at, next_at, attempts, state, settled_at, fault
FROM outbox
WHERE (%(state)s::text IS NULL OR state = %(state)s) AND (%(before)s::bigint IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s

-- name: outbox_counts
-- How many messages are in which state, and since when the oldest waits.
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'sent') AS sent,
       count(*) FILTER (WHERE state = 'dead') AS dead, min(written_at) FILTER (WHERE state = 'waiting') AS oldest
FROM outbox

-- name: city
-- The name under which mails are signed, and the time that they tell.
SELECT (SELECT value #>> '{}' FROM setting WHERE key = 'city_name') AS name,
       (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS zone
