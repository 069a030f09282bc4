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
    ('pending', 'receive', 'handling'), ('handling', 'submit', 'submitted'),
    ('pending', 'finish_task', 'pending'), ('handling', 'finish_task', 'handling'), ('submitted', 'finish_task', 'submitted'),
    ('submitted', 'verify_result', 'closed'), ('submitted', 'verify_result', 'handling'),
    ('pending', 'extend', 'pending'), ('handling', 'extend', 'handling'),
    ('handling', 'suspend', 'suspended'), ('pending', 'suspend', 'suspended'), ('suspended', 'resume', 'handling'),
    ('suspended', 'resume', 'pending'),
    ('pending', 'supervise', 'pending'), ('handling', 'supervise', 'handling'), ('submitted', 'supervise', 'submitted'),
    ('returned', 'supervise', 'returned'), ('disputed', 'supervise', 'disputed'), ('filed', 'supervise', 'filed'),
    ('reported', 'supervise', 'reported'), ('suspended', 'supervise', 'suspended'),
    ('reported', 'merge', 'merged'), ('filed', 'merge', 'merged'), ('returned', 'merge', 'merged'), ('pending', 'merge', 'merged'),
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
    PRIMARY KEY (district, case_no, ordinal)
);
UPDATE case_file SET tier = cardinality(current_path), tier_since = received_at WHERE cardinality(current_path) > 0;

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
    PRIMARY KEY (district, case_no, ordinal),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE INDEX case_task_unit ON case_task (unit) WHERE state = 'open';

GRANT SELECT, INSERT, UPDATE, DELETE ON case_tier, case_task TO gridmaps_app;
