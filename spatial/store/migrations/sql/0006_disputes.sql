-- Disputes to precedents: states and moves as data, returns, briefs, rulings, and what a case must hold for them.

-- People see a step; a state is finer and belongs to exactly one step.
CREATE TABLE case_state (
    state text PRIMARY KEY,
    step  text NOT NULL,
    UNIQUE (state, step)
);
INSERT INTO case_state (state, step) VALUES
    ('reported', 'reported'), ('filed', 'reported'),
    ('pending', 'handed_over'), ('returned', 'handed_over'), ('disputed', 'handed_over'), ('ruled', 'handed_over'),
    ('referred', 'handed_over'), ('closed', 'done'), ('evaluated', 'evaluated');

-- The first rows of the table of moves. An act from a state that has no row here is refused with those that have.
CREATE TABLE case_transition (
    from_state text NOT NULL REFERENCES case_state,
    act        text NOT NULL,
    to_state   text NOT NULL REFERENCES case_state,
    PRIMARY KEY (from_state, act, to_state)
);
INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('reported', 'sort', 'reported'), ('filed', 'sort', 'filed'), ('returned', 'sort', 'returned'),
    ('disputed', 'sort', 'disputed'), ('disputed', 'sort', 'filed'),   -- filed: the new matter has one lead
    ('reported', 'accept', 'filed'),
    ('filed', 'dispatch', 'pending'), ('returned', 'dispatch', 'pending'), ('ruled', 'dispatch', 'pending'),
    ('pending', 'return', 'returned'),   -- one return too many is disputed then, in the same transaction
    ('reported', 'dispute', 'disputed'), ('filed', 'dispute', 'disputed'), ('pending', 'dispute', 'disputed'),
    ('returned', 'dispute', 'disputed'),
    ('disputed', 'rule', 'ruled'), ('disputed', 'rule', 'pending'),
    ('reported', 'refer', 'referred'), ('filed', 'refer', 'referred'), ('returned', 'refer', 'referred'),
    ('disputed', 'refer', 'referred'),
    ('referred', 'contact', 'referred'), ('referred', 'recall', 'filed'),
    ('disputed', 'order_interim', 'disputed'), ('disputed', 'note_cost', 'disputed'),
    ('pending', 'note_cost', 'pending'), ('ruled', 'note_cost', 'ruled');

-- Department and cell in one tag, so that "roads, in this street" is one comparison: see spatial/store/reach.py.
CREATE FUNCTION case_parties(holders text[], path text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(holder || '@' || place ORDER BY holder, place), '{}')
    FROM unnest(holders) AS holder, unnest(array_prepend('', path)) AS place
$$;

ALTER TABLE case_file
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',        -- what rulings may ask for: {"road": "trunk"}
    ADD COLUMN sorted jsonb,                                  -- {category, confidence, by, took}: what sorting said
    ADD COLUMN standard bigint REFERENCES handling_standard,  -- chosen at filing
    ADD COLUMN platform text NOT NULL DEFAULT 'governance' REFERENCES platform,
    ADD COLUMN nature text NOT NULL DEFAULT 'government' CHECK (nature IN ('government', 'market', 'social')),
    ADD COLUMN provider text REFERENCES provider,
    ADD COLUMN contact_due_at timestamptz,
    ADD COLUMN contacted_at timestamptz,
    ADD COLUMN lead text,                                     -- whom it was handed to: department, or '@' and a cell
    ADD COLUMN assisting text[] NOT NULL DEFAULT '{}',
    ADD COLUMN holders text[] NOT NULL DEFAULT '{}',          -- departments that see it because it was handed to them
    ADD COLUMN parties text[] GENERATED ALWAYS AS (case_parties(holders, current_path)) STORED,
    ADD COLUMN returns smallint NOT NULL DEFAULT 0,           -- times it came back as "not mine"
    ADD COLUMN ruling bigint,                                 -- what locks it against return
    ADD COLUMN precedent text,                                -- what routed it
    ADD CONSTRAINT case_file_state_has_its_step FOREIGN KEY (state, step) REFERENCES case_state (state, step),
    ADD CONSTRAINT case_file_pending_is_with_somebody CHECK (state <> 'pending' OR lead IS NOT NULL),
    ADD CONSTRAINT case_file_referred_to_somebody CHECK ((state = 'referred') = (provider IS NOT NULL)),
    ADD CONSTRAINT case_file_referred_is_not_governments CHECK ((provider IS NULL) = (nature = 'government'));
