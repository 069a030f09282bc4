-- Timed supervision (限时督办): colours, orders, replies. What a colour is made of are rows that a district edits.

-- Yellow: so large a share of the limit is used up, or so many units of it are left.
CREATE TABLE colour_rule (
    unit        text PRIMARY KEY CHECK (unit IN ('urgent_hour', 'working_hour', 'working_day', 'calendar_day')),
    used_share  numeric NOT NULL CHECK (used_share > 0 AND used_share <= 1),
    units_left  numeric NOT NULL CHECK (units_left >= 0)
);
INSERT INTO colour_rule (unit, used_share, units_left) VALUES
    ('urgent_hour', 2.0 / 3, 1), ('working_hour', 2.0 / 3, 1), ('working_day', 2.0 / 3, 1), ('calendar_day', 2.0 / 3, 1);

-- A unit of time whose rule or calendar was edited: the next sweep reckons the warnings of running cases anew, and stands
-- behind this place of (due_at, case_no). A unit without a row here has nothing left to reckon.
CREATE TABLE colour_reckoning (
    unit      text PRIMARY KEY REFERENCES colour_rule,
    behind_at timestamptz,
    behind_no text,
    CHECK ((behind_at IS NULL) = (behind_no IS NULL))
);

-- What is written at each level about a red case, and to whom: 'holder' is whoever has the case, '@street' the body where
-- it lies. An order wants a reply within its limit; behind `red` a case that is still red goes to the next level, answered
-- or not. A source may have a ladder of its own; '' is the one of all others.
CREATE TABLE supervision_ladder (
    source       text NOT NULL DEFAULT '',    -- no key: sources are a city's own and may come later
    level        smallint NOT NULL CHECK (level > 0),
    kind         text NOT NULL DEFAULT 'order' CHECK (kind IN ('order', 'written_chase', 'criticism')),
    holder       text NOT NULL CHECK (holder = 'holder' OR starts_with(holder, '@')),
    copy_to      text CHECK (starts_with(copy_to, '@')),      -- the leader who has it for his knowledge
    after_amount numeric CHECK (after_amount > 0),            -- so long behind the deadline the first is written; NULL: at once
    after_unit   text REFERENCES colour_rule,
    reply_amount numeric DEFAULT 1 CHECK (reply_amount > 0),
    reply_unit   text DEFAULT 'working_day' REFERENCES colour_rule,
    red_amount   numeric NOT NULL DEFAULT 5 CHECK (red_amount > 0),
    red_unit     text NOT NULL DEFAULT 'working_day' REFERENCES colour_rule,
    PRIMARY KEY (source, level),
    CHECK ((after_amount IS NULL) = (after_unit IS NULL)),
    CHECK (kind <> 'order' OR reply_amount IS NOT NULL AND reply_unit IS NOT NULL)
);
INSERT INTO supervision_ladder (level, holder) VALUES (1, 'holder'), (2, '@street'), (3, '@district');
-- The 12345 hotline: a written chase (书面催办) the day after expiry with a copy to the leader; five working days behind
-- it, a criticism notice (通报批评).
INSERT INTO supervision_ladder (source, level, kind, holder, copy_to, after_amount, after_unit) VALUES
    ('hotline', 1, 'written_chase', 'holder', '@district', 1, 'calendar_day'),
    ('hotline', 2, 'criticism', 'holder', '@district', NULL, NULL);

