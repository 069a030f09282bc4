-- The seven steps whole: states, acts, tiers, sub-tasks, clocks. What a case holds for them; its words lie in case_note.

INSERT INTO case_state (state, step) VALUES
    ('captured', 'found'), ('own_handling', 'own_level'), ('handling', 'handed_over'), ('suspended', 'handed_over'),
    ('submitted', 'done'), ('called_back', 'called_back'),
    ('void', 'done'), ('merged', 'done');   -- ends; a step is what people see, and they see it is over

INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('captured', 'report', 'reported'),
    ('reported', 'void', 'void'), ('filed', 'void', 'void'), ('returned', 'void', 'void'),
    ('reported', 'verify_report', 'reported'), ('filed', 'verify_report', 'filed'),
    ('reported', 'handle_own', 'own_handling'), ('filed', 'handle_own', 'own_handling'),
    ('own_handling', 'solve_own', 'closed'), ('own_handling', 'hand_over', 'filed'),
    ('reported', 'escalate', 'reported'), ('filed', 'escalate', 'filed'), ('own_handling', 'escalate', 'filed'),
    ('returned', 'escalate', 'returned'), ('pending', 'escalate', 'pending'), ('handling', 'escalate', 'handling'),
    ('filed', 'order_down', 'filed'), ('returned', 'order_down', 'returned'), ('reported', 'order_down', 'reported'),
    ('pending', 'order_down', 'pending'), ('handling', 'order_down', 'handling'),
    ('own_handling', 'order_down', 'own_handling'),   -- the level below is the one that sets about it then
    ('own_handling', 'void', 'void'), ('own_handling', 'merge', 'merged'), ('own_handling', 'supervise', 'own_handling'),
    ('pending', 'receive', 'handling'), ('handling', 'submit', 'submitted'),
    ('pending', 'finish_task', 'pending'), ('handling', 'finish_task', 'handling'), ('submitted', 'finish_task', 'submitted'),
    ('submitted', 'verify_result', 'closed'), ('submitted', 'verify_result', 'handling'),
    ('pending', 'extend', 'pending'), ('handling', 'extend', 'handling'),
    ('handling', 'suspend', 'suspended'), ('pending', 'suspend', 'suspended'), ('suspended', 'resume', 'handling'),
    ('suspended', 'resume', 'pending'),
    ('pending', 'supervise', 'pending'), ('handling', 'supervise', 'handling'), ('submitted', 'supervise', 'submitted'),
    ('returned', 'supervise', 'returned'), ('disputed', 'supervise', 'disputed'), ('filed', 'supervise', 'filed'),
    ('reported', 'supervise', 'reported'), ('suspended', 'supervise', 'suspended'),
    ('ruled', 'dispute', 'disputed'), ('handling', 'dispute', 'disputed'),   -- only where the lead has ended
    ('reported', 'merge', 'merged'), ('filed', 'merge', 'merged'), ('returned', 'merge', 'merged'), ('pending', 'merge', 'merged'),
    ('handling', 'merge', 'merged'), ('merged', 'split', 'returned'), ('merged', 'split', 'pending'), ('merged', 'split', 'handling'),
    ('merged', 'split', 'own_handling'),
    ('merged', 'split', 'reported'), ('merged', 'split', 'filed'),
    ('closed', 'call_back', 'called_back'), ('closed', 'reopen', 'handling'), ('closed', 'reopen', 'returned'),
    ('called_back', 'reopen', 'handling'), ('called_back', 'reopen', 'returned'),
    ('evaluated', 'reopen', 'handling'), ('evaluated', 'reopen', 'returned'),
    ('closed', 'evaluate', 'evaluated'), ('called_back', 'evaluate', 'evaluated'),
    ('closed', 'appeal', 'closed'), ('called_back', 'appeal', 'called_back'), ('evaluated', 'appeal', 'evaluated');