CREATE INDEX case_file_parties ON case_file USING gin (parties) WHERE parties <> '{}';
CREATE INDEX case_file_number ON case_file (case_no);   -- every act finds its case by number alone
CREATE INDEX case_file_waiting ON case_file (state, received_at) WHERE state IN ('filed', 'returned', 'disputed', 'ruled');
CREATE INDEX case_file_precedent ON case_file (precedent, received_at DESC) WHERE precedent IS NOT NULL;

-- A decision about the owner that was replaced: what was decided before, and what took its place for which reason.
CREATE TABLE case_decision (
    district   text NOT NULL,
    case_no    text NOT NULL,
    ordinal    smallint NOT NULL,
    replaced_at timestamptz NOT NULL,
    cause      text NOT NULL,
    owner      jsonb NOT NULL,
    PRIMARY KEY (district, case_no, ordinal)
);

CREATE TABLE case_return (
    district text NOT NULL,
    case_no  text NOT NULL,
    ordinal  smallint NOT NULL,
    unit     text NOT NULL,                   -- who says "not mine"
    reason   text NOT NULL CHECK (reason <> ''),
    basis    text NOT NULL CHECK (basis <> ''),
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    PRIMARY KEY (district, case_no, ordinal)
);

-- Why somebody did what the rules did not expect of him: words, beside the log that holds none, and erasable.
CREATE TABLE case_note (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district text NOT NULL,
    case_no  text NOT NULL,
    act      text NOT NULL,
    note     text NOT NULL CHECK (note <> ''),
    at       timestamptz NOT NULL,
    actor    text NOT NULL
);
CREATE INDEX case_note_case ON case_note (district, case_no);

-- What may count in a department's performance: a demand for the market or for society never does.
CREATE VIEW government_case AS
SELECT district, case_no, state, step, category, platform, lead, assisting, holders, returns, ruling, precedent,
       current_path, parties, received_at, is_history
FROM case_file WHERE nature = 'government';

-- The numbered internal brief (内部专报): the disputes of one period.
CREATE TABLE brief (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number       text NOT NULL UNIQUE,
    period_from  timestamptz NOT NULL,
    period_until timestamptz NOT NULL,
    issued_at    timestamptz NOT NULL,
    closed_at    timestamptz,                 -- when its last dispute was ruled
    CHECK (period_from < period_until)
);
CREATE UNIQUE INDEX brief_one_a_period ON brief (period_until);

CREATE TABLE dispute (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district   text NOT NULL,
    case_no    text NOT NULL,
    entered_at timestamptz NOT NULL,
    entry      text NOT NULL CHECK (entry IN ('no_rule', 'returns', 'clerk')),
    note       text NOT NULL DEFAULT '',
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'ruled', 'withdrawn')),
    brief      bigint REFERENCES brief,       -- one column: a dispute cannot be in two
    settled_at timestamptz,
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX dispute_one_open_a_case ON dispute (district, case_no) WHERE state = 'open';
CREATE INDEX dispute_queue ON dispute (entered_at, id) WHERE state = 'open';
CREATE INDEX dispute_brief ON dispute (brief);

-- The leader's list, one row a dispute and day, until it is ruled.
CREATE TABLE dispute_alarm (
    dispute bigint NOT NULL REFERENCES dispute,
    day     date NOT NULL,
    due_at  timestamptz NOT NULL,             -- when it was due, not when somebody woke
    PRIMARY KEY (dispute, day)
);

