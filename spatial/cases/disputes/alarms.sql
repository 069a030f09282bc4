-- name: raise_alarms
-- The missing days of open disputes over the age limit: the first day from when it grew too old, each later one
-- from the city's midnight. Days are written without a gap, so the last one tells where to go on.
WITH city AS (
    SELECT (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS zone,
           (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'dispute_age_limit') AS age
), old AS (
    SELECT dispute.id, dispute.entered_at + city.age AS since, city.zone,
           (SELECT max(day) FROM dispute_alarm WHERE dispute_alarm.dispute = dispute.id) AS told
    FROM dispute CROSS JOIN city
    WHERE dispute.state = 'open' AND dispute.entered_at + city.age <= %(now)s
      AND (%(dispute)s::bigint IS NULL OR dispute.id = %(dispute)s)
)
INSERT INTO dispute_alarm (dispute, day, due_at)
SELECT old.id, missing::date, greatest(old.since, missing AT TIME ZONE old.zone)
FROM old
CROSS JOIN LATERAL generate_series(
    coalesce(old.told + 1, (old.since AT TIME ZONE old.zone)::date)::timestamp,
    (%(now)s::timestamptz AT TIME ZONE old.zone)::date::timestamp,
    interval '1 day') AS missing
ORDER BY missing, old.id
LIMIT %(limit)s
ON CONFLICT (dispute, day) DO NOTHING

-- name: alarms
-- The list of a city day within a reach, longest waiting first.
SELECT alarm.dispute, dispute.case_no, alarm.day, alarm.due_at, dispute.entered_at, case_file.category AS matter,
       dispute.state, brief.number AS brief
FROM dispute_alarm AS alarm
JOIN dispute ON dispute.id = alarm.dispute
JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
LEFT JOIN brief ON brief.id = dispute.brief
WHERE alarm.day = %(day)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND (%(after)s::timestamptz IS NULL OR (dispute.entered_at, dispute.id) > (%(after)s, %(after_id)s))
ORDER BY dispute.entered_at, dispute.id
LIMIT %(limit)s

-- name: city_day
-- The city's calendar day at a moment.
SELECT (%(at)s::timestamptz AT TIME ZONE (value #>> '{}'))::date FROM setting WHERE key = 'time_zone'
