-- name: sorter_facts
-- The newest model that sorts for a district (NULL when there is none), the threshold, and texts that differ whenever
-- a keyword or a matter does.
SELECT (SELECT id FROM sorting_model WHERE district IN (%(district)s, '')
        ORDER BY (district <> '') DESC, id DESC LIMIT 1) AS model,
       (SELECT md5(coalesce(string_agg(xmin::text || ctid::text, ',' ORDER BY id), '')) FROM sorting_keyword)
           AS keywords,
       (SELECT (value #>> '{}')::float8 FROM setting WHERE key = 'sorting_threshold') AS threshold,
       (SELECT md5(coalesce(string_agg(xmin::text || ctid::text, ',' ORDER BY code), '')) FROM matter) AS matters

-- name: artefact
-- The bytes of a model.
SELECT artefact FROM sorting_model WHERE id = %(id)s::bigint

-- name: keywords
-- All keywords.
SELECT matter, keyword, weight FROM sorting_keyword ORDER BY id

-- name: put_keywords
-- Add the keywords that are not there, for the matters that are.
INSERT INTO sorting_keyword (matter, keyword, weight)
SELECT told.matter, told.keyword, told.weight
FROM unnest(%(matters)s::text[], %(keywords)s::text[], %(weights)s::real[]) AS told(matter, keyword, weight)
JOIN matter ON matter.code = told.matter
ON CONFLICT (matter, keyword) DO NOTHING

-- name: confirmed_cases
-- The newest cases whose matter a person confirmed, of a district or ('') the whole city, oldest first: those that
-- somebody accepted, sorted or closed, and loaded history. What sorting itself took is not its own teacher.
SELECT * FROM (
    SELECT report.text, case_file.category, case_file.received_at, case_file.district, case_file.case_no
    FROM case_file JOIN report USING (district, case_no)
    WHERE case_file.category IS NOT NULL AND report.text <> ''
      AND (%(district)s = '' OR case_file.district = %(district)s)
      AND (case_file.is_history OR EXISTS (
          SELECT FROM event
          WHERE event.district = case_file.district AND event.subject = 'case' AND event.subject_id = case_file.case_no
            AND event.kind IN ('case.sorted', 'case.filed', 'case.closed') AND event.actor <> 'system'))
    ORDER BY case_file.received_at DESC, case_file.case_no DESC LIMIT %(limit)s) AS newest
ORDER BY received_at, case_no

-- name: insert_model
-- Keep a trained model; the newest one sorts.
INSERT INTO sorting_model (district, trained_at, cases, measures, artefact)
VALUES (%(district)s, %(now)s, %(cases)s, %(measures)s::jsonb, %(artefact)s)
RETURNING id

-- name: model_card
-- The newest model that sorts for a district, without its bytes.
SELECT id, district, trained_at, cases, measures, length(artefact) AS bytes FROM sorting_model
WHERE district IN (%(district)s, '') ORDER BY (district <> '') DESC, id DESC LIMIT 1

-- name: insert_override
-- A person chose another matter than sorting took or suggested.
INSERT INTO sorting_override (district, case_no, at, actor, suggested, confidence, by, chosen)
VALUES (%(district)s, %(case_no)s, %(at)s, %(actor)s, %(suggested)s, %(confidence)s, %(by)s, %(chosen)s)
ON CONFLICT (district, case_no, at) DO NOTHING

-- name: list_overrides
-- A page of overrides of the cases within reach, newest first.
SELECT sorting_override.district, sorting_override.case_no, sorting_override.at, sorting_override.actor,
       sorting_override.suggested, sorting_override.confidence, sorting_override.by, sorting_override.chosen
FROM sorting_override JOIN case_file USING (district, case_no)
WHERE (%(reach)s::text[] IS NULL OR case_file.current_path && %(reach)s::text[] OR case_file.parties && %(reach)s::text[])
  AND (%(matter)s::text IS NULL OR sorting_override.suggested = %(matter)s OR sorting_override.chosen = %(matter)s)
  AND (%(since)s::timestamptz IS NULL OR sorting_override.at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR sorting_override.at < %(until)s)
  AND (%(behind_at)s::timestamptz IS NULL
       OR (sorting_override.at, sorting_override.case_no) < (%(behind_at)s, %(behind_no)s::text))
ORDER BY sorting_override.at DESC, sorting_override.case_no DESC LIMIT %(limit)s

-- name: count_overrides
-- Cases within reach that say otherwise now than sorting said, by what was suggested and what they say; each once, by
-- the newest of its overrides in the period.
SELECT newest.suggested, newest.chosen, newest.by, count(*) AS times
FROM (
SELECT DISTINCT ON (district, case_no)
       sorting_override.suggested, case_file.category AS chosen, sorting_override.by
FROM sorting_override JOIN case_file USING (district, case_no)
WHERE (%(reach)s::text[] IS NULL OR case_file.current_path && %(reach)s::text[] OR case_file.parties && %(reach)s::text[])
  AND (%(since)s::timestamptz IS NULL OR sorting_override.at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR sorting_override.at < %(until)s)
ORDER BY district, case_no, sorting_override.at DESC
) AS newest
WHERE newest.chosen IS DISTINCT FROM newest.suggested AND newest.chosen IS NOT NULL
GROUP BY 1, 2, 3 ORDER BY times DESC, 1, 2, 3

-- name: is_synthetic
-- Whether the city is a made-up one, whose texts prove nothing.
SELECT coalesce((SELECT (value #>> '{}')::boolean FROM setting WHERE key = 'synthetic'), false)