-- First to act, without becoming the responsible unit (先行处置, 垫付).
CREATE TABLE interim_order (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dispute    bigint NOT NULL REFERENCES dispute,
    unit       text NOT NULL,                 -- '@' and the cell whose body acts
    note       text NOT NULL,
    ordered_at timestamptz NOT NULL,
    ordered_by text NOT NULL,
    cost       numeric(14, 2) CHECK (cost >= 0),
    cost_note  text NOT NULL DEFAULT '',
    cost_at    timestamptz
);
CREATE INDEX interim_order_dispute ON interim_order (dispute);

CREATE TABLE ruling (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dispute        bigint NOT NULL UNIQUE REFERENCES dispute,   -- one dispute is ruled once
    brief          bigint REFERENCES brief,
    form           text NOT NULL CHECK (form IN ('written_instruction', 'joint_conference')),
    members        text[] NOT NULL,
    lead           text NOT NULL,
    assisting      text[] NOT NULL DEFAULT '{}',
    grounds        text NOT NULL CHECK (grounds <> ''),
    ruled_at       timestamptz NOT NULL,
    ruled_by       text NOT NULL,
    effective_from timestamptz NOT NULL,
    CHECK (NOT lead = ANY(assisting)),
    CHECK (form <> 'joint_conference' OR cardinality(members) >= 2)
);
ALTER TABLE case_file ADD CONSTRAINT case_file_ruling FOREIGN KEY (ruling) REFERENCES ruling;

-- What a ruling leaves behind. Its scope is a matter, attributes that must all match, and one kind of area.
CREATE TABLE precedent (
    number        text PRIMARY KEY,
    ruling        bigint NOT NULL UNIQUE REFERENCES ruling,
    matter        text NOT NULL REFERENCES matter,
    attributes    jsonb NOT NULL DEFAULT '{}',
    area_kind     text NOT NULL CHECK (area_kind IN ('cells', 'polygon', 'radius')),
    cells         text[],
    area          geometry(MultiPolygon, 4326),
    radius_m      double precision CHECK (radius_m > 0),
    origin        geometry(Point, 4326) NOT NULL,               -- where the case lay that it was ruled on
    lead          text NOT NULL,
    assisting     text[] NOT NULL DEFAULT '{}',
    in_force_from timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    superseded_at timestamptz,
    superseded_by text,                                         -- a precedent's number, or 'responsibility ' and an id
    words         text NOT NULL,                                -- what search reads: grounds, matter, place
    CHECK ((superseded_at IS NULL) = (superseded_by IS NULL)),
    CHECK ((area_kind = 'cells') = (cells IS NOT NULL)),
    CHECK ((area_kind = 'polygon') = (area IS NOT NULL)),
    CHECK ((area_kind = 'radius') = (radius_m IS NOT NULL))
);
CREATE INDEX precedent_matter ON precedent (matter, in_force_from DESC);
CREATE INDEX precedent_words ON precedent USING gin (words gin_trgm_ops);
CREATE INDEX precedent_area ON precedent USING gist (area);
CREATE INDEX precedent_origin ON precedent USING gist (origin);

-- Serials of briefs and precedents, by year.
CREATE TABLE paper_serial (
    kind text NOT NULL CHECK (kind IN ('brief', 'precedent')),
    year smallint NOT NULL,
    next integer NOT NULL,
    PRIMARY KEY (kind, year)
);

INSERT INTO setting (key, value) VALUES
    ('returns_to_dispute', '2'), ('brief_period', '"P7D"'), ('brief_weekday', '1'), ('dispute_age_limit', '"P30D"');

GRANT SELECT, INSERT, UPDATE, DELETE ON case_state, case_transition, case_decision, case_return, case_note, brief, dispute,
    dispute_alarm, interim_order, ruling, precedent, paper_serial TO gridmaps_app;
GRANT SELECT ON government_case TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
