-- Boards, joint conferences (联席会议), whistle and report-in (吹哨报到), the information library (信息库).

ALTER TABLE event DROP CONSTRAINT event_subject_check;
ALTER TABLE event ADD CONSTRAINT event_subject_check CHECK (subject ~ '^[a-z][a-z_]{0,31}$');

-- The boards of the district. `platforms` says whose cases a board gets when nobody chooses; at most one takes the rest.
CREATE TABLE conference_board (
    code       text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    ordinal    smallint NOT NULL,
    name       text NOT NULL CHECK (name <> ''),
    name_zh    text NOT NULL DEFAULT '',
    platforms  text[] NOT NULL DEFAULT '{}',
    is_default boolean NOT NULL DEFAULT false,
    is_in_use  boolean NOT NULL DEFAULT true,
    CHECK (is_in_use OR NOT is_default)
);
CREATE UNIQUE INDEX conference_board_one_default ON conference_board (is_default) WHERE is_default;
INSERT INTO conference_board (code, ordinal, name, name_zh, platforms, is_default) VALUES
    ('conduct', 1, 'Party conduct and clean government', '党风廉政', '{}', false),
    ('outreach', 2, 'Information and mobilisation', '宣传动员', '{}', false),
    ('personnel', 3, 'Organisation and personnel', '组织人才', '{}', false),
    ('economy', 4, 'Regional economic development', '区域经济发展', '{}', false),
    ('services', 5, 'Development of modern services', '现代服务业发展', '{}', false),
    ('livelihood', 6, 'Livelihood', '民生保障', '{service}', false),
    ('society', 7, 'Social administration', '社会管理', '{governance}', true),
    ('construction', 8, 'City construction and management', '城建城管', '{enforcement}', false),
    ('performance', 9, 'Performance review', '绩效考核', '{supervision}', false);

-- What opens a conference, and whether it does so by itself or waits for the centre to look.
CREATE TABLE conference_trigger (
    code         text PRIMARY KEY CHECK (code IN ('refusals', 'help', 'manual')),
    name         text NOT NULL,
    name_zh      text NOT NULL,
    opens_itself boolean NOT NULL,
    CHECK (code <> 'manual' OR NOT opens_itself)
);
INSERT INTO conference_trigger (code, name, name_zh, opens_itself) VALUES
    ('refusals', 'two units refused', '两个单位均不认领', true),
    ('help', 'deadline passed and the lead unit asks for help', '逾期且主办单位求助', true),
    ('manual', 'opened by hand', '人工启动', false);

-- The lead unit asks for help; one request stands for each time that it holds the case.
CREATE TABLE help_request (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district text NOT NULL,
    case_no  text NOT NULL,
    unit     text NOT NULL,
    asked_at timestamptz NOT NULL,
    actor    text NOT NULL,
    state    text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered'))
);
CREATE UNIQUE INDEX help_request_one_open_a_case ON help_request (district, case_no) WHERE state = 'open';

CREATE TABLE conference (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district   text NOT NULL,
    case_no    text NOT NULL,
    board      text NOT NULL REFERENCES conference_board,
    trigger    text NOT NULL REFERENCES conference_trigger,
    reason     text NOT NULL DEFAULT '',
    dispute    bigint REFERENCES dispute,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'ended')),
    due_since  timestamptz NOT NULL,           -- since when its trigger stood, not when somebody woke
    opened_at  timestamptz NOT NULL,
    opened_by  text NOT NULL,
    lead       text,
    assisting  text[] NOT NULL DEFAULT '{}',
    grounds    text NOT NULL DEFAULT '',
    ruling     bigint REFERENCES ruling,
    closed_at  timestamptz,
    closed_by  text,
    end_reason text NOT NULL DEFAULT '',
    CHECK (trigger <> 'manual' OR reason <> ''),
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((state = 'decided') = (lead IS NOT NULL)),
    CHECK (state <> 'decided' OR grounds <> ''),
    CHECK (ruling IS NULL OR state = 'decided'),
    CHECK (lead IS NULL OR NOT lead = ANY(assisting))
);
CREATE UNIQUE INDEX conference_one_open_a_case ON conference (district, case_no) WHERE state = 'open';
CREATE INDEX conference_case ON conference (district, case_no, id);
CREATE INDEX conference_board_state ON conference (board, state, id);

CREATE TABLE conference_member (
    conference bigint NOT NULL REFERENCES conference,
    ordinal    smallint NOT NULL,
    unit       text,
    person     text,
    PRIMARY KEY (conference, ordinal),
    CHECK (coalesce(unit, '') <> '' OR coalesce(person, '') <> '')
);
CREATE UNIQUE INDEX conference_member_once ON conference_member (conference, coalesce(unit, ''), coalesce(person, ''));

