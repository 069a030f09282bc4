-- The ground: levels, cells with versions, people, intake, cases, the event log, check-ins.
-- Extensions (postgis, btree_gist, pg_trgm) and the role gridmaps_app exist before this file runs.

CREATE TABLE setting (
    key   text PRIMARY KEY,
    value jsonb NOT NULL
);
COMMENT ON TABLE setting IS 'Facts of this city that rules read: name, time zone, cut-off, epoch. One row a fact.';

-- Levels are data. rank 1 is the widest; the deepest rank is the unit. Exactly one level is home:
-- its code is the district that every key starts with.
CREATE TABLE grid_level (
    rank    smallint PRIMARY KEY CHECK (rank BETWEEN 1 AND 5),
    key     text NOT NULL UNIQUE CHECK (key ~ '^[a-z][a-z0-9_]{0,31}$'),
    name    text NOT NULL,
    name_zh text NOT NULL DEFAULT '',
    is_home boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX grid_level_one_home ON grid_level (is_home) WHERE is_home;

-- How codes are written. gb15 is GB/T 30428's 6+3+3+3; a district may declare its own.
CREATE TABLE code_system (
    key         text PRIMARY KEY,
    description text NOT NULL
);
CREATE TABLE code_rule (
    system        text NOT NULL REFERENCES code_system,
    rank          smallint NOT NULL REFERENCES grid_level,
    pattern       text NOT NULL,            -- anchored regular expression of a whole code
    parent_prefix smallint,                 -- leading characters that must equal the parent's code; NULL: not checked
    serial_digits smallint,                 -- digits of the serial behind the parent's code; NULL: numbered by hand
    PRIMARY KEY (system, rank)
);

-- One row for each publish, by import or redraw. The highest id is in force.
CREATE TABLE grid_revision (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('import', 'split', 'merge')),
    published_at timestamptz NOT NULL,
    in_force_from timestamptz NOT NULL,     -- '-infinity' for a first import
    published_by text NOT NULL,
    note         text NOT NULL DEFAULT '',
    report       jsonb NOT NULL DEFAULT '{}'
);

-- A cell is an identity: its code is never reused, also not after it is withdrawn.
CREATE TABLE cell (
    code          text PRIMARY KEY CHECK (code ~ '^[0-9A-Za-z._-]{1,32}$'),
    rank          smallint NOT NULL REFERENCES grid_level,
    system        text NOT NULL REFERENCES code_system,
    first_revision integer NOT NULL REFERENCES grid_revision,
    withdrawn_in  integer REFERENCES grid_revision
);

CREATE TABLE cell_version (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code        text NOT NULL REFERENCES cell,
    rank        smallint NOT NULL REFERENCES grid_level,
    name        text NOT NULL,
    parent      text REFERENCES cell,
    path        text[] NOT NULL,            -- codes from the widest level down to this cell, itself last
    district    text NOT NULL,              -- the home level's code in path, or the widest
    geom        geometry(MultiPolygon, 4326) NOT NULL,
    area_m2     double precision NOT NULL CHECK (area_m2 > 0),   -- geodesic, WGS 84
    label_point geometry(Point, 4326) NOT NULL,
    during      tstzrange NOT NULL,
    created_in  integer NOT NULL REFERENCES grid_revision,
    retired_in  integer REFERENCES grid_revision,
    -- Two versions of one cell may not hold at one moment; an empty range would slip past EXCLUDE.
    CONSTRAINT cell_version_during_not_empty CHECK (NOT isempty(during)),
    CONSTRAINT cell_version_half_open CHECK (lower_inc(during) OR lower_inf(during)),
    CONSTRAINT cell_version_path_ends_here CHECK (path[array_upper(path, 1)] = code),
    CONSTRAINT cell_version_one_at_a_time EXCLUDE USING gist (code WITH =, during WITH &&)
);
CREATE INDEX cell_version_geom ON cell_version USING gist (geom);
CREATE INDEX cell_version_open ON cell_version (rank, code) WHERE upper_inf(during);
CREATE INDEX cell_version_code ON cell_version (code);
CREATE INDEX cell_version_path ON cell_version USING gin (path);

