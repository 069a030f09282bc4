-- Sorting: from a report's words to its matter, with a confidence; and what clerks thought of it.

-- The cold start: words that point to a matter, as a district writes them.
CREATE TABLE sorting_keyword (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    matter  text NOT NULL REFERENCES matter,
    keyword text NOT NULL CHECK (length(keyword) BETWEEN 1 AND 100),
    weight  real NOT NULL DEFAULT 1 CHECK (weight > 0),
    UNIQUE (matter, keyword)
);

-- A trained model, by district ('' is the whole city); the newest one sorts.
CREATE TABLE sorting_model (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district   text NOT NULL DEFAULT '',
    trained_at timestamptz NOT NULL,
    cases      integer NOT NULL,
    measures   jsonb NOT NULL,
    artefact   bytea NOT NULL
);
CREATE INDEX sorting_model_newest ON sorting_model (district, id DESC);

-- Each time a person chose another matter than the one that sorting took or suggested.
CREATE TABLE sorting_override (
    district   text NOT NULL,
    case_no    text NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    suggested  text REFERENCES matter,
    confidence real,
    by         text NOT NULL,
    chosen     text NOT NULL REFERENCES matter,
    PRIMARY KEY (district, case_no, at)
);

INSERT INTO setting (key, value) VALUES ('sorting_threshold', '0.8');

GRANT SELECT, INSERT, UPDATE, DELETE ON sorting_keyword, sorting_model, sorting_override TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
