-- name: people_and_rules
-- Departments, matters with who answers for each, bodies, the case prefix and the people of the tiny town.
INSERT INTO department (code, name, name_zh) VALUES
    ('sanitation', 'Sanitation', '环卫'), ('roads', 'Roads', '市政'), ('order', 'Public order', '执法');
INSERT INTO matter (code, name, name_zh, platform, step_limit, due_limit) VALUES
    ('litter', 'Exposed litter', '暴露垃圾', 'service', interval '30 minutes', interval '1 day'),
    ('pothole', 'Pothole', '道路破损', 'service', interval '1 hour', interval '5 days'),
    ('stall', 'Stall on the street', '店外经营', 'enforcement', interval '1 hour', interval '2 days');
INSERT INTO responsibility (matter, place_kind, place_level, lead, basis, during, adopted_at, recorded_at, recorded_by)
SELECT matter, 'level', 1, lead, 'duty list of the tiny town', '(,)', '-infinity', '2025-01-01T00:00:00Z', 'system'
FROM (VALUES ('litter', 'sanitation'), ('pothole', 'roads'), ('stall', 'order')) AS duty(matter, lead);
INSERT INTO territorial_body (cell, name) VALUES
    ('330199', 'Tiny town district office'),
    ('330199001', 'South street office'), ('330199002', 'North street office'),
    ('330199001001', 'Willow community committee'), ('330199001002', 'Bridge community committee'),
    ('330199002001', 'Temple community committee'), ('330199002002', 'Hill community committee');
INSERT INTO case_prefix (district, prefix) VALUES ('330199', '330199'), ('000000', '000000') ON CONFLICT DO NOTHING;
INSERT INTO account (login, name, password_hash, created_at)
SELECT login, name, %(password_hash)s, '2025-01-01T00:00:00Z' FROM (VALUES
    (1, 'administrator', 'Ada Administrator'), (2, 'operator', 'Otto Operator'), (3, 'officer', 'Olga Officer'),
    (4, 'planner', 'Paul Planner'), (5, 'clerk', 'Clara Clerk'), (6, 'clerk2', 'Curt Clerk'),
    (7, 'handler', 'Hanna Handler'), (8, 'sweeper', 'Sam Sweeper'), (9, 'panel', 'Petra Panel'),
    (10, 'panel2', 'Piet Panel'), (11, 'supervisor', 'Sue Supervisor'), (12, 'leader', 'Leo Leader'),
    (13, 'citizen', 'Cilla Citizen')) AS person(ordinal, login, name)
ORDER BY ordinal;
INSERT INTO posting (account, role, cell, department, during, granted_by, granted_at)
SELECT account.id, role, cell, department, tstzrange('2025-01-01T00:00:00Z', NULL), 'system', '2025-01-01T00:00:00Z'
FROM (VALUES
    ('administrator', 'administrator', NULL, NULL), ('operator', 'centre_operator', NULL, NULL),
    ('officer', 'grid_officer', '330199001001', NULL), ('planner', 'planner', NULL, NULL),
    ('clerk', 'street_clerk', '330199001', NULL), ('clerk2', 'street_clerk', '330199002', NULL),
    ('handler', 'department_handler', NULL, 'roads'), ('sweeper', 'department_handler', NULL, 'sanitation'),
    ('panel', 'panel_member', NULL, NULL), ('panel2', 'panel_member', NULL, NULL),
    ('supervisor', 'supervisor', NULL, NULL), ('leader', 'grid_leader', '330199001001', NULL),
    ('citizen', 'citizen', NULL, NULL)) AS posted(login, role, cell, department)
JOIN account USING (login);
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

-- name: standings
-- Where every case stands, with the rows that must agree with it.
SELECT district, case_no, state, lead, assisting, holders, returns, tier, tier_since, received_at, open_tasks,
       ARRAY(SELECT unit FROM case_task AS task WHERE task.district = case_file.district
             AND task.case_no = case_file.case_no AND task.state = 'open' ORDER BY ordinal) AS open_units,
       (SELECT count(*) FROM case_task AS task WHERE task.district = case_file.district
        AND task.case_no = case_file.case_no AND task.state = 'open' AND task.is_mandatory) AS mandatory_units,
       (SELECT coalesce(sum(until - since), interval '0') FROM case_tier AS held
        WHERE held.district = case_file.district AND held.case_no = case_file.case_no) AS held,
       (SELECT count(*) FROM dispute WHERE dispute.district = case_file.district
        AND dispute.case_no = case_file.case_no AND dispute.state = 'open') AS open_disputes,
       (SELECT count(*) FROM case_return AS given WHERE given.district = case_file.district
        AND given.case_no = case_file.case_no) AS rows_of_returns
FROM case_file;

-- name: warnings
-- Every case that has a deadline, with what its warning is reckoned from. Where the calendar and the rules are as they
-- were made, no edit lies between a warning and now; a case that is as it was filed is due by its limit from then on.
SELECT district, case_no, state, received_at, due_at, warn_at, limit_amount, limit_unit, extensions, due_reason,
       NOT EXISTS (SELECT FROM calendar_day) AND (SELECT count(*) = 1 FROM working_hours)
       AND NOT EXISTS (SELECT FROM colour_rule WHERE round(used_share, 6) <> 0.666667 OR units_left <> 1) AS is_unedited,
       state = 'reported' AND starts_with(due_reason, 'provisional') AS is_as_filed
FROM case_file WHERE due_at IS NOT NULL ORDER BY case_no;
