-- name: ruling_of_case
-- What a case was ruled to be.
SELECT ruling.id, ruling.dispute, ruling.form, ruling.lead, ruling.assisting, ruling.effective_from,
       precedent.number AS precedent
FROM ruling JOIN precedent ON precedent.ruling = ruling.id
WHERE ruling.id = %(ruling)s

-- name: units
-- Units by reference, in their order, with names; '@' and a level's key is the body on a chain of cells.
SELECT bound.ref, CASE WHEN starts_with(bound.ref, '@') THEN 'territory' ELSE 'department' END AS kind,
       CASE WHEN starts_with(bound.ref, '@') THEN substr(bound.ref, 2) ELSE bound.ref END AS code,
       coalesce(department.name, body.name, cell.name, bound.ref) AS name,
       coalesce(department.name_zh, body.name, cell.name, '') AS name_zh
FROM unnest(%(refs)s::text[]) WITH ORDINALITY AS asked(ref, i)
LEFT JOIN grid_level AS level ON '@' || level.key = asked.ref
CROSS JOIN LATERAL (SELECT coalesce('@' || (%(path)s::text[])[level.rank], asked.ref) AS ref) AS bound
LEFT JOIN department ON department.code = bound.ref
LEFT JOIN territorial_body AS body ON body.cell = substr(bound.ref, 2) AND starts_with(bound.ref, '@')
    AND upper_inf(body.during)
LEFT JOIN cell_version AS cell ON cell.code = substr(bound.ref, 2) AND starts_with(bound.ref, '@')
    AND upper_inf(cell.during)
ORDER BY asked.i

-- name: keep_decision
-- Keep what was decided about the owner before a ruling took its place.
INSERT INTO case_decision (district, case_no, ordinal, replaced_at, cause, owner)
SELECT %(district)s, %(case_no)s, coalesce(max(ordinal), 0) + 1, %(now)s, 'ruling', %(owner)s::jsonb
FROM case_decision WHERE district = %(district)s AND case_no = %(case_no)s

-- name: effective_cases
-- Ruled cases whose ruling is in force by a moment, longest first.
SELECT case_file.case_no
FROM case_file JOIN ruling ON ruling.id = case_file.ruling
WHERE case_file.state = 'ruled' AND ruling.effective_from <= %(now)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY ruling.effective_from, case_file.case_no
LIMIT %(limit)s
