-- name: people_and_rules
-- Departments, categories, bodies, the case prefix and four people of the tiny town.
INSERT INTO department (code, name, name_zh) VALUES
    ('sanitation', 'Sanitation', '环卫'), ('roads', 'Roads', '市政'), ('order', 'Public order', '执法');
INSERT INTO category (code, name, name_zh, department, step_limit, due_limit) VALUES
    ('litter', 'Exposed litter', '暴露垃圾', 'sanitation', interval '30 minutes', interval '1 day'),
    ('pothole', 'Pothole', '道路破损', 'roads', interval '1 hour', interval '5 days'),
    ('stall', 'Stall on the street', '店外经营', 'order', interval '1 hour', interval '2 days');
INSERT INTO territorial_body (cell, name) VALUES
    ('330199', 'Tiny town district office'),
    ('330199001', 'South street office'), ('330199002', 'North street office'),
    ('330199001001', 'Willow community committee'), ('330199001002', 'Bridge community committee'),
    ('330199002001', 'Temple community committee'), ('330199002002', 'Hill community committee');
INSERT INTO case_prefix (district, prefix) VALUES ('330199', '330199'), ('000000', '000000') ON CONFLICT DO NOTHING;
INSERT INTO account (login, name, role, password_hash, cells, created_at) VALUES
    ('administrator', 'Ada Administrator', 'administrator', %(password_hash)s, NULL, '2025-01-01T00:00:00Z'),
    ('operator', 'Otto Operator', 'centre_operator', %(password_hash)s, NULL, '2025-01-01T00:00:00Z'),
    ('officer', 'Olga Officer', 'grid_officer', %(password_hash)s, ARRAY['330199001001'], '2025-01-01T00:00:00Z'),
    ('planner', 'Paul Planner', 'planner', %(password_hash)s, NULL, '2025-01-01T00:00:00Z');
UPDATE setting SET value = '"Tiny town"' WHERE key = 'city_name';

-- name: cells_in_force
-- Every cell in force now, with its geometry as WKB.
SELECT code, rank, parent, ST_AsBinary(geom) AS wkb FROM cell_version WHERE upper_inf(during) ORDER BY rank, code;

-- name: accepted_dirt
-- Whether an import of this database was accepted although its coverage was not clean.
SELECT EXISTS (SELECT FROM grid_finding);

-- name: all_chains
-- Every case that was filed, to be compared with the chains of the log.
SELECT district, case_no FROM case_file ORDER BY district, case_no;
