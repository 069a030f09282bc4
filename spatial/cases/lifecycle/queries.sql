-- name: keep_span
-- A tier lets a case go.
INSERT INTO case_tier (district, case_no, ordinal, tier, since, until)
SELECT %(district)s, %(case_no)s, coalesce(max(ordinal), 0) + 1, %(tier)s, %(since)s, %(until)s
FROM case_tier WHERE district = %(district)s AND case_no = %(case_no)s

-- name: spans_of
-- The spans of the tiers that let a case go.
SELECT tier, since, until FROM case_tier WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY ordinal

-- name: archiving
-- Those of these matters that archive themselves, or belong to what does.
SELECT matter.code FROM matter LEFT JOIN matter AS major ON major.code = matter.parent
LEFT JOIN matter AS category ON category.code = coalesce(matter.category, major.category)
WHERE matter.code = ANY(%(matters)s::text[])
  AND (matter.archives_itself OR coalesce(major.archives_itself, false) OR coalesce(category.archives_itself, false))
