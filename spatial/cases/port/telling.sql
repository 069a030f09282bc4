-- name: answer_cases
-- Keep an answer to each case that citizens asked about, with the names and moments as they stand, and a message for each
-- of them who can be reached; answers how many messages that makes. Those whose case was merged into it are answered too,
-- through any number of merges. What one transaction tells of a case is one mail, and one mailbox is told it once. `only`
-- is the report of the one asker whom it is for. A message keeps the state that its event tells, not the one in which
-- the case is when it is delivered.
WITH RECURSIVE asked AS (
    SELECT asked.*, coalesce(alone.id, 0) AS asker
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS asked(district text, case_no text, at timestamptz, kind text, words text,
        unit text, tells_due boolean, "into" text, outcome text, note_of text, request bigint, "only" uuid, state text,
        step text)
    LEFT JOIN case_asker AS alone ON alone.report_id = asked."only"
    WHERE asked."only" IS NULL OR alone.id IS NOT NULL
), told(district, case_no, asked_district, asked_no) AS (
    SELECT DISTINCT district, case_no, district, case_no FROM asked
    UNION
    SELECT told.district, told.case_no, merged.district, merged.case_no
    FROM told JOIN case_file AS merged ON merged.merged_into = told.asked_no
), hearer AS MATERIALIZED (
    SELECT told.district, told.case_no, asker.id, asker.part, asked_no = told.case_no AS is_own_case, asker.mailbox,
           asker.target
    FROM told JOIN case_asker AS asker ON asker.district = asked_district AND asker.case_no = asked_no
), answered AS (
    INSERT INTO case_answer (district, case_no, kind, at, asker, words, facts)
    SELECT asked.district, asked.case_no, asked.kind, asked.at, asked.asker,
           coalesce(nullif(asked.words, ''), (
               SELECT note.note FROM case_note AS note
               WHERE note.district = asked.district AND note.case_no = asked.case_no AND note.act = asked.note_of
                 AND (note.at = asked.at OR asked.kind = 'closed')   -- a case is closed behind what its unit said
               ORDER BY note.id DESC LIMIT 1), ''),
           jsonb_strip_nulls(jsonb_build_object(
               'unit', coalesce(department.name, body.name, cell.name),
               'unit_zh', coalesce(nullif(department.name_zh, ''), body.name, cell.name),
               'into', asked."into", 'outcome', asked.outcome,
               'due_at', CASE WHEN asked.tells_due AND asking.due_reason <> 'provisional'
                               AND strpos(asking.due_reason, %(unsure)s) = 0 THEN asking.due_at END,
               'until', granted.until))
    FROM asked
    LEFT JOIN case_file AS asking ON asking.district = asked.district AND asking.case_no = asked.case_no
    LEFT JOIN department ON department.code = asked.unit
    LEFT JOIN territorial_body AS body ON body.cell = substr(asked.unit, 2) AND starts_with(asked.unit, '@') AND body.during @> asked.at
    LEFT JOIN cell_version AS cell ON cell.code = substr(asked.unit, 2) AND starts_with(asked.unit, '@') AND cell.during @> asked.at
    LEFT JOIN case_request AS granted ON granted.id = asked.request
    WHERE EXISTS (SELECT FROM hearer WHERE hearer.district = asked.district AND hearer.case_no = asked.case_no)
    ON CONFLICT DO NOTHING
    RETURNING district, case_no, kind, at, asker AS told
), heard AS (
    SELECT answered.*, hearer.id AS asker, hearer.target,
           hearer.mailbox IS NOT NULL AND row_number() OVER (
               PARTITION BY answered.district, answered.case_no, answered.kind, answered.at, answered.told, hearer.mailbox
               ORDER BY hearer.is_own_case DESC, hearer.part <> 'reporter', hearer.id) = 1 AS by_mail
    FROM answered JOIN hearer USING (district, case_no)
    WHERE is_told(answered.kind, answered.told, hearer.id, hearer.part, hearer.is_own_case)
), written AS (
    INSERT INTO outbox (district, case_no, asker, channel, target, kind, case_state, case_step, category, written_at,
                        next_at)
    SELECT answered.district, answered.case_no, answered.asker, way.channel, way.target, answered.kind,
           coalesce(event.state, stands.state), coalesce(event.step, stands.step), stands.category, answered.at,
           answered.at
    FROM heard AS answered
    JOIN case_file AS stands ON stands.district = answered.district AND stands.case_no = answered.case_no
    CROSS JOIN LATERAL (
        SELECT asked.state, asked.step FROM asked
        WHERE asked.district = answered.district AND asked.case_no = answered.case_no AND asked.kind = answered.kind
          AND asked.at = answered.at AND asked.asker = answered.told
        LIMIT 1) AS event
    CROSS JOIN LATERAL (
        SELECT 'email' AS channel, NULL::text AS target WHERE answered.by_mail
        UNION ALL
        SELECT 'webhook', target.code FROM webhook_target AS target
        WHERE target.code = answered.target AND target.ended_at IS NULL
    ) AS way
    ORDER BY array_position(%(order)s::text[], answered.kind) DESC, answered.asker
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM written