-- Minutes are added to, never rewritten: a correction is a later sheet, which says of which one; a sheet has one at most.
CREATE TABLE conference_minutes (
    conference  bigint NOT NULL REFERENCES conference,
    ordinal     smallint NOT NULL,
    held_at     timestamptz NOT NULL,
    text        text NOT NULL CHECK (text <> ''),
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    corrects    smallint,
    PRIMARY KEY (conference, ordinal),
    UNIQUE (conference, corrects),
    FOREIGN KEY (conference, corrects) REFERENCES conference_minutes,
    CHECK (corrects < ordinal)
);

CREATE TABLE conference_action (
    conference bigint NOT NULL REFERENCES conference,
    ordinal    smallint NOT NULL,
    owner      text NOT NULL,
    what       text NOT NULL CHECK (what <> ''),
    due_at     timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'cancelled')),
    note       text NOT NULL DEFAULT '',
    added_at   timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   text,
    chased_at  timestamptz,                    -- when its owner was told that it is overdue, once
    PRIMARY KEY (conference, ordinal),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX conference_action_open ON conference_action (owner, due_at) WHERE state = 'open';
CREATE INDEX conference_action_late ON conference_action (due_at) WHERE state = 'open' AND chased_at IS NULL;

-- The lead asks, the centre calls together; a decision takes the case from whoever has it, and dispatch hands it over.
INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('pending', 'ask_help', 'pending'), ('handling', 'ask_help', 'handling'),
    ('filed', 'confer', 'filed'), ('returned', 'confer', 'returned'),
    ('disputed', 'confer', 'disputed'), ('pending', 'confer', 'pending'), ('handling', 'confer', 'handling'),
    ('filed', 'decide', 'filed'), ('returned', 'decide', 'returned'), ('pending', 'decide', 'returned'),
    ('handling', 'decide', 'returned'), ('disputed', 'decide', 'disputed');

-- How soon a called unit must be there, by type; the district edits amount and unit.
CREATE TABLE whistle_type (
    code         text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    ordinal      smallint NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    name_zh      text NOT NULL DEFAULT '',
    limit_amount numeric NOT NULL CHECK (limit_amount > 0),
    limit_unit   text NOT NULL CHECK (limit_unit IN ('urgent_hour', 'working_hour', 'working_day', 'calendar_day')),
    is_in_use    boolean NOT NULL DEFAULT true
);
INSERT INTO whistle_type (code, ordinal, name, name_zh, limit_amount, limit_unit) VALUES
    ('citizens_problem', 1, 'Citizens'' problem that the street cannot solve', '群众诉求哨', 1, 'working_day'),
    ('joint_enforcement', 2, 'Joint enforcement', '综合执法哨', 4, 'working_hour'),
    ('emergency', 3, 'Emergency', '应急处置哨', 0.5, 'urgent_hour');

