-- name: weights_at
-- The weights in force at a moment: the last that were set for each indicator.
SELECT DISTINCT ON (dimension, indicator) dimension, indicator, weight, in_force_from, recorded_by
FROM score_weight WHERE in_force_from <= %(at)s ORDER BY dimension, indicator, in_force_from DESC

-- name: set_weights
-- New weights of one dimension from a moment on; what is not named weighs nothing from then on.
INSERT INTO score_weight (dimension, indicator, weight, in_force_from, recorded_by)
SELECT %(dimension)s, indicator, max(weight), %(now)s, %(actor)s
FROM (
    SELECT key AS indicator, value::numeric AS weight FROM jsonb_each_text(%(weights)s::jsonb)
    UNION ALL SELECT indicator, 0 FROM score_weight WHERE dimension = %(dimension)s
    ) AS wanted
GROUP BY indicator
ON CONFLICT (dimension, indicator, in_force_from) DO UPDATE SET weight = excluded.weight, recorded_by = excluded.recorded_by

-- name: grades
-- The grades in force at a moment, best first: the last whole set.
SELECT code, name, name_zh, at_least FROM score_grade
WHERE in_force_from = (SELECT max(in_force_from) FROM score_grade WHERE in_force_from <= %(at)s)
ORDER BY at_least DESC

-- name: clear_grades
-- Room for other grades of the same moment.
DELETE FROM score_grade WHERE in_force_from = %(now)s

-- name: insert_grades
-- Other grades from a moment on.
INSERT INTO score_grade (code, name, name_zh, at_least, in_force_from)
SELECT code, name, name_zh, at_least, %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(code text, name text, name_zh text, at_least numeric)
