-- Whose is it: units of government on two axes, two taxonomies, and the table of matter x place x validity.

-- Platforms are work queues over departments and matters (综合治理, 执法监管, 便民服务, 综合监督).
CREATE TABLE platform (
    code    text PRIMARY KEY,
    ordinal smallint NOT NULL,
    name    text NOT NULL,
    name_zh text NOT NULL DEFAULT ''
);
INSERT INTO platform (code, ordinal, name, name_zh) VALUES
    ('governance', 1, 'Comprehensive governance', '综合治理'),
    ('enforcement', 2, 'Enforcement and supervision', '执法监管'),
    ('service', 3, 'Convenience services', '便民服务'),
    ('supervision', 4, 'Comprehensive supervision', '综合监督');

ALTER TABLE department
    ADD COLUMN platform text REFERENCES platform,
    ADD COLUMN during tstzrange NOT NULL DEFAULT '(,)',
    ADD CONSTRAINT department_during_not_empty CHECK (NOT isempty(during)),
    -- '@' begins a territorial body's reference, so no department may.
    ADD CONSTRAINT department_code_is_plain CHECK (code !~ '^@');

ALTER TABLE territorial_body DROP CONSTRAINT territorial_body_pkey;
ALTER TABLE territorial_body
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD COLUMN during tstzrange NOT NULL DEFAULT '(,)',
    ADD CONSTRAINT territorial_body_during_not_empty CHECK (NOT isempty(during)),
    ADD CONSTRAINT territorial_body_one_at_a_time EXCLUDE USING gist (cell WITH =, during WITH &&);

-- Companies and social bodies that take what is not the government's to do, and how soon they call back.
CREATE TABLE provider (
    code          text PRIMARY KEY,
    name          text NOT NULL,
    name_zh       text NOT NULL DEFAULT '',
    kind          text NOT NULL CHECK (kind IN ('market', 'social')),
    contact       text NOT NULL,
    contact_limit interval NOT NULL DEFAULT interval '15 minutes' CHECK (contact_limit > interval '0'),
    during        tstzrange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during))
);

-- A matter is what a case is about: a governance category, or a major or minor class of components or events.
ALTER TABLE category RENAME TO matter;
ALTER TABLE matter
    ADD COLUMN taxonomy text NOT NULL DEFAULT 'governance' CHECK (taxonomy IN ('governance', 'component', 'event')),
    ADD COLUMN rank text NOT NULL DEFAULT 'category' CHECK (rank IN ('category', 'major', 'minor')),
    ADD COLUMN major_code text CHECK (major_code ~ '^[0-9]{2}$'),
    ADD COLUMN minor_code text CHECK (minor_code ~ '^[0-9]{2}$'),
    ADD COLUMN parent text REFERENCES matter,     -- the major class of a minor class
    ADD COLUMN category text REFERENCES matter,   -- the governance category that a class is mapped to
    ADD COLUMN platform text NOT NULL DEFAULT 'governance' REFERENCES platform,
    ADD COLUMN during tstzrange NOT NULL DEFAULT '(,)',
    ADD CONSTRAINT matter_during_not_empty CHECK (NOT isempty(during)),
    ADD CONSTRAINT matter_categories_are_governance CHECK ((taxonomy = 'governance') = (rank = 'category')),
    ADD CONSTRAINT matter_minor_has_major CHECK ((rank = 'minor') = (parent IS NOT NULL)),
    ADD CONSTRAINT matter_category_is_not_mapped CHECK (rank <> 'category' OR category IS NULL),
    ADD CONSTRAINT matter_codes_follow_rank CHECK (
        (rank = 'category' AND major_code IS NULL AND minor_code IS NULL)
        OR (rank = 'major' AND major_code IS NOT NULL AND minor_code IS NULL)
        OR (rank = 'minor' AND major_code IS NOT NULL AND minor_code IS NOT NULL));
CREATE UNIQUE INDEX matter_class ON matter (taxonomy, major_code, coalesce(minor_code, '')) WHERE rank <> 'category';

