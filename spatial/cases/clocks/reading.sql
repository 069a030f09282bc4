-- name: clock_settings
-- The time zone, the name of the calendar as it stands, and the limits of the steps.
SELECT (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone') AS time_zone,
       (SELECT value #>> '{}' FROM setting WHERE key = 'calendar_revision') AS revision,
       (SELECT jsonb_object_agg(key, value) FROM setting
        WHERE key IN ('file_dispatch_limit', 'receive_limit', 'result_check_limit')) AS limits

-- name: calendar_days
-- All days that are not as their weekday says.
SELECT day, kind FROM calendar_day ORDER BY day

-- name: known_years
-- The years whose holidays somebody has told.
SELECT year FROM calendar_year ORDER BY year

-- name: working_hours
-- All spans of working hours, in minutes of the wall clock.
SELECT district, lower(during) AS since, upper(during) AS until,
       (SELECT jsonb_agg(jsonb_build_array(lower(span), upper(span)) ORDER BY lower(span)) FROM unnest(hours) AS span)
           AS hours
FROM working_hours ORDER BY district, during
