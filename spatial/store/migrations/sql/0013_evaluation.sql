-- Call-backs, two-way evaluation, indicators, weights. Words lie in case_note.

-- What a citizen says of the result: asked by a clerk, or told by himself through his status link.
CREATE TABLE case_call_back (
    district    text NOT NULL,
    case_no     text NOT NULL,
    ordinal     smallint NOT NULL,
    cycle       smallint NOT NULL,            -- how often the case had been reopened
    at          timestamptz NOT NULL,
    actor       text NOT NULL,
    spoken_by   text NOT NULL CHECK (spoken_by IN ('clerk', 'citizen')),
    verdict     text NOT NULL CHECK (verdict IN ('satisfied', 'dissatisfied', 'not_reached')),
    outcome     text CHECK (outcome IN ('fixed', 'not_fixed', 'no_action_needed', 'not_possible', 'not_found')),
    led_to      text NOT NULL CHECK (led_to IN ('nothing', 'reopened', 'supervisor')),
    settled_at  timestamptz,                  -- when what came before the supervisor was settled, by whom, and how
    settled_by  text,
    settled_as  text CHECK (settled_as IN ('reopen', 'stays_closed')),
    unit        text,                         -- who had handled the case then, and who of them had submitted it
    handler     text,
    is_unreasonable boolean NOT NULL DEFAULT false,   -- counts for nobody's satisfaction; stays listed
    marked_by   text,
    marked_at   timestamptz,
    PRIMARY KEY (district, case_no, ordinal),
    CHECK ((verdict = 'not_reached') = (outcome IS NULL)),
    CHECK ((marked_by IS NULL) = (marked_at IS NULL)),
    CHECK (num_nulls(settled_at, settled_by, settled_as) IN (0, 3)),
    CHECK (settled_at IS NULL OR led_to = 'supervisor')
);
-- One answer a closing: whoever was reached has said what he says.
CREATE UNIQUE INDEX case_call_back_one_answer ON case_call_back (district, case_no, cycle) WHERE verdict <> 'not_reached';
CREATE INDEX case_call_back_when ON case_call_back (at);
CREATE INDEX case_call_back_waiting ON case_call_back (at, case_no, ordinal)
    WHERE led_to = 'supervisor' AND settled_at IS NULL;
-- Whom to ring up, longest closed first: a page is read without sorting all that is closed.
CREATE INDEX case_file_to_call ON case_file (closed_at, case_no) WHERE state = 'closed' AND NOT is_history;

-- The citizen scores the result, the grid the department, the department the report. Once a closing each.
CREATE TABLE case_evaluation (
    district text NOT NULL,
    case_no  text NOT NULL,
    cycle    smallint NOT NULL,
    subject  text NOT NULL CHECK (subject IN ('result', 'department', 'report')),
    score    smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    unit     text,                            -- the unit that led the case
    about    text,                            -- whose work it was: who submitted the result, who sent the report
    PRIMARY KEY (district, case_no, cycle, subject)
);
CREATE INDEX case_evaluation_when ON case_evaluation (at);
-- What was said is never said otherwise: the application may settle and mark, and nothing else.
REVOKE UPDATE, DELETE ON case_call_back, case_evaluation FROM gridmaps_app;
GRANT UPDATE (settled_at, settled_by, settled_as, is_unreasonable, marked_by, marked_at) ON case_call_back TO gridmaps_app;

INSERT INTO case_transition (from_state, act, to_state) VALUES
    ('closed', 'call_back', 'closed'),          -- nobody was reached: it will be tried again
    ('called_back', 'call_back', 'called_back'), -- the citizen says himself what the clerk could not ask
    ('evaluated', 'call_back', 'called_back'),   -- also when the others have scored behind tries that reached nobody
    ('called_back', 'settle_call_back', 'called_back'),
    ('pending', 'contact_citizen', 'pending'), ('handling', 'contact_citizen', 'handling'),
    ('suspended', 'contact_citizen', 'suspended'), ('submitted', 'contact_citizen', 'submitted')
ON CONFLICT DO NOTHING;
INSERT INTO setting (key, value) VALUES
    ('reopens_by_call_back', '1'),              -- what is dissatisfied once more goes to the supervisor
    ('call_back_attempts', '3'),                -- so often not reached is called back all the same
    ('call_back_spacing', '{"amount": 4, "unit": "working_hour"}'),  -- between one of them and the next
    ('response_limit', '"PT24H"'),              -- within which a citizen is contacted behind the dispatch
    ('must_score_citizen', '"result,department,report"'),
    ('must_score_grid', '"department,report"')
ON CONFLICT DO NOTHING;

