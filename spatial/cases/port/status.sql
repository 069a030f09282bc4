-- name: status_of
-- What is told of a case to whoever holds a link to it: nothing that any citizen wrote, and nobody's name. A case that
-- was merged is told as it was and as the one that it is handled with.
WITH RECURSIVE chain AS (
    SELECT case_file.*, 0 AS depth FROM case_file WHERE district = %(district)s AND case_no = %(case_no)s
    UNION ALL
    SELECT case_file.*, chain.depth + 1 FROM chain JOIN case_file ON case_file.case_no = chain.merged_into
    WHERE chain.depth < 20
)
SELECT chain.district, chain.case_no, chain.step, chain.state, chain.received_at, chain.due_at, chain.due_reason,
       chain.closed_at, chain.outcome, chain.supporters, chain.unnamed_supporters, chain.lead, chain.nature, chain.is_history,
       matter.name AS category_name, matter.name_zh AS category_name_zh,
       coalesce(department.name, body.name) AS lead_name, nullif(department.name_zh, '') AS lead_name_zh
FROM chain
LEFT JOIN matter ON matter.code = chain.category
LEFT JOIN department ON department.code = chain.lead
LEFT JOIN territorial_body AS body ON body.cell = substr(chain.lead, 2) AND starts_with(chain.lead, '@') AND body.during @> %(now)s
ORDER BY chain.depth DESC LIMIT 1

-- name: answers_of
-- What was answered to one who asked about a case, and about the one that it was merged into since it was, oldest first.
WITH RECURSIVE chain(district, case_no, depth, since) AS (
    SELECT %(district)s::text, %(case_no)s::text, 0, %(since)s::timestamptz
    UNION ALL
    SELECT target.district, target.case_no, chain.depth + 1, greatest(chain.since, merged.ended_at)
    FROM chain JOIN case_file AS merged ON merged.district = chain.district AND merged.case_no = chain.case_no
    JOIN case_file AS target ON target.case_no = merged.merged_into
    WHERE chain.depth < 20
)
SELECT kind, at, facts, words FROM case_answer AS answer JOIN chain USING (district, case_no)
WHERE at >= chain.since AND is_told(kind, answer.asker, %(asker)s, %(part)s, depth = 0)
ORDER BY at, depth, array_position(%(order)s::text[], kind)
