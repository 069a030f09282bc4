-- name: stems
-- Latin words as the index holds them.
SELECT tsvector_to_array(to_tsvector('pg_catalog.english', %(latin)s))

-- name: search_library
-- What the library holds of cases within a reach, newest first.
SELECT entry.id, entry.kind, entry.ref, entry.case_no, entry.at, entry.words, case_file.category AS matter,
       matter.name AS matter_name, matter.name_zh AS matter_name_zh, case_file.current_unit AS unit,
       ST_X(case_file.position) AS lon, ST_Y(case_file.position) AS lat, case_file.is_self_solved, case_file.outcome,
       precedent.number AS precedent
FROM library_entry AS entry
JOIN case_file ON case_file.district = entry.district AND case_file.case_no = entry.case_no
LEFT JOIN matter ON matter.code = case_file.category
LEFT JOIN precedent ON precedent.ruling = CASE WHEN entry.kind = 'ruling' THEN entry.ref::bigint END
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (NOT %(asks)s OR entry.grams @@ (%(grams)s::tsquery && plainto_tsquery('pg_catalog.english', %(latin)s)))
  AND entry.words ILIKE ALL (%(patterns)s::text[])
  AND (%(kind)s::text IS NULL OR entry.kind = %(kind)s)
  AND (%(since)s::timestamptz IS NULL OR entry.at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR entry.at < %(until)s)
  AND (%(self_solved)s::boolean IS NULL OR entry.kind = 'case' AND case_file.is_self_solved = %(self_solved)s)
  AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
  AND (%(west)s::float8 IS NULL
       OR case_file.position && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND (%(radius_m)s::float8 IS NULL
       OR ST_DWithin(case_file.position::geography, ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326)::geography,
                     %(radius_m)s))
  AND (%(matter)s::text IS NULL OR case_file.category IN (
       SELECT below.code FROM matter AS below LEFT JOIN matter AS major ON major.code = below.parent
       WHERE %(matter)s IN (below.code, below.parent, coalesce(below.category, major.category))))
  AND (%(before)s::timestamptz IS NULL OR (entry.at, entry.id) < (%(before)s, %(last)s))
ORDER BY entry.at DESC, entry.id DESC
LIMIT %(limit)s