-- Weights: never changed, only followed by later ones, so that a published score can be reckoned again.
CREATE TABLE score_weight (
    -- Three kinds of posts have weights of their own, since none does the others' work; `post`: all other posts.
    dimension     text NOT NULL CHECK (dimension IN
        ('cell', 'department', 'collector', 'dispatcher', 'handler', 'post', 'source', 'three_rates')),
    indicator     text NOT NULL,
    weight        numeric NOT NULL CHECK (weight >= 0),
    in_force_from timestamptz NOT NULL,
    recorded_by   text NOT NULL,
    PRIMARY KEY (dimension, indicator, in_force_from)
);
INSERT INTO score_weight (dimension, indicator, weight, in_force_from, recorded_by)
SELECT dimension, indicator, weight, '-infinity', 'system' FROM (VALUES
    ('cell', 'valid_report', 15), ('cell', 'closing', 25), ('cell', 'closing_on_time', 30), ('cell', 'redo', 10),
    ('cell', 'satisfaction', 20),
    ('department', 'closing', 20), ('department', 'closing_on_time', 25), ('department', 'rework', 10),
    ('department', 'extension', 5), ('department', 'return', 10), ('department', 'receiving', 10),
    ('department', 'resolution', 10), ('department', 'satisfaction', 10),
    ('collector', 'valid_report', 50), ('collector', 'missed_report', 15), ('collector', 'coverage', 20), ('collector', 'redo', 5),
    ('collector', 'report_score', 10),
    ('dispatcher', 'dispatch_accuracy', 60), ('dispatcher', 'redo', 20), ('dispatcher', 'valid_report', 20),
    -- No satisfaction: of what a citizen says his unit is judged, and not the one man who would learn to close falsely by it.
    ('handler', 'handling', 25), ('handler', 'handling_on_time', 50), ('handler', 'rework', 25),
    ('post', 'valid_report', 30), ('post', 'dispatch_accuracy', 20), ('post', 'handling_on_time', 30), ('post', 'rework', 20),
    ('source', 'valid_report', 30), ('source', 'closing', 20), ('source', 'closing_on_time', 30), ('source', 'resolution', 10),
    ('source', 'satisfaction', 10),
    ('three_rates', 'response', 20), ('three_rates', 'resolution', 40), ('three_rates', 'satisfaction', 40)
) AS local(dimension, indicator, weight);
CREATE TABLE score_grade (
    code          text NOT NULL,
    name          text NOT NULL,
    name_zh       text NOT NULL,
    at_least      numeric NOT NULL CHECK (at_least BETWEEN 0 AND 100),
    in_force_from timestamptz NOT NULL DEFAULT '-infinity',   -- the whole set of a moment; a later set follows it
    PRIMARY KEY (in_force_from, code),
    UNIQUE (in_force_from, at_least)
);
INSERT INTO score_grade (code, name, name_zh, at_least) VALUES
    ('excellent', 'excellent', '优秀', 90), ('good', 'good', '良好', 85), ('pass', 'pass', '合格', 60),
    ('fail', 'fail', '不合格', 0);

-- Whose ground a case lies on is asked for each case of a month, in a city of sixteen thousand officers.
CREATE INDEX posting_walks ON posting (cell) WHERE role = 'grid_officer';
-- Figures are told for a period: what fell due, came in, or was closed in it.
CREATE INDEX event_when ON event USING brin (at) WITH (autosummarize = on);
CREATE INDEX case_file_due ON case_file (due_at) WHERE NOT is_history;
CREATE INDEX case_file_missed ON case_file (missed_at) WHERE missed_at < due_at AND NOT is_history;
-- A month of late reads the cases of that month, and not those of all years.
CREATE INDEX case_file_told
    ON case_file (greatest(received_at, due_at, filed_at, dispatched_at, submitted_at, closed_at)) WHERE NOT is_history;

-- Who is excused from a deadline for good: a timeout appeal that was granted. The fact of it stays visible.
-- An appeal is about one closing: what is reopened and late again is not excused by it.
CREATE VIEW score_excused AS
    SELECT district, case_no, max(asked_at) AS asked_at FROM case_request
    WHERE kind = 'appeal' AND state = 'approved' GROUP BY district, case_no;

-- A case that is reopened begins again with a deadline of its own; what it was until then stays, so that a period that has
-- been told is told the same again. Written by reopening alone.
CREATE TABLE case_cycle (
    district      text NOT NULL,
    case_no       text NOT NULL,
    ordinal       smallint NOT NULL CHECK (ordinal >= 0),   -- how often it had been reopened then
    state         text NOT NULL CHECK (state IN ('closed', 'called_back', 'evaluated')),
    lead          text,
    due_at        timestamptz,
    dispatched_at timestamptz,
    contacted_at  timestamptz,
    submitted_at  timestamptz,
    closed_at     timestamptz NOT NULL,
    outcome       text,
    reworks       smallint NOT NULL,
    extensions    smallint NOT NULL,
    missed_at     timestamptz,
    missed_by     text,
    reopened_at   timestamptz NOT NULL CHECK (reopened_at >= closed_at),
    PRIMARY KEY (district, case_no, ordinal),
    FOREIGN KEY (district, case_no) REFERENCES case_file
);
CREATE INDEX case_cycle_due ON case_cycle (due_at);
GRANT SELECT, INSERT ON case_cycle TO gridmaps_app;

