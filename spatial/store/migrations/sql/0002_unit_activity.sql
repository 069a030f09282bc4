-- What units said, one row a saying, so that a day's silence can tell early from late and ask by time, with the
-- indexes on received_at behind it. Both sides count: a report, or an all-clear that counts.
DROP VIEW unit_activity;
CREATE VIEW unit_activity AS
    SELECT unit, received_at, 1 AS reports, 0 AS all_clears
    FROM case_file WHERE unit IS NOT NULL AND NOT is_history
    UNION ALL
    SELECT unit, received_at, 0, 1
    FROM check_in WHERE counts;
GRANT SELECT ON unit_activity TO gridmaps_app;