-- Who became whom, by which share of the old cell's area.
CREATE TABLE cell_lineage (
    revision  integer NOT NULL REFERENCES grid_revision,
    from_code text NOT NULL REFERENCES cell,
    to_code   text NOT NULL REFERENCES cell,
    share     double precision NOT NULL CHECK (share > 0 AND share <= 1),
    PRIMARY KEY (revision, from_code, to_code)
);

-- A parent polygon that somebody supplied: kept as evidence beside the union of its units.
CREATE TABLE cell_evidence (
    revision     integer NOT NULL REFERENCES grid_revision,
    code         text NOT NULL REFERENCES cell,
    geom         geometry(MultiPolygon, 4326) NOT NULL,
    deviation_m2 double precision NOT NULL,  -- area of the symmetric difference to the union
    PRIMARY KEY (revision, code)
);
CREATE INDEX cell_evidence_geom ON cell_evidence USING gist (geom);

-- Dirt that was accepted is on record.
CREATE TABLE grid_finding (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    revision integer NOT NULL REFERENCES grid_revision,
    kind     text NOT NULL,
    codes    text[] NOT NULL,
    area_m2  double precision,
    place    geometry(Point, 4326),
    sentence text NOT NULL
);

-- People, minimal: who may log in, as what, and how far they see.
CREATE TABLE account (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login         text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('citizen', 'grid_officer', 'grid_leader', 'street_clerk',
                  'department_handler', 'centre_operator', 'panel_member', 'planner', 'supervisor', 'administrator')),
    password_hash text NOT NULL,             -- argon2id
    cells         text[],                    -- cell codes whose subtree is seen; NULL is the whole city
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz
);
CREATE TABLE account_session (
    token_digest bytea PRIMARY KEY,          -- SHA-256 of the cookie; the cookie itself is never stored
    account      bigint NOT NULL REFERENCES account,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE TABLE api_token (
    token_digest bytea PRIMARY KEY,
    account      bigint NOT NULL REFERENCES account,
    label        text NOT NULL,
    created_at   timestamptz NOT NULL,
    revoked_at   timestamptz
);

-- Two axes of ownership, thin: bodies bound to cells, departments bound to categories.
CREATE TABLE department (
    code    text PRIMARY KEY,
    name    text NOT NULL,
    name_zh text NOT NULL DEFAULT ''
);
CREATE TABLE territorial_body (
    cell    text PRIMARY KEY REFERENCES cell,
    name    text NOT NULL
);
CREATE TABLE category (
    code       text PRIMARY KEY,
    name       text NOT NULL,
    name_zh    text NOT NULL DEFAULT '',
    department text NOT NULL REFERENCES department,
    step_limit interval NOT NULL,            -- process limit from intake
    due_limit  interval NOT NULL             -- the case's own limit, provisional until dispatch
);
CREATE TABLE source (
    code               text PRIMARY KEY,
    name               text NOT NULL,
    name_zh            text NOT NULL DEFAULT '',
    default_accuracy_m double precision NOT NULL CHECK (default_accuracy_m > 0),
    needs_account      boolean NOT NULL
);

-- Case numbers: 6 prefix + 8 city date + 5 serial. Serials are taken in blocks; gaps are allowed.
CREATE TABLE case_prefix (
    district text PRIMARY KEY,
    prefix   text NOT NULL UNIQUE CHECK (prefix ~ '^[0-9]{6}$')
);
CREATE TABLE case_serial (
    prefix text NOT NULL,
    day    date NOT NULL,
    next   integer NOT NULL,
    PRIMARY KEY (prefix, day)
);

-- A repeat is recognised here, whatever district it lands in.
CREATE TABLE report_key (
    id      uuid PRIMARY KEY,
    sender  text NOT NULL,                   -- account id, or 'public'
    digest  bytea NOT NULL,                  -- SHA-256 of the canonical body
    district text NOT NULL,
    case_no text NOT NULL
);

CREATE TABLE case_file (
    district     text NOT NULL,              -- the home at intake; never changes
    case_no      text NOT NULL CHECK (length(case_no) = 19),
    report_id    uuid NOT NULL,
    step         text NOT NULL CHECK (step IN ('found', 'reported', 'own_level', 'handed_over', 'done', 'called_back', 'evaluated')),
    state        text NOT NULL,
    source       text NOT NULL REFERENCES source,
    category     text REFERENCES category,
    certainty    text NOT NULL CHECK (certainty IN ('certain', 'ambiguous', 'outside')),
    unit         text,                       -- decided at filing; NULL outside
    unit_version bigint,
    path         text[] NOT NULL,            -- the chain at filing, widest first
    current_unit text,                       -- follows redraws; unit does not
    current_path text[] NOT NULL,
    revision     integer NOT NULL,           -- grid revision that decided
    candidates   jsonb NOT NULL,             -- [{code, share}]
    owner        jsonb NOT NULL,             -- {territorial, lead, assisting, reasons}
    position     geometry(Point, 4326) NOT NULL,
    accuracy_m   double precision NOT NULL,
    accuracy_assumed boolean NOT NULL,
    captured_at  timestamptz NOT NULL,
    captured_in_future boolean NOT NULL DEFAULT false,
    received_at  timestamptz NOT NULL,
    in_force_at  timestamptz NOT NULL,       -- the moment whose territory and rules decided
    step_due_at  timestamptz,                -- NULL only for loaded history
    due_at       timestamptz,
    is_history   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (district, case_no),
    CHECK ((unit IS NULL) = (certainty = 'outside')),
    CHECK (is_history OR (step_due_at IS NOT NULL AND due_at IS NOT NULL))
);
CREATE INDEX case_file_position ON case_file USING gist (position);
CREATE INDEX case_file_newest ON case_file (received_at DESC, case_no DESC);
CREATE INDEX case_file_current_unit ON case_file (current_unit);
CREATE INDEX case_file_current_path ON case_file USING gin (current_path);
CREATE INDEX case_file_report ON case_file (report_id);

-- What was said, word for word: erasable, beside the log that is not.
CREATE TABLE report (
    district    text NOT NULL,
    case_no     text NOT NULL,
    id          uuid NOT NULL,
    lon         double precision NOT NULL,   -- as declared, in datum
    lat         double precision NOT NULL,
    datum       text NOT NULL CHECK (datum IN ('wgs84', 'cgcs2000', 'gcj02', 'bd09')),
    accuracy_m  double precision,
    place_code  text,
    text        text NOT NULL,
    reporter    jsonb,
    PRIMARY KEY (district, id)
);
CREATE INDEX report_case ON report (district, case_no);

-- Photos lie in the same store, so that one commit and one backup hold report and picture together.
CREATE TABLE photo (
    sha256      text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),   -- of the bytes that the client sent
    media_type  text NOT NULL,
    width       integer NOT NULL,
    height      integer NOT NULL,
    bytes       bytea NOT NULL,              -- re-encoded, without EXIF
    sender      text NOT NULL,
    received_at timestamptz NOT NULL
);
ALTER TABLE photo ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE report_photo (
    district  text NOT NULL,
    report_id uuid NOT NULL,
    sha256    text NOT NULL REFERENCES photo,
    PRIMARY KEY (district, report_id, sha256)
);

