-- name: set_facts
-- Facts of the demo city, each as JSON.
INSERT INTO setting (key, value) SELECT key, value FROM jsonb_each(%(facts)s::jsonb)
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value

-- name: put_departments
-- Departments from an array of [code, name, name_zh, platform].
INSERT INTO department (code, name, name_zh, platform)
SELECT row ->> 0, row ->> 1, row ->> 2, row ->> 3 FROM jsonb_array_elements(%(rows)s::jsonb) AS row
ON CONFLICT (code) DO NOTHING

-- name: put_bodies
-- Territorial bodies from an object of cell code to name.
INSERT INTO territorial_body (cell, name) SELECT key, value FROM jsonb_each_text(%(bodies)s::jsonb)
