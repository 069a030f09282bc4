-- Duplicates, and the one port out: who asked about a case, what was answered, and what is still to be delivered.

-- Whose cases are citizens' own: they are told, called back and evaluated.
ALTER TABLE source ADD COLUMN IF NOT EXISTS is_citizen boolean NOT NULL DEFAULT false;
UPDATE source SET is_citizen = true WHERE code IN ('public', 'visit', 'police110', 'deputy', 'party');
-- Beside the six: the hotline, which brings citizens' own, the cameras, and what a higher level orders.
INSERT INTO source (code, name, name_zh, default_accuracy_m, needs_account, is_citizen) VALUES
    ('hotline', '12345 hotline', '12345热线', 100, true, true),
    ('video', 'Video', '视频上报', 30, true, false),
    ('superior', 'Superior order', '上级交办', 100, true, false);

-- What counts as the same complaint, for a class that needs other bounds than the settings below.
CREATE TABLE duplicate_rule (
    matter        text PRIMARY KEY REFERENCES matter,
    within        interval NOT NULL CHECK (within > interval '0'),
    floor_m       double precision NOT NULL CHECK (floor_m > 0),
    least_fit     double precision NOT NULL CHECK (least_fit > 0 AND least_fit < 1)
);
INSERT INTO setting (key, value) VALUES
    ('duplicate_within', '"PT24H"'),      -- how far apart in time
    ('duplicate_floor_m', '50'),          -- how far apart two exact positions of one thing may lie
    ('duplicate_least_fit', '0.05'),      -- the chance of so wide a distance, below which places are not the same
    ('duplicate_widest_m', '300'),        -- combined radius beyond which a position says nothing
    ('duplicate_repeat_fit', '0.5'),      -- the chance that a citizen's own repeat needs, who is not asked
    ('duplicate_words', '0.5'),           -- how alike words are that stand in for class or place
    ('unnamed_supporters_most', '20'),    -- so many of whom nothing is certain are counted beside a case, and no more
    ('contact_most_an_hour', '20'),       -- so many reports and supports one contact may send within an hour without a log-in
    -- Without it a digest of a telephone number could be looked up in a list of all numbers.
    ('citizen_pepper', to_jsonb(gen_random_uuid()::text || gen_random_uuid()::text));
CREATE INDEX case_file_lately ON case_file (category, least(captured_at, received_at));   -- when it was seen
CREATE INDEX case_file_merged ON case_file (merged_into) WHERE merged_into IS NOT NULL;

-- Who asked about a case and is answered: the reporter, and those who said the same. What they said of themselves lies
-- in `report` alone, so that erasing it there erases it.
CREATE TABLE case_asker (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    district  text NOT NULL,
    case_no   text NOT NULL,              -- the case as it was asked about; a merge does not change it
    report_id uuid NOT NULL UNIQUE,
    part      text NOT NULL CHECK (part IN ('reporter', 'repeat', 'supporter')),
    citizen   bytea,                      -- who it is by his own word: a digest of his contact or his account
    known_as  bytea,                      -- who it is for certain: by his account, a contact that a clerk took down, or
                                          -- an address at which he read his mail. Only such are counted as supporters
    mailbox   bytea,                      -- a digest of his e-mail address: one mailbox is told a thing once
    target    text,                       -- the registered webhook that he asked to be told by
    asked_at  timestamptz NOT NULL
);
-- Others who said the same and of whom nothing is certain: anybody can send twenty such reports, so they stand apart.
ALTER TABLE case_file ADD COLUMN unnamed_supporters integer NOT NULL DEFAULT 0 CHECK (unnamed_supporters >= 0);
CREATE INDEX case_asker_case ON case_asker (district, case_no);
CREATE INDEX case_asker_citizen ON case_asker (citizen, asked_at) WHERE citizen IS NOT NULL;
-- By either of his contacts, and by his account, he is the same citizen.
CREATE INDEX case_asker_mailbox ON case_asker (mailbox, asked_at) WHERE mailbox IS NOT NULL;
CREATE INDEX case_asker_known ON case_asker (known_as, asked_at) WHERE known_as IS NOT NULL;
-- One citizen supports a case once, however often he says so.
CREATE UNIQUE INDEX case_asker_once ON case_asker (district, case_no, citizen)
    WHERE part = 'supporter' AND citizen IS NOT NULL;