-- One class has several standards, each (filing condition, limit, closing condition); filing and closing name one.
CREATE TABLE handling_standard (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    matter            text NOT NULL REFERENCES matter,
    ordinal           smallint NOT NULL CHECK (ordinal > 0),
    filing_condition  text NOT NULL,
    closing_condition text NOT NULL,
    amount            numeric NOT NULL CHECK (amount > 0),
    unit              text NOT NULL CHECK (unit IN ('urgent_hour', 'working_hour', 'working_day', 'calendar_day')),
    basis             text NOT NULL DEFAULT '',
    during            tstzrange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during)),
    CONSTRAINT handling_standard_one_at_a_time EXCLUDE USING gist (matter WITH =, ordinal WITH =, during WITH &&)
);

-- Where a department's duty has a shape of its own: a river, a red-lined road, an exclusive grid. Never in the coverage.
CREATE TABLE jurisdiction (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code        text NOT NULL CHECK (code ~ '^[0-9A-Za-z._-]{1,64}$'),
    kind        text NOT NULL CHECK (kind IN ('polygon', 'exclusive_grid')),
    feature     text NOT NULL DEFAULT '',          -- river, road, park, school, market: what it follows
    name        text NOT NULL,
    department  text REFERENCES department,        -- whose it is; an exclusive grid may have none
    geom        geometry(MultiPolygon, 4326) NOT NULL,
    area_m2     double precision NOT NULL CHECK (area_m2 > 0),
    during      tstzrange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during)),
    recorded_at timestamptz NOT NULL,
    CONSTRAINT jurisdiction_one_at_a_time EXCLUDE USING gist (code WITH =, during WITH &&)
);
CREATE INDEX jurisdiction_geom ON jurisdiction USING gist (geom);