-- A report that was solved where it was found begins closed: captured by the officer, closed with how it was solved.
ALTER TABLE case_file
    ADD COLUMN tier smallint,                          -- the grid rank that holds it now; NULL outside the grid
    ADD COLUMN tier_since timestamptz,
    ADD COLUMN filed_at timestamptz,
    ADD COLUMN dispatched_at timestamptz,              -- the last time: the case's own clock starts there
    ADD COLUMN taken_at timestamptz,                   -- the lead unit opened it
    ADD COLUMN submitted_at timestamptz,
    ADD COLUMN closed_at timestamptz,                  -- the last time
    ADD COLUMN ended_at timestamptz,                   -- void, merged
    ADD COLUMN outcome text CHECK (outcome IN ('fixed', 'not_fixed', 'no_action_needed', 'not_possible', 'not_found')),
    ADD COLUMN is_self_solved boolean NOT NULL DEFAULT false,
    ADD COLUMN reworks smallint NOT NULL DEFAULT 0,    -- failed result checks
    ADD COLUMN reopens smallint NOT NULL DEFAULT 0,
    ADD COLUMN extensions smallint NOT NULL DEFAULT 0 CHECK (extensions BETWEEN 0 AND 2),
    ADD COLUMN suspensions smallint NOT NULL DEFAULT 0 CHECK (suspensions BETWEEN 0 AND 1),
    ADD COLUMN appeals smallint NOT NULL DEFAULT 0 CHECK (appeals BETWEEN 0 AND 1),
    ADD COLUMN limit_amount numeric CHECK (limit_amount > 0),
    ADD COLUMN limit_unit text CHECK (limit_unit IN ('urgent_hour', 'working_hour', 'working_day', 'calendar_day')),
    ADD COLUMN due_reason text NOT NULL DEFAULT 'provisional',   -- provisional, standard <id>, matter, extension <n>, ...
    ADD COLUMN paused_since timestamptz,
    ADD COLUMN merged_into text,
    ADD COLUMN supporters integer NOT NULL DEFAULT 0,  -- others who reported the same
    ADD CONSTRAINT case_file_pause_is_suspension CHECK ((state = 'suspended') = (paused_since IS NOT NULL)),
    ADD CONSTRAINT case_file_merged_into_another CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    ADD CONSTRAINT case_file_handled_by_somebody CHECK (state NOT IN ('handling', 'suspended', 'submitted') OR lead IS NOT NULL),
    ADD CONSTRAINT case_file_closed_when CHECK (state NOT IN ('closed', 'called_back', 'evaluated') OR closed_at IS NOT NULL OR is_history),
    ADD CONSTRAINT case_file_ended_when CHECK ((state IN ('void', 'merged')) = (ended_at IS NOT NULL));

-- How long each tier held a case, one row for each that has let it go; who holds it now stands in the case itself
-- (tier, tier_since). Together they are the case's own time, to the microsecond.
CREATE TABLE case_tier (
    district text NOT NULL,
    case_no  text NOT NULL,
    ordinal  smallint NOT NULL,
    tier     smallint NOT NULL,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL CHECK (until >= since),
    PRIMARY KEY (district, case_no, ordinal),
    FOREIGN KEY (district, case_no) REFERENCES case_file,
    CONSTRAINT case_tier_one_at_a_time
        EXCLUDE USING gist (district WITH =, case_no WITH =, tstzrange(since, until) WITH &&)
);
UPDATE case_file SET tier = cardinality(current_path), tier_since = received_at WHERE cardinality(current_path) > 0;
-- What was filed and handed over before these moments were kept: the log knows when.
UPDATE case_file SET filed_at = told.filed_at, dispatched_at = told.dispatched_at
FROM (SELECT district, subject_id AS case_no, max(at) FILTER (WHERE kind = 'case.filed') AS filed_at,
             max(at) FILTER (WHERE kind = 'case.dispatched') AS dispatched_at
      FROM event WHERE subject = 'case' AND kind IN ('case.filed', 'case.dispatched') GROUP BY district, subject_id) AS told
WHERE told.district = case_file.district AND told.case_no = case_file.case_no;
UPDATE case_file SET filed_at = received_at WHERE state = 'filed' AND filed_at IS NULL;   -- sorted or recalled into it
UPDATE case_file SET dispatched_at = received_at WHERE state = 'pending' AND dispatched_at IS NULL;

-- One lead with any number of assisting units, each with a sub-task and a deadline of its own.
CREATE TABLE case_task (
    district     text NOT NULL,
    case_no      text NOT NULL,
    ordinal      smallint NOT NULL,
    unit         text NOT NULL,
    part         text NOT NULL CHECK (part IN ('lead', 'assist')),
    is_mandatory boolean NOT NULL DEFAULT true,
    due_at       timestamptz,
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'cancelled')),
    opened_at    timestamptz NOT NULL,
    ended_at     timestamptz,
    is_open      boolean GENERATED ALWAYS AS (CASE WHEN state = 'open' THEN true END) STORED,
    department   text GENERATED ALWAYS AS (CASE WHEN NOT starts_with(unit, '@') THEN unit END) STORED REFERENCES department,
    cell         text GENERATED ALWAYS AS (CASE WHEN starts_with(unit, '@') THEN substr(unit, 2) END) STORED REFERENCES cell,
    PRIMARY KEY (district, case_no, ordinal),
    FOREIGN KEY (district, case_no) REFERENCES case_file,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CONSTRAINT case_task_one_open_a_unit UNIQUE (district, case_no, unit, is_open)   -- not open is NULL, and no two are one
);
CREATE INDEX case_task_unit ON case_task (unit) WHERE state = 'open';