CREATE TABLE whistle (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district     text NOT NULL,
    type         text NOT NULL REFERENCES whistle_type,
    case_no      text,                           -- of this district; NULL where no case stands behind it
    street       text NOT NULL,                  -- '@' and the cell whose body calls
    units        text[] NOT NULL CHECK (cardinality(units) > 0),
    what         text NOT NULL CHECK (what <> ''),
    place        text NOT NULL DEFAULT '',
    position     geometry(Point, 4326) NOT NULL,
    radius_m     double precision CHECK (radius_m > 0),   -- NULL: anywhere in the unit counts
    unit         text NOT NULL,
    current_path text[] NOT NULL,
    parties      text[] NOT NULL,
    limit_amount numeric NOT NULL CHECK (limit_amount > 0),
    limit_unit   text NOT NULL,
    raised_at    timestamptz NOT NULL,
    raised_by    text NOT NULL,
    wanted_at    timestamptz,
    due_at       timestamptz NOT NULL CHECK (due_at > raised_at),
    state        text NOT NULL DEFAULT 'raised' CHECK (state IN ('raised', 'resolved', 'withdrawn')),
    outcome      text CHECK (outcome IN ('solved', 'partly_solved', 'not_solved')),
    result       text NOT NULL DEFAULT '',
    closed_at    timestamptz,
    closed_by    text,
    CHECK ((state = 'raised') = (closed_at IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((state = 'resolved') = (outcome IS NOT NULL)),
    CHECK (state = 'raised' OR result <> ''),    -- what was done together, or why nobody was needed
    CONSTRAINT whistle_by_a_street CHECK (starts_with(street, '@') AND street <> ALL (units))
);
CREATE INDEX whistle_newest ON whistle (raised_at DESC, id DESC);
CREATE INDEX whistle_path ON whistle USING gin (current_path);
CREATE INDEX whistle_due ON whistle (due_at) WHERE state = 'raised';

CREATE TABLE whistle_call (
    whistle    bigint NOT NULL REFERENCES whistle,
    unit       text NOT NULL,
    due_at     timestamptz NOT NULL,
    arrived_at timestamptz,
    released_at timestamptz,                      -- when the street said that this unit is not needed any more
    told_at    timestamptz,                       -- when its absence was due to be told, and was
    department text GENERATED ALWAYS AS (CASE WHEN NOT starts_with(unit, '@') THEN unit END) STORED REFERENCES department,
    cell       text GENERATED ALWAYS AS (CASE WHEN starts_with(unit, '@') THEN substr(unit, 2) END) STORED REFERENCES cell,
    PRIMARY KEY (whistle, unit),
    CHECK (arrived_at IS NULL OR released_at IS NULL),
    CHECK (told_at IS NULL OR told_at > due_at)
);
CREATE INDEX whistle_call_absent ON whistle_call (due_at) WHERE arrived_at IS NULL AND told_at IS NULL;

-- Every report-in is kept, also one that does not count; the first that does is the arrival.
CREATE TABLE whistle_report_in (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    whistle     bigint NOT NULL,
    unit        text NOT NULL,
    at          timestamptz NOT NULL,
    captured_at timestamptz NOT NULL,
    actor       text NOT NULL,
    position    geometry(Point, 4326) NOT NULL,
    accuracy_m  double precision NOT NULL CHECK (accuracy_m >= 0),
    distance_m  double precision NOT NULL,
    counts      boolean NOT NULL,
    why         text NOT NULL,
    counted_at  timestamptz GENERATED ALWAYS AS (CASE WHEN counts THEN at END) STORED,
    FOREIGN KEY (whistle, unit) REFERENCES whistle_call,
    UNIQUE (whistle, unit, counted_at)
);
CREATE INDEX whistle_report_in_call ON whistle_report_in (whistle, unit, id);
CREATE UNIQUE INDEX whistle_report_in_one_counts ON whistle_report_in (whistle, unit) WHERE counts;
ALTER TABLE whistle_call ADD CONSTRAINT whistle_call_arrived_by_a_report_in
    FOREIGN KEY (whistle, unit, arrived_at) REFERENCES whistle_report_in (whistle, unit, counted_at);

-- Both sides score, once each: the street each unit, each unit the street.
CREATE TABLE whistle_score (
    whistle bigint NOT NULL REFERENCES whistle,
    by_unit text NOT NULL,
    about   text NOT NULL,
    score   smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    note    text NOT NULL DEFAULT '',
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    PRIMARY KEY (whistle, by_unit, about),
    CHECK (by_unit <> about)
);

-- The library's index of words. Trigrams say nothing about words of two characters, which most Chinese words are: each
-- pair of neighbouring characters is a lexeme, the last of a run also by itself, Latin words are stemmed.
CREATE FUNCTION library_grams(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.english', regexp_replace(said, '[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+', ' ', 'g'))
        || array_to_tsvector(ARRAY(
            SELECT DISTINCT substr(run[1], i, 2)
            FROM regexp_matches(said, '[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+', 'g') AS run,
                 generate_series(1, length(run[1])) AS i))
$$;

-- Words of what is over: a copy without a place, a time of its own or a reach; those are read in the case behind it.
CREATE TABLE library_entry (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text NOT NULL CHECK (kind IN ('case', 'ruling', 'minutes')),
    ref      text NOT NULL,                       -- case number, ruling's id, conference's id and sheet
    district text NOT NULL,
    case_no  text NOT NULL,
    at       timestamptz NOT NULL,
    words    text NOT NULL,                       -- masked
    grams    tsvector NOT NULL GENERATED ALWAYS AS (library_grams(words)) STORED,
    UNIQUE (kind, ref)
);
CREATE INDEX library_entry_grams ON library_entry USING gin (grams) WITH (fastupdate = off);
CREATE INDEX library_entry_newest ON library_entry (at DESC, id DESC);
CREATE INDEX library_entry_case ON library_entry (district, case_no);

-- What was closed and ruled before there was a library; from now on the transaction that ends a case shelves it.
INSERT INTO library_entry (kind, ref, district, case_no, at, words)
SELECT 'case', case_file.case_no, case_file.district, case_file.case_no,
       coalesce(case_file.closed_at, case_file.received_at),
       concat_ws(' ', nullif(masked(report.text), ''), case_file.case_no, matter.name, matter.name_zh,
           (SELECT string_agg(masked(note.note), ' ' ORDER BY note.id) FROM case_note AS note
            WHERE note.district = case_file.district AND note.case_no = case_file.case_no
              AND note.act IN ('report', 'submit', 'solve_own', 'verify_result')))
FROM case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
LEFT JOIN matter ON matter.code = case_file.category
WHERE case_file.state IN ('closed', 'called_back', 'evaluated');
INSERT INTO library_entry (kind, ref, district, case_no, at, words)
SELECT 'ruling', ruling.id::text, dispute.district, dispute.case_no, ruling.ruled_at,
       replace(precedent.words, ruling.grounds, masked(ruling.grounds))
FROM ruling JOIN dispute ON dispute.id = ruling.dispute JOIN precedent ON precedent.ruling = ruling.id;

GRANT SELECT, INSERT, UPDATE, DELETE ON conference_board, conference_trigger, help_request, conference, conference_member,
    conference_action, whistle_type, whistle, whistle_call, whistle_score, library_entry TO gridmaps_app;
GRANT SELECT, INSERT ON conference_minutes, whistle_report_in TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
