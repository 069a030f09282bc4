-- name: take_paper_serial
-- The next serial of a kind of paper in the city's year at a moment.
INSERT INTO paper_serial AS taken (kind, year, next)
SELECT %(kind)s, extract(year FROM %(at)s::timestamptz AT TIME ZONE (value #>> '{}')), 2
FROM setting WHERE key = 'time_zone'
ON CONFLICT (kind, year) DO UPDATE SET next = taken.next + 1
RETURNING year, next - 1 AS serial
