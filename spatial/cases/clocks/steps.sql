-- name: step_settings
-- The limits of steps that depend on the place or on what is asked, and the cells of the urban-rural fringe.
SELECT (SELECT jsonb_object_agg(key, value) FROM setting
        WHERE key IN ('report_check_limit', 'fringe_dispatch_limit')) AS limits,
       ARRAY(SELECT cell FROM fringe_cell ORDER BY cell) AS fringe