GRANT SELECT, INSERT, UPDATE, DELETE ON case_task TO gridmaps_app;
REVOKE UPDATE, DELETE ON case_tier FROM gridmaps_app;   -- what a tier held stays as it was

-- A unit's own assignments: who asked for the task, NULL for whoever dispatched the case. It revokes them before "not mine".
ALTER TABLE case_task ADD COLUMN assigned_by text;
INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('pending', 'assign_task', 'pending'), ('handling', 'assign_task', 'handling'),
    ('pending', 'revoke_task', 'pending'), ('handling', 'revoke_task', 'handling');

-- A unit is a department's code or '@' and a cell's: whole it can refer to neither, each of its halves can.
ALTER TABLE case_file
    ADD COLUMN lead_department text REFERENCES department
        GENERATED ALWAYS AS (CASE WHEN NOT starts_with(lead, '@') THEN lead END) STORED,
    ADD COLUMN lead_cell text REFERENCES cell
        GENERATED ALWAYS AS (CASE WHEN starts_with(lead, '@') THEN substr(lead, 2) END) STORED;
ALTER TABLE case_return ADD FOREIGN KEY (district, case_no) REFERENCES case_file;
ALTER TABLE case_decision ADD FOREIGN KEY (district, case_no) REFERENCES case_file;
-- One dispute a case is open: what is not open is NULL, and no two of those are one.
DROP INDEX dispute_one_open_a_case;
ALTER TABLE dispute
    ADD COLUMN is_open boolean GENERATED ALWAYS AS (CASE WHEN state = 'open' THEN true END) STORED,
    ADD CONSTRAINT dispute_one_open_a_case UNIQUE (district, case_no, is_open);

-- No close while a mandatory task is open: counted in the case itself by whatever writes tasks
-- (spatial/cases/lifecycle/tasks.py), so that a constraint can hold it.
ALTER TABLE case_file
    ADD COLUMN open_tasks smallint NOT NULL DEFAULT 0 CHECK (open_tasks >= 0),   -- mandatory ones
    ADD COLUMN archived_at timestamptz,                                          -- it is in the library for good
    ADD CONSTRAINT case_file_closed_without_tasks
        CHECK (state NOT IN ('closed', 'called_back', 'evaluated', 'void', 'merged') OR open_tasks = 0),
    ADD CONSTRAINT case_file_closed_with_outcome
        CHECK (state NOT IN ('closed', 'called_back', 'evaluated') OR outcome IS NOT NULL OR is_history),
    -- Skipping the hand-over is legal only where the own level solved it.
    ADD CONSTRAINT case_file_closed_by_somebody
        CHECK (state NOT IN ('closed', 'called_back', 'evaluated') OR lead IS NOT NULL OR is_self_solved OR is_history),
    ADD CONSTRAINT case_file_self_solved_is_over
        CHECK (NOT is_self_solved OR state IN ('closed', 'called_back', 'evaluated') AND outcome = 'fixed'),
    ADD CONSTRAINT case_file_handled_when_dispatched
        CHECK (state NOT IN ('handling', 'suspended', 'submitted') OR dispatched_at IS NOT NULL OR is_history),
    ADD CONSTRAINT case_file_filed_when CHECK (state <> 'filed' OR filed_at IS NOT NULL),
    ADD CONSTRAINT case_file_ruled_by_a_ruling CHECK (state <> 'ruled' OR ruling IS NOT NULL),
    ADD CONSTRAINT case_file_submitted_with_outcome
        CHECK (state <> 'submitted' OR outcome IS NOT NULL AND submitted_at IS NOT NULL),
    ADD CONSTRAINT case_file_merged_into_no_self CHECK (merged_into <> case_no),
    ADD CONSTRAINT case_file_counts CHECK (least(returns, reworks, reopens, supporters) >= 0),
    -- Who has a case sees it: departments by their names in `holders`, territory by its path.
    ADD CONSTRAINT case_file_seen_by_its_lead CHECK (lead IS NULL OR starts_with(lead, '@') OR lead = ANY (holders)),
    ADD CONSTRAINT case_file_seen_by_its_units CHECK (holders <@ (assisting || lead)),
    ADD CONSTRAINT case_file_lead_is_no_helper CHECK (lead IS NULL OR lead <> ALL (assisting)),
    ADD CONSTRAINT case_file_tier_is_a_rank CHECK (tier BETWEEN 1 AND 9),
    ADD CONSTRAINT case_file_own_level_handles_alone CHECK (state <> 'own_handling' OR lead IS NULL),
    ADD CONSTRAINT case_file_tier_runs_while_open CHECK ((tier_since IS NOT NULL)
        = (tier IS NOT NULL AND state NOT IN ('closed', 'called_back', 'evaluated', 'void', 'merged')));
