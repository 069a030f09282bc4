-- name: answer_cases
-- Keep an answer to each case that citizens asked about, and a message for each of them who can be reached; answers
-- how many messages that makes. Those whose case was merged into it are answered too, through any number of merges.
WITH RECURSIVE told(district, case_no, asked_district, asked_no) AS (
    SELECT district, case_no, district, case_no
    FROM unnest(%(districts)s::text[], %(case_nos)s::text[]) AS asked(district, case_no)
    UNION
    SELECT told.district, told.case_no, merged.district, merged.case_no
    FROM told JOIN case_file AS merged ON merged.merged_into = told.asked_no
), answered AS (
    INSERT INTO case_answer (district, case_no, kind, at, words)
    SELECT district, case_no, %(kind)s, %(now)s, %(words)s
    FROM told
    WHERE EXISTS (SELECT FROM case_asker AS asker
                  WHERE asker.district = asked_district AND asker.case_no = asked_no)
    GROUP BY district, case_no
    ON CONFLICT DO NOTHING
    RETURNING district, case_no
), written AS (
    INSERT INTO outbox (district, case_no, asker, channel, target, kind, words, written_at, next_at)
    SELECT answered.district, answered.case_no, asker.id, way.channel, way.target, %(kind)s, %(words)s, %(now)s, %(now)s
    FROM answered
    JOIN told USING (district, case_no)
    JOIN case_asker AS asker ON asker.district = asked_district AND asker.case_no = asked_no
    CROSS JOIN LATERAL (
        SELECT 'email' AS channel, NULL::text AS target WHERE asker.has_email
        UNION ALL
        SELECT 'webhook', target.code FROM webhook_target AS target
        WHERE target.code = asker.target AND target.ended_at IS NULL
    ) AS way
    RETURNING 1
)
SELECT count(*) FROM written
