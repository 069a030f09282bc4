-- name: precedents
-- Precedents by words, matter, cell and moment, newest first, with what their rulings said. Each word must stand in
-- the precedent's words; with `nearly` it is enough that they are almost said there, which forgives a slip.
WITH related AS (
    SELECT matter.code
    FROM matter
    LEFT JOIN matter AS major ON major.code = matter.parent
    JOIN matter AS own ON own.code = %(matter)s
    LEFT JOIN matter AS above ON above.code = own.parent
    WHERE own.code IN (matter.code, matter.parent, matter.category, major.category)
       OR matter.code IN (own.parent, own.category, above.category)
)
SELECT precedent.number, precedent.ruling, precedent.matter, precedent.attributes, precedent.area_kind,
       precedent.cells, ST_AsBinary(precedent.area) AS area, precedent.radius_m, ST_X(precedent.origin) AS origin_lon,
       ST_Y(precedent.origin) AS origin_lat, precedent.lead, precedent.assisting, precedent.in_force_from,
       precedent.recorded_at, precedent.superseded_at, precedent.superseded_by,
       matter.name AS matter_name, matter.name_zh AS matter_name_zh,
       coalesce(department.name, precedent.lead) AS lead_name,
       CASE WHEN upper(department.during) <= %(now)s THEN upper(department.during) END AS lead_ended_at,
       ruling.form, ruling.members, ruling.grounds, ruling.ruled_at, brief.number AS brief
FROM precedent
JOIN ruling ON ruling.id = precedent.ruling
JOIN matter ON matter.code = precedent.matter
LEFT JOIN brief ON brief.id = ruling.brief
LEFT JOIN department ON department.code = precedent.lead
LEFT JOIN cell_version AS asked ON asked.code = %(cell)s AND upper_inf(asked.during)
WHERE (%(number)s::text IS NULL OR precedent.number = %(number)s)
  AND (%(words)s::text IS NULL
       OR NOT %(nearly)s AND precedent.words ILIKE ALL (%(patterns)s::text[])
       OR %(nearly)s AND length(%(words)s) > 3 AND word_similarity(%(words)s, precedent.words) > 0.6)
  AND (%(matter)s::text IS NULL OR precedent.matter IN (SELECT code FROM related))
  AND (%(in_force)s::boolean IS NULL
       OR %(in_force)s = (precedent.in_force_from <= %(now)s
                          AND (precedent.superseded_at IS NULL OR precedent.superseded_at > %(now)s)
                          AND (upper(department.during) IS NULL OR upper(department.during) > %(now)s)))
  AND (%(cell)s::text IS NULL
       OR precedent.cells && asked.path
       OR EXISTS (SELECT FROM cell_version AS below
                  WHERE below.code = ANY(precedent.cells) AND upper_inf(below.during) AND asked.code = ANY(below.path))
       OR ST_Intersects(precedent.area, asked.geom)
       OR precedent.area_kind = 'radius'
          AND ST_DWithin(precedent.origin::geography, asked.geom::geography, precedent.radius_m))
  AND (%(since)s::timestamptz IS NULL
       OR (precedent.in_force_from, precedent.recorded_at, precedent.number) < (%(since)s, %(recorded)s, %(last)s))
ORDER BY precedent.in_force_from DESC, precedent.recorded_at DESC, precedent.number DESC
LIMIT %(limit)s

-- name: cases_decided_by
-- The newest cases within a reach that bear a precedent's number.
SELECT case_no, state, category, current_unit, received_at FROM case_file
WHERE precedent = %(number)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
ORDER BY received_at DESC, case_no DESC
LIMIT %(limit)s
