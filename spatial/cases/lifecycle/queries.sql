-- name: keep_span
-- A tier lets a case go.
INSERT INTO case_tier (district, case_no, ordinal, tier, since, until)
SELECT %(district)s, %(case_no)s, coalesce(max(ordinal), 0) + 1, %(tier)s, %(since)s, %(until)s
FROM case_tier WHERE district = %(district)s AND case_no = %(case_no)s

-- name: spans_of
-- The spans of the tiers that let a case go.
SELECT tier, since, until FROM case_tier WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY ordinal

-- name: archives_itself
-- Whether a matter, or what it belongs to, archives itself; a case that nobody has sorted does not.
SELECT EXISTS (SELECT FROM matter LEFT JOIN matter AS major ON major.code = matter.parent
               LEFT JOIN matter AS category ON category.code = coalesce(matter.category, major.category)
               WHERE matter.code = %(matter)s AND (matter.archives_itself OR coalesce(major.archives_itself, false)
                                                   OR coalesce(category.archives_itself, false)))

-- name: citizen_sources
-- The sources that bring citizens' own cases.
SELECT code FROM source WHERE is_citizen