-- Cases that were handed over before there were tasks: each unit that has one has a task.
INSERT INTO case_task (district, case_no, ordinal, unit, part, due_at, opened_at)
SELECT district, case_no, row_number() OVER (PARTITION BY district, case_no ORDER BY place), handed.unit,
       CASE WHEN place = 1 THEN 'lead' ELSE 'assist' END, due_at, received_at
FROM case_file, unnest(array_prepend(lead, assisting)) WITH ORDINALITY AS handed(unit, place)
WHERE lead IS NOT NULL AND state = 'pending';
UPDATE case_file SET open_tasks = 1 + cardinality(assisting) WHERE lead IS NOT NULL AND state = 'pending';

-- Asked for, and then decided: more time (at most twice), a pause (once, to a year), an appeal against a delay (once,
-- with two reviews). Refusals do not count.
CREATE TABLE case_request (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district   text NOT NULL,
    case_no    text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('extension', 'suspension', 'appeal')),
    unit       text NOT NULL,
    until      timestamptz,                   -- of a suspension: when it ends by itself
    asked_at   timestamptz NOT NULL,
    asked_by   text NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'withdrawn')),
    reviewed_at timestamptz,                  -- of an appeal: the first of its two reviews
    reviewed_by text,
    decided_at timestamptz,
    decided_by text,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((kind = 'suspension') = (until IS NOT NULL)),
    CHECK (until IS NULL OR until > asked_at),
    CHECK (kind <> 'appeal' OR state <> 'approved' OR reviewed_by IS NOT NULL AND reviewed_by <> decided_by)
);
CREATE UNIQUE INDEX case_request_one_open ON case_request (district, case_no, kind) WHERE state = 'open';
CREATE INDEX case_request_case ON case_request (district, case_no);

-- Pictures of acts: what a look at the place found (near, far, reference, before), what it looks like when it is done (after).
CREATE TABLE case_photo (
    district text NOT NULL,
    case_no  text NOT NULL,
    sha256   text NOT NULL REFERENCES photo,
    kind     text NOT NULL CHECK (kind IN ('near', 'far', 'reference', 'before', 'after')),
    act      text NOT NULL CHECK ((kind = 'after') = (act <> 'verify_report')),
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    taken_at timestamptz,                     -- and where, as far as it is told
    position geometry(Point, 4326),
    PRIMARY KEY (district, case_no, sha256, kind),
    FOREIGN KEY (district, case_no) REFERENCES case_file
);
CREATE INDEX case_photo_photo ON case_photo (sha256);
-- Those of a report say what they show, and when and where they were taken, as far as their sender tells it.
ALTER TABLE report_photo
    ADD COLUMN kind text CHECK (kind IN ('near', 'far', 'reference', 'before')),
    ADD COLUMN taken_at timestamptz,
    ADD COLUMN position geometry(Point, 4326);

-- When a unit or a community has solved one of these itself, it archives itself; a class does as its category does.
ALTER TABLE matter ADD COLUMN archives_itself boolean NOT NULL DEFAULT false;

-- Three daily outcomes: something was reported, something was solved on the spot, nothing happened.
DROP VIEW unit_activity;
CREATE VIEW unit_activity AS
    SELECT unit, received_at, (NOT born_closed)::integer AS reports, born_closed::integer AS self_solved, 0 AS all_clears
    FROM (SELECT unit, received_at, is_self_solved AND closed_at = received_at AS born_closed
          FROM case_file WHERE unit IS NOT NULL AND NOT is_history) AS filed
    UNION ALL
    SELECT unit, received_at, 0, 0, 1
    FROM check_in WHERE counts;