-- The secret links: only the SHA-256 of the token is kept.
CREATE TABLE status_link (
    token_digest bytea PRIMARY KEY CHECK (length(token_digest) = 32),
    asker        bigint NOT NULL REFERENCES case_asker,
    given_at     timestamptz NOT NULL,
    is_mailed    boolean NOT NULL DEFAULT false   -- given in a mail: whoever opens it reads that mailbox
);
CREATE INDEX status_link_asker ON status_link (asker);

-- What was answered, one row an answer; the status page and the mails tell them. `facts` are names, numbers and moments as
-- they stood then: what was said once is not said otherwise later. `asker` 0: to all who asked about the case.
CREATE TABLE case_answer (
    district text NOT NULL,
    case_no  text NOT NULL,
    kind     text NOT NULL,
    at       timestamptz NOT NULL,
    facts    jsonb NOT NULL DEFAULT '{}',
    words    text NOT NULL DEFAULT '',        -- the centre's reason, shown masked
    told_in  xid8 NOT NULL DEFAULT pg_current_xact_id(),
    asker    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (district, case_no, at, kind, asker)
);
-- Whether an answer is for somebody who asked: his own, or one to all, but for what concerns the reporter alone. Who said
-- the same later is told himself that his report was received, and is not thanked for a call-back that was another's.
CREATE FUNCTION is_told(kind text, told bigint, asker bigint, part text, is_own_case boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT told = asker OR told = 0 AND (
        kind NOT IN ('received', 'called_back', 'not_reached')
        OR is_own_case AND (part = 'reporter' OR part = 'repeat' AND kind <> 'received'))
$$;

-- Where other systems are told, registered by an administrator; the secret signs what they are sent.
CREATE TABLE webhook_target (
    code          text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
    url           text NOT NULL,
    secret        text NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    ended_at      timestamptz
);

-- The outbox: written in the case's own transaction, delivered afterwards, tried again until it is sent or dead.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message    uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),   -- the same at every attempt: what a receiver drops repeats by
    district   text NOT NULL,
    case_no    text NOT NULL,
    asker      bigint NOT NULL REFERENCES case_asker,
    channel    text NOT NULL CHECK (channel IN ('email', 'webhook')),
    target     text REFERENCES webhook_target,
    kind       text NOT NULL,
    -- How the case stood when that happened which is told: it may be delivered hours later.
    case_state text NOT NULL DEFAULT '',
    case_step  text NOT NULL DEFAULT '',
    category   text,
    written_at timestamptz NOT NULL,
    told_in    xid8 NOT NULL DEFAULT pg_current_xact_id(),
    next_at    timestamptz NOT NULL,      -- when it is tried next; while somebody tries, when his lease runs out
    attempts   smallint NOT NULL DEFAULT 0,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
    settled_at timestamptz,
    fault      text NOT NULL DEFAULT '',
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CHECK ((channel = 'webhook') = (target IS NOT NULL))
);
-- All that one transaction tells somebody of a case at one moment is one mail; a webhook hears each by itself.
CREATE UNIQUE INDEX outbox_one_mail ON outbox (asker, district, case_no, written_at, told_in) WHERE channel = 'email';
CREATE UNIQUE INDEX outbox_one_call ON outbox (asker, district, case_no, written_at, kind) WHERE channel = 'webhook';
CREATE INDEX outbox_waiting ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
CREATE INDEX outbox_case ON outbox (district, case_no);

GRANT SELECT, INSERT, UPDATE, DELETE ON duplicate_rule, case_asker, status_link, case_answer, webhook_target, outbox
    TO gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