-- Each run of a case towards a deadline: the one that stands, those that were ended by a reopening, and the deadline that it
-- missed last and left for a later one. `begun_at` is the reopening that began it. `is_past` of a run that is over: what is a
-- case's once (how it came, was filed) is not its.
CREATE VIEW score_run AS
    SELECT c.district, c.case_no, c.report_id, c.lead, c.source, c.category, c.current_path, c.nature, c.state, c.outcome,
           c.is_self_solved, c.due_at, c.received_at, c.filed_at, c.dispatched_at, c.contacted_at, c.submitted_at,
           c.closed_at, c.ended_at, c.paused_since, c.reworks, c.extensions, c.missed_at, c.missed_by, false AS is_past,
           (SELECT max(reopened_at) FROM case_cycle AS past
            WHERE c.reopens > 0 AND past.district = c.district AND past.case_no = c.case_no) AS begun_at,
           NULL::timestamptz AS over_at, NULL::timestamptz AS next_due_at, true AS has_submitted, true AS has_dispatched
    FROM case_file AS c WHERE NOT c.is_history
    UNION ALL
    SELECT c.district, c.case_no, c.report_id, run.lead, c.source, c.category, c.current_path, c.nature, run.state, run.outcome,
           false, run.due_at, c.received_at, c.filed_at, run.dispatched_at, run.contacted_at, run.submitted_at,
           run.closed_at, NULL, NULL, run.reworks, run.extensions, run.missed_at, run.missed_by, true,
           (SELECT max(reopened_at) FROM case_cycle AS past
            WHERE past.district = run.district AND past.case_no = run.case_no AND past.ordinal < run.ordinal),
           run.reopened_at,
           coalesce((SELECT later.due_at FROM case_cycle AS later WHERE later.district = run.district
                     AND later.case_no = run.case_no AND later.ordinal = run.ordinal + 1), c.due_at),
           run.submitted_at IS DISTINCT FROM c.submitted_at, run.dispatched_at IS DISTINCT FROM c.dispatched_at
    FROM case_cycle AS run JOIN case_file AS c ON c.district = run.district AND c.case_no = run.case_no
    WHERE NOT c.is_history
    UNION ALL
    SELECT c.district, c.case_no, c.report_id, c.missed_by, c.source, c.category, c.current_path, c.nature, 'handling', NULL,
           false, c.missed_at, c.received_at, c.filed_at, CASE WHEN c.missed_by IS NOT NULL THEN c.dispatched_at END,
           c.contacted_at, NULL, NULL, NULL, NULL, 0::smallint, c.extensions, NULL, NULL, true, NULL, c.missed_until, c.due_at,
           false, false
    FROM case_file AS c
    WHERE NOT c.is_history AND c.missed_at < c.due_at
      AND NOT EXISTS (SELECT FROM case_cycle AS run
                      WHERE run.district = c.district AND run.case_no = c.case_no AND run.due_at = c.missed_at);

-- What is counted, in three functions that the planner unfolds into the query: figures, and the cases behind them, are
-- one definition. The formulas in words: spatial/cases/evaluation/indicators.py. An indicator is NULL where the case does
-- not count for it in this period, 1 where it counts and succeeded, 0 where it counts and did not. One row a case, and not
-- one a case and indicator: what is alike is counted together before it is unfolded.
CREATE FUNCTION score_case(since timestamptz, until timestamptz, grain text, stride interval, zone text, posts boolean,
    now timestamptz DEFAULT 'infinity')
RETURNS TABLE (case_no text, unit text, actor text, sender text, patroller text, source text, category text, current_path text[],
    due_at timestamptz, received_at timestamptz, filed_at timestamptz, dispatched_at timestamptz,
    submitted_at timestamptz, closed_at timestamptz, cause text, excuse text, closing integer, closing_on_time integer,
    fixed integer,
    handling integer, handling_on_time integer, settled_on_time integer, filing integer, filed_share integer,
    extension integer, rework integer, valid_report integer, missed_report integer, self_solved integer,
    called_back integer, response integer)