ALTER TABLE case_file
    ADD COLUMN warn_at timestamptz,           -- from when it is yellow; whatever writes due_at writes it. NULL: older than this
    ADD COLUMN missed_at timestamptz,         -- the last deadline that it missed and left for another, or for another unit
    ADD COLUMN missed_by text,                -- the unit that led it then
    ADD COLUMN missed_until timestamptz,      -- when it left that deadline, or was closed behind it
    ADD COLUMN part_due_at timestamptz,       -- the next deadline of an open part of a helper; whatever writes parts counts it
    -- Its clock runs: not suspended, not over, the government's, no history.
    ADD COLUMN is_running boolean NOT NULL GENERATED ALWAYS AS (NOT is_history AND state IN (
        'reported', 'filed', 'own_handling', 'pending', 'returned', 'disputed', 'ruled', 'handling', 'submitted')) STORED,
    -- The next deadline that it can miss, and whose passing makes it overdue: of a clock that runs, a helper's part among
    -- them, else the time within which a provider is to call back. Figures, lists and their order all read this one.
    ADD COLUMN late_at timestamptz GENERATED ALWAYS AS (CASE
        WHEN is_history THEN NULL
        WHEN state IN ('reported', 'filed', 'own_handling', 'pending', 'returned', 'disputed', 'ruled', 'handling',
                       'submitted') THEN least(step_due_at, due_at, part_due_at)
        WHEN state = 'referred' AND contacted_at IS NULL THEN contact_due_at END) STORED;
-- Red and yellow are ranges of these; the board reads the first alone, without the wide rows behind it.
CREATE INDEX case_file_running ON case_file (due_at, case_no) INCLUDE (warn_at, lead, current_unit) WHERE is_running;
CREATE INDEX case_file_warned ON case_file (warn_at, case_no) WHERE is_running;
CREATE INDEX case_file_unwarned ON case_file (case_no) WHERE is_running AND warn_at IS NULL AND due_at IS NOT NULL;
-- Work lists, most urgent first: whoever sees the whole city walks this one until his page is full.
CREATE INDEX case_file_urgent ON case_file ((coalesce(late_at, 'infinity')), case_no)
    WHERE NOT is_history AND state NOT IN ('called_back', 'evaluated', 'void', 'merged');
-- Whoever sees a part of it goes by the cells; what is over is most of all cases, and is in no work list.
CREATE INDEX case_file_open_path ON case_file USING gin (current_path)
    WHERE NOT is_history AND state NOT IN ('called_back', 'evaluated', 'void', 'merged');
CREATE INDEX case_file_open_parties ON case_file USING gin (parties)
    WHERE NOT is_history AND state NOT IN ('called_back', 'evaluated', 'void', 'merged');
CREATE INDEX case_file_suspended ON case_file (paused_since, case_no) WHERE state = 'suspended';
CREATE INDEX case_file_late ON case_file (closed_at DESC) WHERE (closed_at > due_at OR missed_at IS NOT NULL) AND NOT is_history;

-- A helper's part has a deadline of its own, is chased and ordered for it, and is yellow from then on.
ALTER TABLE case_task ADD COLUMN warn_at timestamptz;
CREATE INDEX case_task_late ON case_task (due_at, case_no, ordinal) WHERE state = 'open' AND part = 'assist';
CREATE INDEX case_task_warned ON case_task (warn_at, case_no, ordinal) WHERE state = 'open' AND part = 'assist';
UPDATE case_file SET part_due_at = part.due_at
FROM (SELECT district, case_no, min(due_at) AS due_at FROM case_task
      WHERE state = 'open' AND part = 'assist' GROUP BY district, case_no) AS part
WHERE part.district = case_file.district AND part.case_no = case_file.case_no;
-- What was asked of a helper stays open behind the result: whoever gave the part, or the centre, may take it back then.
INSERT INTO case_transition (from_state, act, to_state) VALUES ('submitted', 'revoke_task', 'submitted');

