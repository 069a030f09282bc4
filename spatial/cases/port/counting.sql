-- name: hold_count
-- A case whose supporters are to be counted, held as it stands behind whoever held it; answers what it was merged into.
SELECT merged_into FROM case_file WHERE case_no = %(case_no)s FOR UPDATE

-- name: recount
-- How many others said the same: supporters, and who asked about the cases merged into this one; the first reporter never.
-- Those whom we know for certain are each counted once. Those of whom nothing is certain stand apart, each once by what
-- he said of himself, and no more than the setting says: it costs nothing to be many of them.
WITH RECURSIVE joined(district, case_no) AS (
    SELECT district, case_no FROM case_file WHERE case_no = %(case_no)s
    UNION
    SELECT merged.district, merged.case_no FROM joined JOIN case_file AS merged ON merged.merged_into = joined.case_no
), first AS (
    SELECT asker.citizen, asker.known_as, asker.mailbox
    FROM case_file JOIN case_asker AS asker ON asker.report_id = case_file.report_id
    WHERE case_file.case_no = %(case_no)s
), other AS (
    SELECT asker.known_as, coalesce(asker.citizen, uuid_send(asker.report_id)) AS citizen
    FROM joined JOIN case_asker AS asker USING (district, case_no)
    WHERE asker.part <> 'repeat'
      AND asker.report_id <> (SELECT report_id FROM case_file WHERE case_no = %(case_no)s)
      AND NOT EXISTS (SELECT FROM first WHERE asker.citizen IN (first.citizen, first.known_as, first.mailbox)
                      OR asker.known_as IN (first.citizen, first.known_as, first.mailbox)
                      OR asker.mailbox IN (first.citizen, first.known_as, first.mailbox))
)
UPDATE case_file SET
    supporters = (SELECT count(DISTINCT known_as) FROM other),
    unnamed_supporters = least(
        (SELECT count(DISTINCT citizen) FROM other
         WHERE known_as IS NULL
           AND NOT EXISTS (SELECT FROM other AS known
                           WHERE known.known_as IS NOT NULL AND other.citizen IN (known.known_as, known.citizen))),
        (SELECT (value #>> '{}')::integer FROM setting WHERE key = 'unnamed_supporters_most'))
WHERE case_no = %(case_no)s
RETURNING supporters, unnamed_supporters

-- name: confirm
-- Somebody has read the mail that was sent to the address which he gave: it is his.
UPDATE case_asker SET known_as = mailbox WHERE id = %(id)s AND known_as IS NULL AND mailbox IS NOT NULL
RETURNING id
