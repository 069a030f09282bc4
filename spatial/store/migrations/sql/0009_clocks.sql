-- Calendars and working hours: what the four clocks run by. Deadlines that are fixed are stored with their cases
-- (case_file.due_at), and no edit here moves them: a calendar says what will be, not what was promised.

-- Days that are not as their weekday says. In a year that is not known yet, Monday to Friday are worked.
CREATE TABLE calendar_day (
    day        date PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('holiday', 'workday')),
    name       text NOT NULL DEFAULT '',
    origin     text NOT NULL CHECK (origin IN ('library', 'hand')),   -- filling again leaves what a hand wrote
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);

-- The years whose holidays are known: filled from the library, or set by hand and confirmed. A deadline that reaches
-- another year is reckoned by weekends there, and says so in its reason.
CREATE TABLE calendar_year (
    year    smallint PRIMARY KEY CHECK (year BETWEEN 1950 AND 2199),
    origin  text NOT NULL CHECK (origin IN ('library', 'hand')),
    told_by text NOT NULL,
    told_at timestamptz NOT NULL
);

-- Working hours of a district, or of the whole city (''), over a span of dates; minutes of the wall clock.
CREATE TABLE working_hours (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district text NOT NULL DEFAULT '',
    during   daterange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during)),
    hours    int4multirange NOT NULL CHECK (NOT isempty(hours) AND hours <@ '{[0,1440)}'::int4multirange),
    CONSTRAINT working_hours_one_at_a_time EXCLUDE USING gist (district WITH =, during WITH &&)
);
INSERT INTO working_hours (hours) VALUES ('{[480,720),[840,1080)}');

-- A limit is a whole number of millionths of its unit: clocks count in whole microseconds.
ALTER TABLE handling_standard ADD CONSTRAINT handling_standard_amount_countable CHECK (amount = round(amount, 6));

-- What was left of each deadline when the clock of a case stopped, in its clock's unit, as fractions: days that are off by a
-- later edit take nothing from it.
ALTER TABLE case_file ADD COLUMN clock_left jsonb, ADD CHECK (clock_left IS NULL OR paused_since IS NOT NULL);

-- The clocks are kept in the memory of every server under this name. It is drawn anew at each edit and never counted
-- up: a number that a rolled-back edit had used would come again for another calendar.
INSERT INTO setting (key, value) VALUES
    ('calendar_revision', to_jsonb(gen_random_uuid()::text)),
    ('file_dispatch_limit', '{"amount": 1, "unit": "working_hour"}'),
    ('receive_limit', '{"amount": 1, "unit": "working_hour"}'),
    ('result_check_limit', '{"amount": 2, "unit": "urgent_hour"}');

CREATE FUNCTION mark_calendar() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE setting SET value = to_jsonb(gen_random_uuid()::text) WHERE key = 'calendar_revision';
    RETURN NULL;
END $$;
CREATE TRIGGER calendar_day_marks AFTER INSERT OR UPDATE OR DELETE ON calendar_day
    FOR EACH STATEMENT EXECUTE FUNCTION mark_calendar();
CREATE TRIGGER calendar_year_marks AFTER INSERT OR UPDATE OR DELETE ON calendar_year
    FOR EACH STATEMENT EXECUTE FUNCTION mark_calendar();
CREATE TRIGGER working_hours_marks AFTER INSERT OR UPDATE OR DELETE ON working_hours
    FOR EACH STATEMENT EXECUTE FUNCTION mark_calendar();

GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_day, calendar_year, working_hours TO gridmaps_app;
