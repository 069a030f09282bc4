-- name: dispute
-- Which case a dispute is about.
SELECT id, case_no FROM dispute WHERE id = %(dispute)s

-- name: lock_dispute
-- A dispute, held until the transaction ends.
SELECT id, case_no, state, brief FROM dispute WHERE id = %(dispute)s FOR UPDATE

-- name: unknown_cells
-- Those codes that are no cell in force.
SELECT code FROM unnest(%(cells)s::text[]) AS named(code)
WHERE NOT EXISTS (SELECT FROM cell_version WHERE cell_version.code = named.code AND upper_inf(during))

-- name: matter_nodes
-- A matter and those above it, most specific first.
SELECT node FROM matter AS own
LEFT JOIN matter AS major ON major.code = own.parent
CROSS JOIN LATERAL unnest(ARRAY[own.code, own.parent, coalesce(own.category, major.category)])
    WITH ORDINALITY AS above(node, i)
WHERE own.code = %(matter)s AND node IS NOT NULL
ORDER BY i

-- name: insert_ruling
-- A ruling; a second one on the same dispute breaks its key.
INSERT INTO ruling (dispute, brief, form, members, lead, assisting, grounds, ruled_at, ruled_by, effective_from)
VALUES (%(dispute)s, %(brief)s, %(form)s, %(members)s, %(lead)s, %(assisting)s, %(grounds)s, %(now)s, %(actor)s,
        %(effective_from)s)
RETURNING id

-- name: settle_dispute
-- The dispute is ruled.
UPDATE dispute SET state = 'ruled', settled_at = %(now)s WHERE id = %(dispute)s

-- name: insert_precedent
-- What the ruling leaves behind, with the words that search reads: number, grounds, matter, attributes, places, units.
-- Grounds and attributes are looked through as they are shown, masked: nobody feels out a number by searching.
INSERT INTO precedent (number, ruling, matter, attributes, area_kind, cells, area, radius_m, origin, lead, assisting,
    in_force_from, recorded_at, words)
SELECT %(number)s, %(ruling)s, %(matter)s, %(attributes)s::jsonb, %(area_kind)s, %(cells)s::text[],
       ST_Multi(ST_SetSRID(ST_GeomFromWKB(%(area)s), 4326)), %(radius_m)s::float8,
       ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326), %(lead)s, %(assisting)s::text[], %(effective_from)s, %(now)s,
       concat_ws(' ', %(number)s::text, masked(%(grounds)s::text), masked(%(says)s::text),
           (SELECT string_agg(concat_ws(' ', code, name, name_zh), ' ') FROM matter
            WHERE code IN (%(matter)s, (SELECT parent FROM matter WHERE code = %(matter)s))),
           (SELECT string_agg(name, ' ' ORDER BY rank) FROM cell_version
            WHERE code = ANY(%(path)s::text[] || coalesce(%(cells)s::text[], '{}')) AND upper_inf(during)),
           (SELECT string_agg(concat_ws(' ', code, name, name_zh), ' ') FROM department
            WHERE code = %(lead)s OR code = ANY(%(assisting)s::text[])))

-- name: rulings
-- Rulings on cases within a reach, newest first.
SELECT ruling.id, ruling.dispute, dispute.case_no, brief.number AS brief, ruling.form, ruling.members, ruling.lead,
       ruling.assisting, ruling.grounds, ruling.ruled_at, ruling.ruled_by, ruling.effective_from,
       precedent.number AS precedent
FROM ruling
JOIN dispute ON dispute.id = ruling.dispute
JOIN precedent ON precedent.ruling = ruling.id
JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
LEFT JOIN brief ON brief.id = ruling.brief
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(dispute)s::bigint IS NULL OR ruling.dispute = %(dispute)s)
  AND (%(brief)s::text IS NULL OR brief.number = %(brief)s)
  AND (%(matter)s::text IS NULL OR precedent.matter = %(matter)s)
  AND (%(before)s::bigint IS NULL OR ruling.id < %(before)s)
ORDER BY ruling.id DESC
LIMIT %(limit)s
