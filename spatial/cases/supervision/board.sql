-- name: counts
-- Cases whose clock runs, or stands, by lead unit and street, with their colours. Over the whole city the index
-- case_file_running alone is read, and not the wide rows behind it.
WITH counted AS (
    SELECT lead, current_unit, count(*) AS running,
           count(*) FILTER (WHERE due_at < %(now)s) AS red,
           count(*) FILTER (WHERE warn_at <= %(now)s AND due_at >= %(now)s) AS yellow,
           0::bigint AS grey
    FROM case_file
    WHERE is_running
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    GROUP BY lead, current_unit
    UNION ALL
    SELECT lead, current_unit, 0, 0, 0, count(*)
    FROM case_file
    WHERE state = 'suspended' AND NOT is_history
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
    GROUP BY lead, current_unit
)
SELECT counted.lead, version.path[level.rank] AS street, sum(running - red - yellow)::bigint AS green,
       sum(yellow)::bigint AS yellow, sum(red)::bigint AS red, sum(grey)::bigint AS grey
FROM counted
LEFT JOIN grid_level AS level ON level.key = 'street'
LEFT JOIN cell_version AS version ON version.code = counted.current_unit AND upper_inf(version.during)
GROUP BY 1, 2
ORDER BY red DESC, yellow DESC, 1, 2

-- name: board_names
-- What the units and streets of a board are called.
SELECT code, name FROM department WHERE code = ANY(%(codes)s::text[])
UNION ALL
(SELECT DISTINCT ON (code) code, name FROM (
    SELECT cell AS code, name, 0 AS rank FROM territorial_body WHERE cell = ANY(%(codes)s::text[]) AND upper_inf(during)
    UNION ALL
    SELECT code, name, 1 FROM cell_version WHERE code = ANY(%(codes)s::text[]) AND upper_inf(during)) AS named
ORDER BY code, rank)

-- name: colour_totals
-- Cases whose clock runs, or stands, by colour, within a reach.
SELECT running - red - yellow AS green, yellow, red, grey
FROM (SELECT count(*) AS running, count(*) FILTER (WHERE due_at < %(now)s) AS red,
             count(*) FILTER (WHERE warn_at <= %(now)s AND due_at >= %(now)s) AS yellow
      FROM case_file
      WHERE is_running
        AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])) AS moving,
     (SELECT count(*) AS grey
      FROM case_file
      WHERE state = 'suspended' AND NOT is_history
        AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])) AS standing

-- name: oldest_red
-- The red cases that are longest late, within a reach.
SELECT case_no, state, category AS matter, lead, current_unit AS cell, due_at
FROM case_file
WHERE is_running AND due_at < %(now)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY case_file.due_at, case_file.case_no
LIMIT %(limit)s

-- name: overdue_replies
-- Orders whose reply is overdue, the longest first, within a reach.
SELECT asked.id, asked.case_no, asked.level, asked.addressee, asked.due_at, asked.reply_due_at
FROM supervision_order AS asked
JOIN case_file ON case_file.district = asked.district AND case_file.case_no = asked.case_no
WHERE asked.ended_at IS NULL AND asked.replied_at IS NULL AND asked.kind = 'order' AND asked.reply_due_at <= %(now)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY asked.reply_due_at, asked.id
LIMIT %(limit)s