-- The one append-only log: audit trail and live feed. Codes and states only; words lie in report.
CREATE TABLE event (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    district   text NOT NULL,
    subject    text NOT NULL CHECK (subject IN ('case', 'grid', 'check_in')),
    subject_id text NOT NULL,
    seq        integer NOT NULL CHECK (seq > 0),
    kind       text NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,                -- account id, 'public', or 'system'
    path       text[] NOT NULL,              -- cells that may see it, widest first; empty: the whole city
    payload    jsonb NOT NULL,
    prev_hash  bytea NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (district, subject, subject_id, seq)
);
CREATE INDEX event_feed ON event (xid, id);

CREATE TABLE check_in_key (
    id     uuid PRIMARY KEY,
    sender text NOT NULL,
    digest bytea NOT NULL,
    answer jsonb NOT NULL
);
CREATE TABLE check_in (
    district    text NOT NULL,
    id          uuid NOT NULL,
    received_at timestamptz NOT NULL,
    account     bigint NOT NULL,
    unit        text NOT NULL,               -- the unit that was said to be all clear
    position    geometry(Point, 4326) NOT NULL,
    accuracy_m  double precision NOT NULL,
    located_in  text,                        -- the unit in which the position lies; NULL outside
    counts      boolean NOT NULL,
    reason      text NOT NULL,
    captured_at timestamptz NOT NULL,
    PRIMARY KEY (district, id, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX check_in_unit ON check_in (unit, received_at);

-- The month received picks the partition, never the client's clock.
CREATE FUNCTION make_check_in_partitions(from_month date, months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month date;
    part  text;
BEGIN
    FOR i IN 0..months LOOP
        month := (date_trunc('month', from_month) + make_interval(months => i))::date;
        part := 'check_in_' || to_char(month, 'YYYY_MM');
        IF to_regclass('public.' || part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF check_in FOR VALUES FROM (%L) TO (%L)', part,
                month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END $$;
SELECT make_check_in_partitions(current_date, 3);

-- A day is the city's day, wherever the server stands.
CREATE FUNCTION city_day(moment timestamptz) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (moment AT TIME ZONE (SELECT value #>> '{}' FROM setting WHERE key = 'time_zone'))::date
$$;

-- Activity per unit and day: what cases and patrol both need, below both.
CREATE VIEW unit_activity AS
    SELECT unit, city_day(received_at) AS day, count(*) AS reports, 0::bigint AS all_clears
    FROM case_file WHERE unit IS NOT NULL AND NOT is_history GROUP BY 1, 2
    UNION ALL
    SELECT unit, city_day(received_at), 0, count(*)
    FROM check_in WHERE counts GROUP BY 1, 2;

INSERT INTO setting (key, value) VALUES
    ('city_name', '"gridmaps"'), ('time_zone', '"Asia/Shanghai"'), ('epoch', '1'),
    ('silence_cut_off', '"18:00"'), ('certain_share', '0.95'), ('synthetic', 'false'),
    ('default_step_limit', '"PT1H"'), ('default_due_limit', '"P5D"');

INSERT INTO grid_level (rank, key, name, name_zh, is_home) VALUES
    (1, 'district', 'District', '区', true),
    (2, 'street', 'Street', '街道', false),
    (3, 'community', 'Community', '社区', false),
    (4, 'unit', 'Unit', '单元网格', false);

INSERT INTO code_system (key, description) VALUES
    ('gb15', 'GB/T 30428.1: 6 county + 3 street + 3 community + 3 unit digits'),
    ('free', 'Any code of 1 to 32 letters, digits, dots, hyphens or underscores; no prefix rule');
INSERT INTO code_rule (system, rank, pattern, parent_prefix, serial_digits) VALUES
    ('gb15', 1, '^[0-9]{6}$', NULL, NULL),
    ('gb15', 2, '^[0-9]{9}$', 6, 3),
    ('gb15', 3, '^[0-9]{12}$', 9, 3),
    ('gb15', 4, '^[0-9]{15}$', 12, 3),
    ('free', 1, '^[0-9A-Za-z._-]{1,32}$', NULL, NULL),
    ('free', 2, '^[0-9A-Za-z._-]{1,32}$', NULL, NULL),
    ('free', 3, '^[0-9A-Za-z._-]{1,32}$', NULL, NULL),
    ('free', 4, '^[0-9A-Za-z._-]{1,32}$', NULL, 3);

INSERT INTO source (code, name, name_zh, default_accuracy_m, needs_account) VALUES
    ('grid', 'Grid officer', '基层网格', 20, true),
    ('visit', 'Visit', '群众来访', 100, true),
    ('public', 'Public report', '公开受理', 50, false),
    ('police110', 'Police 110', '110警务', 50, true),
    ('deputy', 'Deputy', '人大政协代表', 100, true),
    ('party', 'Party delegate', '党代表', 100, true);

GRANT USAGE ON SCHEMA public TO gridmaps_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
-- The log is append-only for the application: no UPDATE, no DELETE.
REVOKE UPDATE, DELETE ON event FROM gridmaps_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gridmaps_app;