GRANT SELECT, INSERT, UPDATE, DELETE ON case_request, case_photo TO gridmaps_app;
GRANT SELECT ON unit_activity TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;

-- Whether a report is so is looked at where it is (核实), when the centre asks for it.
INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('reported', 'ask_check', 'reported'), ('filed', 'ask_check', 'filed');
INSERT INTO setting (key, value) VALUES
    ('report_check_limit', '{"amount": 24, "unit": "urgent_hour"}'),
    ('fringe_dispatch_limit', '{"amount": 2, "unit": "working_hour"}'),   -- filing and dispatch, in the fringe
    ('most_extensions', '2'),           -- a district may allow fewer, and none is stored beyond
    ('longest_suspension', '"P365D"');  -- a district may allow less
-- The urban-rural fringe (城乡结合部): cells of any level; what lies in one has more time to be filed and dispatched.
CREATE TABLE fringe_cell (cell text PRIMARY KEY);
GRANT SELECT, INSERT, UPDATE, DELETE ON fringe_cell TO gridmaps_app;
-- No limit of a step runs while a case waits for a ruling or a provider, or is over; everywhere else one does.
ALTER TABLE case_file
    DROP CONSTRAINT case_file_check1,   -- both deadlines always
    ADD CONSTRAINT case_file_has_its_deadlines CHECK (is_history OR due_at IS NOT NULL
        AND (step_due_at IS NOT NULL OR state NOT IN ('reported', 'filed', 'own_handling', 'pending', 'returned',
                                                      'handling', 'submitted', 'suspended')));
UPDATE case_file SET step_due_at = NULL WHERE state IN ('disputed', 'ruled', 'referred') AND step_due_at IS NOT NULL;

-- Asked for and refused, a suspension leaves its case where it is.
INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('handling', 'suspend', 'handling'), ('pending', 'suspend', 'pending');

-- What resolutions read, anew. Rows are found by one condition that each of the three partial indexes proves a part of:
-- apart, the rows for cells were also looked for by their matter alone, and a matter has thousands. Plain json, which is
-- written as it is read; ranks and levels have names that the asker knows.
DROP FUNCTION responsibility_ground;
CREATE FUNCTION responsibility_ground(lons float8[], lats float8[], widths float8[], heights float8[],
                                      matters text[], cells text[]) RETURNS json
LANGUAGE plpgsql STABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    near   json;
    ids    bigint[];
    rows   json;
    titles json;
    bodies json;
BEGIN
    -- Whose box meets the box around a position; the border rule judges.
    SELECT json_agg(json_build_array(asked.i - 1, id, kind, code, name, recorded_at,
                                     nullif(lower(during), '-infinity'), nullif(upper(during), 'infinity'))),
           array_agg(id)
    INTO near, ids
    FROM unnest(lons, lats, widths, heights) WITH ORDINALITY AS asked(lon, lat, width, height, i)
    JOIN jurisdiction ON geom && ST_MakeEnvelope(lon - width, lat - height, lon + width, lat + height, 4326);

    SELECT json_agg(json_build_array(id, matter, place_kind, place_level, place_cell, place_jurisdiction, lead, assisting,
                                     supervising, priority, basis, nullif(lower(during), '-infinity'),
                                     nullif(upper(during), 'infinity'), nullif(adopted_at, '-infinity')))
    INTO rows FROM responsibility
    WHERE state = 'in_force' AND matter = ANY(matters)
      AND (place_kind = 'level' OR (place_kind = 'cell' AND place_cell = ANY(cells))
           OR (place_kind = 'jurisdiction' AND place_jurisdiction = ANY(ids)));

    SELECT json_agg(json_build_array(code, name, rank, path, nullif(lower(during), '-infinity'),
                                     nullif(upper(during), 'infinity'))
                    ORDER BY nullif(lower(during), '-infinity') NULLS FIRST)
    INTO titles FROM cell_version WHERE code = ANY(cells);

    SELECT json_agg(json_build_array(cell, name, nullif(lower(during), '-infinity'), nullif(upper(during), 'infinity'))
                    ORDER BY nullif(lower(during), '-infinity') NULLS FIRST)
    INTO bodies FROM territorial_body WHERE cell = ANY(cells);
    RETURN json_build_array(near, rows, titles, bodies);
END $$;
