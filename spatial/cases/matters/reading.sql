-- name: stamp
-- A text that differs whenever any row of the taxonomy does: each new version of a row has another place or writer.
SELECT md5(coalesce(string_agg(xmin::text || ctid::text, ',' ORDER BY code), '')) FROM matter

-- name: matters
-- All matters that ever were.
SELECT code, name, name_zh, taxonomy, rank, major_code, minor_code, parent, category, platform, step_limit, due_limit, archives_itself,
       CASE WHEN NOT lower_inf(during) THEN lower(during) END AS since,
       CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until
FROM matter ORDER BY code

-- name: list_matters
-- A page of the matters in force, by code, those behind a code.
SELECT code, name, name_zh, taxonomy, rank, major_code, minor_code, parent, category, platform, step_limit, due_limit, archives_itself,
       CASE WHEN NOT lower_inf(during) THEN lower(during) END AS since,
       CASE WHEN NOT upper_inf(during) THEN upper(during) END AS until
FROM matter
WHERE during @> %(at)s::timestamptz
  AND (%(taxonomy)s::text IS NULL OR taxonomy = %(taxonomy)s)
  AND (%(rank)s::text IS NULL OR rank = %(rank)s)
  AND (%(behind)s::text IS NULL OR code > %(behind)s)
  AND (%(words)s::text IS NULL OR strpos(lower(concat_ws(' ', code, name, name_zh)), lower(%(words)s)) > 0)
ORDER BY code LIMIT %(limit)s

-- name: is_matter
-- Whether a code ever was a matter's.
SELECT EXISTS (SELECT FROM matter WHERE code = %(code)s::text)

-- name: list_standards
-- The handling standards in force of some matters.
SELECT id, matter, ordinal, filing_condition, closing_condition, amount, unit, basis
FROM handling_standard
WHERE matter = ANY(%(matters)s::text[]) AND during @> %(at)s::timestamptz
ORDER BY matter, ordinal