LANGUAGE sql STABLE AS $$
    SELECT c.case_no, c.lead, done.actor, said.sender, walks.account, c.source, c.category, c.current_path,
           c.due_at, c.received_at, c.filed_at, c.dispatched_at, c.submitted_at, c.closed_at,
           -- As it stood at the end: what was referred or came back from there only behind the period is told as before.
           CASE WHEN (c.nature <> 'government' OR c.is_past AND c.closed_at IS NULL) AND (
               SELECT coalesce((array_agg(event.kind ORDER BY event.seq DESC) FILTER (WHERE event.at < part.ends))[1] = 'case.referred',
                               count(*) = 0 AND c.nature <> 'government')
               FROM event WHERE event.district = c.district AND event.subject = 'case' AND event.subject_id = c.case_no
                            AND event.kind IN ('case.referred', 'case.recalled')) THEN 'not_government' END,
           -- What was taken up and ended as no case, or as part of another, owes no closing; that it is gone stays listed.
           -- What ends only behind the period was late in it, and stays so; a rest behind a deadline is no cause of missing it.
           CASE WHEN c.state IN ('void', 'merged') AND coalesce(c.ended_at, '-infinity') < part.ends
                     OR c.state = 'suspended' AND c.paused_since <= c.due_at THEN c.state
                WHEN so.excused THEN 'appeal' END,
           CASE WHEN so.due AND so.taken_up THEN (so.closed AND c.closed_at < part.ends)::int END,
           CASE WHEN so.due AND so.taken_up
                THEN (so.closed AND c.closed_at < part.ends AND c.closed_at <= c.due_at AND NOT so.missed)::int END,
           -- Of the closings: a case is closed with whatever outcome is true, and this says how many of them mended it.
           CASE WHEN so.due AND so.taken_up AND so.closed AND c.closed_at < part.ends
                     AND c.outcome IN ('fixed', 'not_fixed', 'not_possible') THEN (c.outcome = 'fixed')::int END,
           CASE WHEN so.due AND so.taken_up AND c.dispatched_at IS NOT NULL
                THEN coalesce(so.handled_at < part.ends, false)::int END,
           CASE WHEN so.due AND so.taken_up AND c.dispatched_at IS NOT NULL
                THEN coalesce(so.handled_at < part.ends AND so.handled_at <= c.due_at
                              AND NOT (so.missed AND c.missed_by IS NOT DISTINCT FROM c.lead), false)::int END,
           CASE WHEN so.due AND so.taken_up AND origin.is_citizen
                THEN (so.closed AND c.closed_at < part.ends AND c.closed_at <= c.due_at AND NOT so.missed)::int END,
           CASE WHEN so.came AND c.ended_at IS NULL AND NOT (c.is_self_solved AND c.closed_at = c.received_at)
                THEN (c.filed_at IS NOT NULL OR c.dispatched_at IS NOT NULL)::int END,
           CASE WHEN so.was_filed AND so.filed THEN 1 END,
           CASE WHEN so.was_filed AND so.filed THEN (c.extensions > 0)::int END,
           CASE WHEN c.submitted_at >= since AND c.submitted_at < until AND c.ended_at IS NULL AND c.has_submitted
                THEN (c.reworks > 0)::int END,
           CASE WHEN so.came AND c.state <> 'merged' THEN (c.state <> 'void')::int END,
           CASE WHEN so.came AND c.ended_at IS NULL THEN origin.is_citizen::int END,
           CASE WHEN so.came AND c.ended_at IS NULL THEN c.is_self_solved::int END,
           CASE WHEN c.closed_at >= since AND c.closed_at < until AND so.closed AND origin.is_citizen
                THEN (c.state <> 'closed')::int END,
           CASE WHEN c.dispatched_at >= since AND c.dispatched_at < until AND c.ended_at IS NULL AND origin.is_citizen
                     AND c.has_dispatched AND (c.contacted_at IS NOT NULL OR c.dispatched_at + answer.within <= now)
                THEN coalesce(c.contacted_at <= c.dispatched_at + answer.within, false)::int END
    FROM score_run AS c
    CROSS JOIN (SELECT (value #>> '{}')::interval AS within FROM setting WHERE key = 'response_limit') AS answer
    -- Each has one, and the planner is not to expect that one in twenty has.
    LEFT JOIN source AS origin ON origin.code = c.source
    LEFT JOIN score_excused AS excused ON excused.district = c.district AND excused.case_no = c.case_no
    LEFT JOIN report_key AS said ON posts AND said.id = c.report_id
    LEFT JOIN LATERAL (
        SELECT event.actor FROM event
        WHERE event.district = c.district AND event.subject = 'case' AND event.subject_id = c.case_no
          AND event.kind IN ('case.received', 'case.submitted', 'case.own_solved') AND event.at <= coalesce(c.over_at, 'infinity')
        ORDER BY event.seq DESC LIMIT 1) AS done ON posts
    LEFT JOIN LATERAL (
        -- Whose ground it is: of the officers posted there when it came in, the one with the narrowest post.
        SELECT posting.account::text FROM posting
        WHERE posting.role = 'grid_officer' AND posting.cell = ANY(c.current_path) AND posting.during @> c.received_at
        ORDER BY array_position(c.current_path, posting.cell) DESC, posting.account LIMIT 1) AS walks ON posts
    -- What is told in parts must be done by the end of its part.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN grain IS NULL THEN until
                    ELSE least(until, (date_trunc(grain, c.due_at AT TIME ZONE zone) + stride) AT TIME ZONE zone) END AS ends,
               CASE WHEN grain IS NULL THEN until
                    ELSE least(until, (date_trunc(grain, c.filed_at AT TIME ZONE zone) + stride) AT TIME ZONE zone) END AS filed_ends
        ) AS part
    CROSS JOIN LATERAL (
        -- What is not due yet is not missed. A case that came back is due once in a period, or in a part of it.
        SELECT c.due_at >= since AND c.due_at < until AND c.due_at <= now
                   AND NOT coalesce(c.is_past AND c.next_due_at < until AND (grain IS NULL OR
                       date_trunc(grain, c.next_due_at AT TIME ZONE zone) = date_trunc(grain, c.due_at AT TIME ZONE zone)), false) AS due,
               NOT c.is_past AND c.received_at >= since AND c.received_at < until AS came,
               NOT c.is_past AND c.filed_at >= since AND c.filed_at < until AS was_filed,
               excused.asked_at >= c.closed_at AND excused.asked_at < coalesce(c.over_at, 'infinity')
                   OR c.closed_at IS NULL AND excused.asked_at >= c.over_at AS excused,
               c.state IN ('closed', 'called_back', 'evaluated') AS closed,
               c.filed_at IS NOT NULL OR c.dispatched_at IS NOT NULL AS taken_up,
               (c.filed_at IS NOT NULL OR c.dispatched_at IS NOT NULL) AND coalesce(c.ended_at >= part.filed_ends, true) AS filed,
               -- A deadline that it had before this one, in this run or this period, and that no appeal has excused.
               coalesce(c.missed_at > coalesce(excused.asked_at, '-infinity')
                        AND (c.missed_at >= since OR c.missed_at >= coalesce(c.begun_at, '-infinity')), false) AS missed,
               CASE WHEN c.state IN ('submitted', 'closed', 'called_back', 'evaluated')
                         AND coalesce(c.submitted_at, c.closed_at) < part.ends THEN coalesce(c.submitted_at, c.closed_at)
                    -- A check that failed behind the end does not undo that it had been handled in it.
                    WHEN c.reworks > 0 THEN (
                        SELECT CASE event.kind WHEN 'case.submitted' THEN event.at END FROM event
                        WHERE event.district = c.district AND event.subject = 'case' AND event.subject_id = c.case_no
                          AND event.at < part.ends AND event.at <= coalesce(c.over_at, 'infinity') AND event.kind IN
                              ('case.submitted', 'case.result_verified', 'case.returned', 'case.dispatched', 'case.reopened')
                        ORDER BY event.seq DESC LIMIT 1) END AS handled_at
        ) AS so
    WHERE greatest(c.received_at, c.due_at, c.filed_at, c.dispatched_at, c.submitted_at, c.closed_at) >= since
      AND (c.received_at >= since AND c.received_at < until OR c.due_at >= since AND c.due_at < until
        OR c.filed_at >= since AND c.filed_at < until OR c.dispatched_at >= since AND c.dispatched_at < until
        OR c.submitted_at >= since AND c.submitted_at < until OR c.closed_at >= since AND c.closed_at < until)
$$;

-- What people said and gave points for, one row an indicator: there are few.
CREATE FUNCTION score_said(since timestamptz, until timestamptz)
RETURNS TABLE (indicator text, case_no text, at timestamptz, unit text, actor text, source text, category text,
    current_path text[], cause text, numerator integer, denominator integer)
LANGUAGE sql STABLE AS $$
    SELECT fact.indicator, c.case_no, said.at, said.unit, said.handler, c.source, c.category, c.current_path,
           CASE WHEN c.nature <> 'government' THEN 'not_government' WHEN said.is_unreasonable THEN 'unreasonable' END,
           fact.met::int, 1
    FROM case_call_back AS said
    JOIN case_file AS c ON c.district = said.district AND c.case_no = said.case_no
    CROSS JOIN LATERAL (VALUES
        ('resolution', said.outcome = 'fixed'), ('satisfaction', said.verdict = 'satisfied')) AS fact(indicator, met)
    WHERE said.at >= since AND said.at < until AND said.verdict <> 'not_reached'
    UNION ALL
    SELECT given.subject || '_score', c.case_no, given.at, given.unit, given.about, c.source, c.category, c.current_path,
           CASE WHEN c.nature <> 'government' THEN 'not_government'
                WHEN given.subject = 'result' AND heard.is_unreasonable THEN 'unreasonable' END,
           given.score::int, 5
    FROM case_evaluation AS given
    JOIN case_file AS c ON c.district = given.district AND c.case_no = given.case_no
    LEFT JOIN case_call_back AS heard ON heard.district = given.district AND heard.case_no = given.case_no
        AND heard.cycle = given.cycle AND heard.verdict <> 'not_reached'
    WHERE given.at >= since AND given.at < until
$$;

-- The links of the log in a span, of the cases that lie below `places` or were with `units`; NULL: of all. Of a part of the
-- city the cases are found first and their links then, so that the others' are not laid in order for nothing. It may give
-- more than was asked for, never less: whoever asks looks at each fact with `score_seen`.
CREATE FUNCTION score_link(since timestamptz, until timestamptz, places text[], units text[])
RETURNS TABLE (district text, case_no text, seq integer, kind text, at timestamptz, actor text, payload jsonb)
LANGUAGE sql STABLE AS $$
    SELECT event.district, event.subject_id, event.seq, event.kind, event.at, event.actor, event.payload FROM event
    WHERE places IS NULL AND event.subject = 'case' AND event.at >= since AND event.at < until
    UNION ALL
    SELECT event.district, event.subject_id, event.seq, event.kind, event.at, event.actor, event.payload
    FROM (
        SELECT c.district, c.case_no FROM case_file AS c WHERE places <> '{}' AND c.current_path && places
        UNION
        SELECT c.district, c.case_no FROM case_file AS c WHERE units <> '{}' AND c.lead = ANY (units)
        UNION
        SELECT handed.district, handed.subject_id FROM event AS handed
        WHERE units <> '{}' AND handed.subject = 'case' AND handed.at >= since AND handed.at < until
          AND handed.kind = 'case.dispatched' AND handed.payload ->> 'lead' = ANY (units)
        ) AS sought
    JOIN event ON event.district = sought.district AND event.subject = 'case' AND event.subject_id = sought.case_no
    WHERE places IS NOT NULL AND event.at >= since AND event.at < until
$$;

-- What was done, told by the log: each dispatch with what came of it, each closing with whether it held. Thirty days
-- behind the period are still looked at: the last dispatch of a month may come back in the next.
CREATE FUNCTION score_act(since timestamptz, until timestamptz, places text[], units text[], now timestamptz DEFAULT 'infinity')
RETURNS TABLE (case_no text, at timestamptz, unit text, actor text, source text, category text, current_path text[],
    cause text, dispatch_accuracy integer, "return" integer, receiving integer, redo integer)
LANGUAGE sql STABLE AS $$
    SELECT c.case_no, act.at, coalesce(act.lead, c.lead), act.actor, c.source, c.category, c.current_path,
           CASE WHEN c.nature <> 'government' THEN 'not_government' END,
           CASE WHEN act.kind = 'case.dispatched' THEN (act.next_kind IS DISTINCT FROM 'case.returned')::int END,
           CASE WHEN act.kind = 'case.dispatched' THEN (act.next_kind IS NOT DISTINCT FROM 'case.returned')::int END,
           -- Not opened yet, and still within its limit: nobody can say.
           CASE WHEN act.kind = 'case.dispatched' AND NOT (act.next_kind IS NULL AND c.state = 'pending' AND c.step_due_at > now) THEN
               (act.next_kind IS NOT DISTINCT FROM 'case.received' AND act.next_in_time IS DISTINCT FROM 'false')::int END,
           CASE WHEN act.kind <> 'case.dispatched' THEN (act.next_kind IS NOT DISTINCT FROM 'case.reopened')::int END
    FROM (
        -- Byte by byte: a language's order takes twice as long, and any order will do.
        SELECT link.district COLLATE "C" AS district, link.case_no COLLATE "C" AS case_no, link.kind, link.at, link.actor,
               link.payload ->> 'lead' AS lead,
               lead(link.kind) OVER chain AS next_kind, lead(link.payload ->> 'in_time') OVER chain AS next_in_time,
               -- Said here: of a condition on what it cannot look into the planner expects one row in two hundred.
               link.at < until AND link.kind IN ('case.dispatched', 'case.own_solved', 'case.result_verified') AS is_counted
        FROM score_link(since, until + interval '30 days', places, units) AS link
        WHERE link.kind IN ('case.dispatched', 'case.received', 'case.returned', 'case.ruled', 'case.reopened', 'case.own_solved')
           OR link.kind = 'case.result_verified' AND link.payload ->> 'to' = 'closed'
        WINDOW chain AS (PARTITION BY link.case_no COLLATE "C", link.district COLLATE "C" ORDER BY link.seq)
        ) AS act
    JOIN case_file AS c ON c.district = act.district COLLATE "default" AND c.case_no = act.case_no COLLATE "default"
    WHERE act.is_counted AND NOT c.is_history
$$;

-- Which units were visited by those who patrol them, one row a unit and a day that is over, of the days between two
-- midnights; with `posts` one for each officer. Assigned: an officer was posted there when the day began. Visited: an
-- all-clear that counts, or a report, with `posts` of his own.
CREATE FUNCTION score_patrol(since timestamptz, until timestamptz, zone text, posts boolean, places text[])
RETURNS TABLE (unit text, day date, actor text, current_path text[], visited integer)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    -- Both sides are laid over one another and not joined, and postings are hashed: a planner that took either for small
    -- would look through it anew for each day of each unit.
    SELECT laid.unit, laid.day, laid.actor, max(laid.path), max(laid.visited)
    FROM (
        SELECT ground.code AS unit, begun::date AS day, CASE WHEN posts THEN posting.account::text END AS actor,
               ground.path, 1 AS assigned, 0 AS visited
        FROM (
            SELECT code, path, during, unnest(path) AS place FROM cell_version
            WHERE rank = (SELECT max(rank) FROM grid_level) AND during && tstzrange(since, until)
              AND (places IS NULL OR path && places)
            ) AS ground
        JOIN posting ON posting.cell = ground.place AND posting.role = 'grid_officer'
        CROSS JOIN generate_series(
            since AT TIME ZONE zone, until AT TIME ZONE zone - interval '1 day', interval '1 day') AS begun
        WHERE ground.during @> (begun AT TIME ZONE zone) AND posting.during @> (begun AT TIME ZONE zone)
        UNION ALL
        SELECT unit, (received_at AT TIME ZONE zone)::date, CASE WHEN posts THEN account::text END, NULL, 0, 1
        FROM check_in WHERE counts AND received_at >= since AND received_at < until
        UNION ALL
        SELECT c.unit, (c.received_at AT TIME ZONE zone)::date, CASE WHEN posts THEN said.sender END, NULL, 0, 1
        FROM case_file AS c
        JOIN source AS origin ON origin.code = c.source AND NOT origin.is_citizen
        LEFT JOIN report_key AS said ON posts AND said.id = c.report_id
        WHERE c.unit IS NOT NULL AND NOT c.is_history AND c.received_at >= since AND c.received_at < until
        ) AS laid
    GROUP BY laid.unit, laid.day, laid.actor HAVING max(laid.assigned) = 1
$$;

-- How cases wander: one row for each dispatch of a period, with what came of it and through how many hands its case went
-- from the period's beginning to thirty days behind its end. `is_first`: the unit's first of this case.
CREATE FUNCTION score_handed(since timestamptz, until timestamptz, places text[], units text[])
RETURNS TABLE (at timestamptz, case_no text, unit text, current_path text[], hands bigint, is_first boolean,
    is_returned boolean, opened_at timestamptz, filed_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT act.at, act.case_no, act.lead, c.current_path, act.hands,
           row_number() OVER (PARTITION BY act.district, act.case_no, act.lead ORDER BY act.seq) = 1,
           act.next_kind IS NOT DISTINCT FROM 'case.returned',
           CASE act.next_kind WHEN 'case.received' THEN act.next_at END, c.filed_at
    FROM (
        SELECT link.district, link.case_no, link.seq, link.kind, link.at, link.payload ->> 'lead' AS lead,
               lead(link.kind) OVER chain AS next_kind, lead(link.at) OVER chain AS next_at,
               count(*) FILTER (WHERE link.kind = 'case.dispatched') OVER whole AS hands   -- a ruling and a decision end in one
        FROM score_link(since, until + interval '30 days', places, units) AS link
        WHERE link.kind IN ('case.dispatched', 'case.received', 'case.returned')
        WINDOW chain AS (PARTITION BY link.case_no COLLATE "C", link.district COLLATE "C" ORDER BY link.seq),
               whole AS (PARTITION BY link.case_no COLLATE "C", link.district COLLATE "C")
        ) AS act
    JOIN case_file AS c ON c.district = act.district AND c.case_no = act.case_no
    WHERE act.kind = 'case.dispatched' AND act.at < until AND NOT c.is_history AND c.nature = 'government'
$$;

-- The tags by which a unit's work is seen: its own, also where it no longer holds the case.
CREATE FUNCTION score_parties(unit text, path text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT case_parties(CASE WHEN NOT starts_with(unit, '@') THEN ARRAY[unit] END, path)
$$;
-- Whose a fact is, by whichever dimension is asked for: one definition for every statement of `scores.sql`.
CREATE FUNCTION score_key(by text, rank integer, path text[], unit text, actor text, source text, taxonomy text, platform text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE by WHEN 'cell' THEN path[rank] WHEN 'department' THEN unit WHEN 'post' THEN actor WHEN 'role' THEN actor
                   WHEN 'source' THEN source WHEN 'taxonomy' THEN taxonomy WHEN 'platform' THEN platform END
$$;
-- The departments that a reach names.
CREATE FUNCTION score_units(reach text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(split_part(tag, '@', 1)), '{}') FROM unnest(reach) AS tag WHERE strpos(tag, '@') > 1
$$;
-- Whether a fact is within somebody's reach, below the cell and of the unit that are asked for; NULL asks for none. What a
-- unit is seen by is put together only where the reach names that unit: for each fact it would take longer than all else,
-- and who sees cells alone is left with a comparison that an index answers.
CREATE FUNCTION score_seen(reach text[], cell text, asked text, unit text, path text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (reach IS NULL OR path && reach
            OR score_units(reach) <> '{}' AND unit = ANY (score_units(reach)) AND score_parties(unit, path) && reach)
       AND (cell IS NULL OR path && ARRAY[cell]) AND (asked IS NULL OR unit = asked)
$$;
-- The posts that somebody held in a period, by the sender that signs his acts: also one that he left before its end, and
-- none that he took up behind it.
CREATE FUNCTION score_posts(since timestamptz, until timestamptz) RETURNS TABLE (actor text, roles text) LANGUAGE sql STABLE AS $$
    SELECT account::text, string_agg(DISTINCT role, '+' ORDER BY role) FROM posting
    WHERE during && tstzrange(since, until) GROUP BY account
$$;

GRANT SELECT, INSERT ON case_call_back, case_evaluation TO gridmaps_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON score_weight, score_grade TO gridmaps_app;
GRANT SELECT ON score_excused TO gridmaps_app;

-- What rows of several tables say together, held where they are written. A citizen's case is one from its intake on, as its
-- source is; its evaluation stands on a call-back of this very closing.
ALTER TABLE source ADD CONSTRAINT source_is_citizens_or_not UNIQUE (code, is_citizen);
ALTER TABLE case_call_back ADD CONSTRAINT case_call_back_of_a_closing UNIQUE (district, case_no, ordinal, cycle),
    ADD COLUMN is_settled boolean
        GENERATED ALWAYS AS (CASE WHEN led_to <> 'supervisor' OR settled_at IS NOT NULL THEN true END) STORED,
    ADD CONSTRAINT case_call_back_settled_or_not UNIQUE (district, case_no, ordinal, is_settled),
    ADD FOREIGN KEY (district, case_no) REFERENCES case_file;
ALTER TABLE case_evaluation ADD FOREIGN KEY (district, case_no) REFERENCES case_file;
ALTER TABLE case_file
    ADD COLUMN is_citizens boolean,
    ADD COLUMN call_back smallint;                     -- the call-back by which it was called back; none while it is open
UPDATE case_file SET is_citizens = source.is_citizen FROM source WHERE source.code = case_file.source;
ALTER TABLE case_file
    ALTER COLUMN is_citizens SET NOT NULL,
    DROP CONSTRAINT case_file_source_fkey,
    ADD CONSTRAINT case_file_source FOREIGN KEY (source, is_citizens) REFERENCES source (code, is_citizen),
    ADD CONSTRAINT case_file_called_back_by_a_call_back
        FOREIGN KEY (district, case_no, call_back, reopens) REFERENCES case_call_back (district, case_no, ordinal, cycle),
    ADD CONSTRAINT case_file_called_back_is_told CHECK (state <> 'called_back' OR call_back IS NOT NULL OR is_history),
    -- Whether a citizen reported it or joined it later: each is asked.
    ADD CONSTRAINT case_file_citizen_is_asked
        CHECK (state <> 'evaluated' OR call_back IS NOT NULL OR is_history
               OR NOT is_citizens AND supporters = 0 AND unnamed_supporters = 0),
    ADD COLUMN is_evaluated boolean GENERATED ALWAYS AS (CASE WHEN state = 'evaluated' THEN true END) STORED,
    -- What waits for the supervisor is not evaluated meanwhile.
    ADD CONSTRAINT case_file_evaluated_when_settled FOREIGN KEY (district, case_no, call_back, is_evaluated)
        REFERENCES case_call_back (district, case_no, ordinal, is_settled),
    ADD COLUMN is_disputed boolean GENERATED ALWAYS AS (CASE WHEN state = 'disputed' THEN true END) STORED,
    ADD COLUMN is_tasked boolean
        GENERATED ALWAYS AS (CASE WHEN state IN ('pending', 'handling', 'suspended') THEN true END) STORED;
-- Looked at when a transaction ends: an act writes the one row before the other.
ALTER TABLE case_file
    ADD CONSTRAINT case_file_disputed_by_a_dispute FOREIGN KEY (district, case_no, is_disputed)
        REFERENCES dispute (district, case_no, is_open) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT case_file_lead_has_its_task FOREIGN KEY (district, case_no, lead, is_tasked)
        REFERENCES case_task (district, case_no, unit, is_open) DEFERRABLE INITIALLY DEFERRED;