-- The table of responsibility (属事责任). A unit reference is a department's code, or '@' and a level's key: the
-- territorial body of that level where the case lies. What is written is never changed but for its end.
CREATE TABLE responsibility (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    matter             text NOT NULL REFERENCES matter,
    place_kind         text NOT NULL CHECK (place_kind IN ('level', 'cell', 'jurisdiction')),
    place_level        smallint REFERENCES grid_level,
    place_cell         text REFERENCES cell,
    place_jurisdiction bigint REFERENCES jurisdiction,
    lead               text NOT NULL,
    assisting          text[] NOT NULL DEFAULT '{}',
    supervising        text[] NOT NULL DEFAULT '{}',
    priority           integer,                    -- a district's word where rows tie: the highest wins
    basis              text NOT NULL DEFAULT '',   -- the law, the duty list, the minutes it rests on
    during             tstzrange NOT NULL CHECK (NOT isempty(during)),
    state              text NOT NULL DEFAULT 'in_force' CHECK (state IN ('proposed', 'objected', 'in_force', 'withdrawn')),
    answer_by          timestamptz,                -- until when the named units answer a proposal
    adopted_at         timestamptz,                -- since when it may decide; replays ask for what was known then
    settled_at         timestamptz,                -- when a panel settled a proposal, who for it, and on what grounds
    settled_by         text,
    grounds            text NOT NULL DEFAULT '',
    recorded_at        timestamptz NOT NULL,
    recorded_by        text NOT NULL,
    CONSTRAINT responsibility_settled_on_grounds CHECK (
        (settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (grounds = '')),
    CONSTRAINT responsibility_has_one_place CHECK (
        (place_kind = 'level') = (place_level IS NOT NULL) AND (place_kind = 'cell') = (place_cell IS NOT NULL)
        AND (place_kind = 'jurisdiction') = (place_jurisdiction IS NOT NULL)),
    CONSTRAINT responsibility_lead_does_not_assist CHECK (NOT lead = ANY(assisting)),
    CONSTRAINT responsibility_adopted_when_in_force CHECK ((state = 'in_force') = (adopted_at IS NOT NULL))
);
CREATE INDEX responsibility_cell ON responsibility (place_cell, matter) WHERE place_kind = 'cell' AND state = 'in_force';
CREATE INDEX responsibility_level ON responsibility (matter) WHERE place_kind = 'level' AND state = 'in_force';
CREATE INDEX responsibility_jurisdiction ON responsibility (place_jurisdiction, matter)
    WHERE place_kind = 'jurisdiction' AND state = 'in_force';
CREATE INDEX responsibility_listed ON responsibility (matter, id);

CREATE TABLE responsibility_answer (
    responsibility bigint NOT NULL REFERENCES responsibility,
    unit           text NOT NULL,
    answer         text NOT NULL CHECK (answer IN ('agree', 'object')),
    reason         text NOT NULL DEFAULT '',
    at             timestamptz NOT NULL,
    actor          text NOT NULL,
    PRIMARY KEY (responsibility, unit),
    CHECK (answer = 'agree' OR reason <> '')
);

-- All that one or many resolutions read, in one answer. A function, because the planner takes longer over this than the
-- answer does, and a function's plans are kept by the session; forced, or it would plan anew for each array.
CREATE FUNCTION responsibility_ground(lons float8[], lats float8[], widths float8[], heights float8[],
                                      matters text[], cells text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    near  jsonb;
    ids   bigint[];
    rows  jsonb;
    names jsonb;
BEGIN
    -- Whose box meets the box around a position; the border rule judges.
    SELECT jsonb_agg(jsonb_build_array(asked.i - 1, id, kind, code, name, recorded_at,
                                       nullif(lower(during), '-infinity'), nullif(upper(during), 'infinity'))),
           array_agg(DISTINCT id)
    INTO near, ids
    FROM unnest(lons, lats, widths, heights) WITH ORDINALITY AS asked(lon, lat, width, height, i)
    JOIN jurisdiction ON geom && ST_MakeEnvelope(lon - width, lat - height, lon + width, lat + height, 4326);

    SELECT jsonb_agg(jsonb_build_array(held.id, held.matter, matter.rank, held.place_kind, held.place_level,
                     held.place_cell, held.place_jurisdiction, held.lead, held.assisting, held.supervising,
                     held.priority, held.basis, nullif(lower(held.during), '-infinity'),
                     nullif(upper(held.during), 'infinity'), nullif(held.adopted_at, '-infinity')) ORDER BY held.id)
    INTO rows
    FROM (
        SELECT * FROM responsibility
        WHERE place_kind = 'level' AND state = 'in_force' AND matter = ANY(matters)
        UNION ALL
        SELECT * FROM responsibility
        WHERE place_kind = 'cell' AND state = 'in_force' AND matter = ANY(matters) AND place_cell = ANY(cells)
        UNION ALL
        SELECT * FROM responsibility
        WHERE place_kind = 'jurisdiction' AND state = 'in_force' AND matter = ANY(matters)
          AND place_jurisdiction = ANY(ids)
    ) AS held
    JOIN matter ON matter.code = held.matter;

    SELECT jsonb_agg(jsonb_build_array(named.kind, named.code, named.name, named.level, named.path, named.since,
                                       named.until) ORDER BY named.since NULLS FIRST)
    INTO names
    FROM (
        SELECT 'cell' AS kind, version.code, version.name, level.key AS level, version.path,
               nullif(lower(during), '-infinity') AS since, nullif(upper(during), 'infinity') AS until
        FROM cell_version AS version JOIN grid_level AS level ON level.rank = version.rank
        WHERE version.code = ANY(cells)
        UNION ALL
        SELECT 'body', cell, name, NULL, NULL, nullif(lower(during), '-infinity'), nullif(upper(during), 'infinity')
        FROM territorial_body WHERE cell = ANY(cells)
    ) AS named;
    RETURN jsonb_build_object('near', near, 'rows', rows, 'names', names);
END $$;

-- What was one department a category becomes a row of the table, for the whole of the widest level.
INSERT INTO responsibility (matter, place_kind, place_level, lead, basis, during, adopted_at, recorded_at, recorded_by)
SELECT code, 'level', (SELECT min(rank) FROM grid_level), department, 'carried over from the category', '(,)',
       '-infinity', now(), 'system'
FROM matter;
ALTER TABLE matter DROP COLUMN department;

-- Governance has its own subjects in the log.
ALTER TABLE event DROP CONSTRAINT event_subject_check;
ALTER TABLE event ADD CONSTRAINT event_subject_check CHECK (subject IN
    ('case', 'grid', 'check_in', 'responsibility', 'jurisdiction', 'matter', 'brief', 'account', 'sorting'));

-- Whoever keeps what was computed from the table asks for the newest of these at each question.
CREATE INDEX event_rules ON event (id) WHERE subject IN ('responsibility', 'jurisdiction', 'matter');

INSERT INTO setting (key, value) VALUES ('sliver_m2', '1.0'), ('proposal_answer_limit', '"P15D"');

GRANT SELECT, INSERT, UPDATE, DELETE ON platform, provider, handling_standard, jurisdiction, responsibility,
    responsibility_answer TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