-- A chase (催办) for a yellow case; an order (督办单), or what the ladder has instead, for a red one. It may climb from one
-- level to the next.
CREATE TABLE supervision_order (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district     text NOT NULL,
    case_no      text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('chase', 'order', 'written_chase', 'criticism')),
    cause        text NOT NULL CHECK (cause IN ('yellow', 'red', 'manual', 'unanswered', 'still_red')),
    level        smallint NOT NULL,
    addressee    text NOT NULL,               -- a department, '@' and a cell, or 'centre' where there is no territory
    copied       text[] NOT NULL DEFAULT '{}',   -- who has it for his knowledge
    task         smallint,                    -- the helper's part that it is about; NULL: the case
    clock_due_at timestamptz,                 -- the deadline that it is about; a case with a new one begins anew
    due_at       timestamptz NOT NULL,        -- when it was due, not when somebody woke
    written_at   timestamptz NOT NULL,
    written_by   text NOT NULL,
    reply_due_at timestamptz,                 -- of an order; nothing else wants an answer
    still_red_at timestamptz,
    climb_at     timestamptz,                 -- when it climbs if nothing happens; NULL: it does not
    climbed_from bigint UNIQUE REFERENCES supervision_order,   -- an order climbs once
    replied_at   timestamptz,
    ended_at     timestamptz,
    ended_by     text CHECK (ended_by IN ('over', 'suspended', 'new_deadline')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK (ended_at IS NULL OR climb_at IS NULL),
    CHECK ((kind = 'order') = (reply_due_at IS NOT NULL)),
    CHECK ((climbed_from IS NULL) = (cause IN ('yellow', 'red', 'manual')))
);
-- What a sweep does, it does once: the second finds the first one's row. What has ended does not count: a case that was
-- suspended, or merged and split, and stands behind the same deadline again is asked about again.
CREATE UNIQUE INDEX supervision_order_once ON supervision_order (case_no, district, cause, clock_due_at, coalesce(task, 0))
    WHERE cause IN ('yellow', 'red') AND ended_at IS NULL;
CREATE INDEX supervision_order_climbing ON supervision_order (climb_at, id) WHERE climb_at IS NOT NULL;
CREATE INDEX supervision_order_case ON supervision_order (case_no);
CREATE INDEX supervision_order_newest ON supervision_order (due_at DESC, id DESC);
CREATE INDEX supervision_order_unanswered ON supervision_order (reply_due_at, id)
    WHERE ended_at IS NULL AND replied_at IS NULL AND kind = 'order';

-- What was answered: words, beside the log that holds none.
CREATE TABLE supervision_reply (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id     bigint NOT NULL REFERENCES supervision_order,
    text         text NOT NULL CHECK (text <> ''),
    at           timestamptz NOT NULL,
    actor        text NOT NULL
);
CREATE INDEX supervision_reply_order ON supervision_reply (order_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON colour_rule, colour_reckoning, supervision_ladder, supervision_order,
    supervision_reply TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;

-- Who is on duty at the command centre, 365 days a year: a day that nobody has is an error and is shown as one.
CREATE TABLE duty_roster (
    day        date NOT NULL,                 -- the city's
    account    bigint NOT NULL REFERENCES account,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (day, account)
);
GRANT SELECT, INSERT, DELETE ON duty_roster TO gridmaps_app;

-- Whether somebody posted for these departments ('' is a territory) in these cells ('' is the whole city), the two side
-- by side, speaks for a unit in a case with this path: a handler for his department, a street for its body and those below.
CREATE FUNCTION speaks_for(unit text, path text[], departments text[], cells text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM unnest(departments, cells) AS post(department, cell)
        WHERE (post.cell = '' OR post.cell = ANY (path))
          AND CASE WHEN post.department <> '' THEN post.department = unit
                   ELSE starts_with(unit, '@')
                        AND array_position(path, substr(unit, 2)) >= coalesce(array_position(path, post.cell), 1) END)
$$;
-- What the newest look at the place told: 'true' also where nobody was asked, 'false', or 'asked' while one waits.
CREATE FUNCTION last_look(home text, number text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((
        SELECT CASE kind WHEN 'case.check_asked' THEN 'asked' ELSE coalesce(payload ->> 'is_true', 'true') END
        FROM event WHERE district = home AND subject = 'case' AND subject_id = number
          AND kind IN ('case.check_asked', 'case.report_verified')
        ORDER BY seq DESC LIMIT 1), 'true')
$$;
