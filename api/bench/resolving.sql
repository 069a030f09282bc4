-- name: peer_leads
-- Who leads in a matter at a point, in one statement: what applies there, what nothing beats, priorities.
WITH here AS (
    SELECT path FROM cell_version
    WHERE rank = (SELECT max(rank) FROM grid_level) AND during @> %(at)s::timestamptz
      AND ST_Intersects(geom, ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326)) LIMIT 1
), applies AS (
    SELECT r.lead, r.priority, CASE m.rank WHEN 'minor' THEN 3 WHEN 'major' THEN 2 ELSE 1 END AS matter_rank,
           CASE r.place_kind WHEN 'level' THEN r.place_level WHEN 'cell' THEN c.rank
                ELSE CASE j.kind WHEN 'polygon' THEN 6 ELSE 7 END END AS place_rank
    FROM here CROSS JOIN responsibility AS r JOIN matter AS m ON m.code = r.matter
    LEFT JOIN jurisdiction AS j ON j.id = r.place_jurisdiction LEFT JOIN cell AS c ON c.code = r.place_cell
    WHERE r.matter = ANY(%(nodes)s::text[]) AND r.state = 'in_force' AND r.during @> %(at)s::timestamptz
      AND (r.place_kind = 'level' OR r.place_cell = ANY(here.path)
           OR ST_Intersects(j.geom, ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326)))
), front AS (
    SELECT *, max(priority) OVER () AS highest FROM applies AS a
    WHERE NOT EXISTS (SELECT FROM applies AS b
                      WHERE b.matter_rank >= a.matter_rank AND b.place_rank >= a.place_rank
                        AND (b.matter_rank > a.matter_rank OR b.place_rank > a.place_rank))
)
SELECT coalesce(array_agg(DISTINCT CASE WHEN lead = '@street' THEN '@' || (SELECT path[2] FROM here) ELSE lead END), '{}')
FROM front WHERE highest IS NULL OR priority = highest
