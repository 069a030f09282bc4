-- name: make_room
-- Until the transaction ends: a month of a large city is sorted and counted in memory and not on disk, and no plan of this
-- length is compiled first.
SELECT set_config('jit', 'off', true),
       set_config('work_mem', CASE WHEN pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('128MB') THEN '128MB'
                                   ELSE current_setting('work_mem') END, true)

-- name: scores
-- Numerators, denominators and what is left out, for each indicator, part of the period and group; one statement for
-- whichever dimension. Cases that are alike in all that counts are counted together first, and unfolded then. Without an
-- indicator: how many cases are listed and do not count, each once, by cause.
WITH cases AS (
    SELECT score_key(%(by)s, %(rank)s, fact.current_path, fact.unit, fact.actor, fact.source, matter.taxonomy, matter.platform) AS key,
           CASE WHEN %(by)s IN ('post', 'role') THEN sender END AS sender, patroller, cause, excuse, closing, closing_on_time,
           fixed, handling, handling_on_time, settled_on_time, filing, filed_share, extension, rework, valid_report, missed_report,
           self_solved, called_back, response,
           date_trunc(%(grain)s, due_at AT TIME ZONE %(zone)s)::date AS due_part,
           date_trunc(%(grain)s, received_at AT TIME ZONE %(zone)s)::date AS received_part,
           date_trunc(%(grain)s, filed_at AT TIME ZONE %(zone)s)::date AS filed_part,
           date_trunc(%(grain)s, dispatched_at AT TIME ZONE %(zone)s)::date AS dispatched_part,
           date_trunc(%(grain)s, submitted_at AT TIME ZONE %(zone)s)::date AS submitted_part,
           date_trunc(%(grain)s, closed_at AT TIME ZONE %(zone)s)::date AS closed_part, count(*) AS many,
           array_agg(case_no) FILTER (WHERE cause IS NOT NULL OR excuse IS NOT NULL AND (closing IS NOT NULL OR handling IS NOT NULL))
               AS listed
    FROM score_case(%(since)s, %(until)s, %(grain)s, %(stride)s::interval, %(zone)s, %(by)s IN ('post', 'role'), %(now)s) AS fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    WHERE score_seen(%(reach)s::text[], %(cell)s, %(unit)s, fact.unit, fact.current_path)
    GROUP BY key, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26
), acts AS (
    SELECT score_key(%(by)s, %(rank)s, fact.current_path, fact.unit, fact.actor, fact.source, matter.taxonomy, matter.platform) AS key,
           cause, dispatch_accuracy, return, receiving, redo,
           date_trunc(%(grain)s, fact.at AT TIME ZONE %(zone)s)::date AS part, count(*) AS many
    FROM score_act(%(since)s, %(until)s, %(places)s::text[], %(units)s::text[], %(now)s) AS fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    WHERE score_seen(%(reach)s::text[], %(cell)s, %(unit)s, fact.unit, fact.current_path)
    GROUP BY key, 2, 3, 4, 5, 6, 7
), said AS (
    SELECT fact.indicator, fact.case_no, score_key(%(by)s, %(rank)s, fact.current_path, fact.unit, fact.actor, fact.source, matter.taxonomy, matter.platform) AS key,
           date_trunc(%(grain)s, fact.at AT TIME ZONE %(zone)s)::date AS part, cause, numerator, denominator
    FROM score_said(%(since)s, %(until)s) AS fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    WHERE score_seen(%(reach)s::text[], %(cell)s, %(unit)s, fact.unit, fact.current_path)
), patrolled AS (
    SELECT score_key(%(by)s, %(rank)s, current_path, NULL, actor, NULL, NULL, NULL) AS key,
           date_trunc(%(grain)s, day::timestamp)::date AS part, sum(visited)::integer AS visited, count(*)::integer AS many
    FROM score_patrol(%(since)s, %(patrolled)s, %(zone)s, %(by)s IN ('post', 'role'), %(places)s::text[]) AS fact
    WHERE %(by)s IN ('cell', 'post', 'role', 'total') AND score_seen(%(reach)s::text[], %(cell)s, %(unit)s, NULL, current_path)
    GROUP BY 1, 2
), unfolded AS (
    SELECT one.indicator, one.part,
           CASE WHEN %(by)s NOT IN ('post', 'role') THEN key
                ELSE CASE one.whose WHEN 'sender' THEN sender WHEN 'patroller' THEN patroller ELSE key END END AS key,
           coalesce(cause, CASE WHEN one.objective THEN excuse END) AS cause, one.met * many AS numerator,
           many AS denominator, many
    FROM cases CROSS JOIN LATERAL (VALUES
        ('closing', closing, due_part, true, 'actor'),
        ('closing_on_time', closing_on_time, due_part, true, 'actor'),
        ('fixed', fixed, due_part, true, 'actor'),
        ('handling', handling, due_part, true, 'actor'),
        ('handling_on_time', handling_on_time, due_part, true, 'actor'),
        ('settled_on_time', settled_on_time, due_part, true, 'actor'),
        ('filing', filing, received_part, false, 'sender'),
        ('filed_share', filed_share, filed_part, false, 'sender'),
        ('extension', extension, filed_part, false, 'actor'),
        ('rework', rework, submitted_part, false, 'actor'),
        ('valid_report', valid_report, received_part, false, 'sender'),
        ('missed_report', missed_report, received_part, false, 'patroller'),
        ('self_solved', self_solved, received_part, false, 'sender'),
        ('called_back', called_back, closed_part, false, 'actor'),
        ('response', response, dispatched_part, false, 'actor')
        ) AS one(indicator, met, part, objective, whose)
    WHERE one.met IS NOT NULL
    UNION ALL
    SELECT one.indicator, part, key, cause, one.met * many, many, many
    FROM acts CROSS JOIN LATERAL (VALUES
        ('dispatch_accuracy', dispatch_accuracy), ('return', return), ('receiving', receiving), ('redo', redo)
        ) AS one(indicator, met)
    WHERE one.met IS NOT NULL
    UNION ALL
    SELECT indicator, part, key, cause, numerator, denominator, 1 FROM said
    UNION ALL
    SELECT 'coverage', part, key, NULL, visited, many, many FROM patrolled
)
SELECT indicator, part, CASE WHEN %(by)s = 'role' THEN posts.roles ELSE key END AS key,
       coalesce(sum(numerator) FILTER (WHERE cause IS NULL), 0) AS numerator,
       coalesce(sum(denominator) FILTER (WHERE cause IS NULL), 0) AS denominator,
       coalesce(sum(many) FILTER (WHERE cause IS NOT NULL), 0)::integer AS excluded
FROM unfolded LEFT JOIN score_posts(%(since)s, %(until)s) AS posts ON %(by)s = 'role' AND posts.actor = key
GROUP BY 1, 2, 3
UNION ALL
SELECT NULL, NULL, cause, count(DISTINCT case_no), 0, 0
FROM (
    SELECT coalesce(cause, excuse) AS cause, unnest(listed) AS case_no FROM cases
    UNION ALL SELECT cause, case_no FROM said WHERE cause IS NOT NULL
    ) AS left_out
GROUP BY cause
ORDER BY 2 NULLS FIRST, 3 NULLS LAST, 1

-- name: cases_behind
-- The cases behind one figure, oldest first: what counts, what of it succeeded or missed, or what is left out and why.
WITH fact AS (
    SELECT fact.case_no, NULL::text AS cell, one.at, unit,
           CASE one.whose WHEN 'sender' THEN sender WHEN 'patroller' THEN patroller ELSE actor END AS actor, source, category,
           current_path, one.met AS numerator, 1 AS denominator,
           coalesce(cause, CASE WHEN one.objective THEN excuse END) AS cause
    FROM score_case(%(since)s, %(until)s, %(grain)s, %(stride)s::interval, %(zone)s, %(by)s IN ('post', 'role'), %(now)s) AS fact CROSS JOIN LATERAL (VALUES
        ('closing', closing, due_at, true, 'actor'),
        ('closing_on_time', closing_on_time, due_at, true, 'actor'),
        ('fixed', fixed, due_at, true, 'actor'),
        ('handling', handling, due_at, true, 'actor'),
        ('handling_on_time', handling_on_time, due_at, true, 'actor'),
        ('settled_on_time', settled_on_time, due_at, true, 'actor'),
        ('filing', filing, received_at, false, 'sender'),
        ('filed_share', filed_share, filed_at, false, 'sender'),
        ('extension', extension, filed_at, false, 'actor'),
        ('rework', rework, submitted_at, false, 'actor'),
        ('valid_report', valid_report, received_at, false, 'sender'),
        ('missed_report', missed_report, received_at, false, 'patroller'),
        ('self_solved', self_solved, received_at, false, 'sender'),
        ('called_back', called_back, closed_at, false, 'actor'),
        ('response', response, dispatched_at, false, 'actor')
        ) AS one(indicator, met, at, objective, whose)
    WHERE one.indicator = %(indicator)s AND one.met IS NOT NULL
    UNION ALL
    SELECT case_no, NULL, at, unit, actor, source, category, current_path, one.met, 1, cause
    FROM score_act(%(since)s, %(until)s, %(places)s::text[], %(units)s::text[], %(now)s) AS fact CROSS JOIN LATERAL (VALUES
        ('dispatch_accuracy', dispatch_accuracy), ('return', return), ('receiving', receiving), ('redo', redo)
        ) AS one(indicator, met)
    WHERE %(indicator)s IN ('dispatch_accuracy', 'return', 'receiving', 'redo')
      AND one.indicator = %(indicator)s AND one.met IS NOT NULL
    UNION ALL
    SELECT case_no, NULL, at, unit, actor, source, category, current_path, numerator, denominator, cause
    FROM score_said(%(since)s, %(until)s) AS fact WHERE indicator = %(indicator)s
    UNION ALL
    SELECT NULL, fact.unit, day::timestamp AT TIME ZONE %(zone)s, NULL, actor, NULL, NULL, current_path, visited, 1, NULL
    FROM score_patrol(%(since)s, %(patrolled)s, %(zone)s, %(by)s IN ('post', 'role'), %(places)s::text[]) AS fact
    WHERE %(indicator)s = 'coverage' AND %(by)s IN ('cell', 'post', 'role', 'total')
), keyed AS (
    SELECT fact.case_no, fact.cell, fact.at, fact.unit, fact.actor, fact.source, fact.category, fact.numerator, fact.denominator,
           fact.cause,
           CASE WHEN %(by)s = 'role' THEN posts.roles
                ELSE score_key(%(by)s, %(rank)s, fact.current_path, fact.unit, fact.actor, fact.source, matter.taxonomy, matter.platform) END AS key
    FROM fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    LEFT JOIN score_posts(%(since)s, %(until)s) AS posts ON %(by)s = 'role' AND posts.actor = fact.actor
    WHERE score_seen(%(reach)s::text[], %(cell)s, %(unit)s, fact.unit, fact.current_path)
)
SELECT case_no, cell, at, key, unit, actor, source, category, numerator, denominator, cause, place
FROM keyed CROSS JOIN LATERAL (SELECT coalesce(case_no, concat_ws(' ', cell, actor)) AS place) AS named
-- A share is a group's part of all groups: what it divides by, and what it is not, lies with the others.
WHERE CASE WHEN %(is_share)s AND %(counted)s = 'missed' THEN %(by)s <> 'total' AND key IS DISTINCT FROM %(key)s
          ELSE %(by)s = 'total' OR %(is_share)s AND %(counted)s = 'denominator' OR key IS NOT DISTINCT FROM %(key)s END
  AND CASE %(counted)s WHEN 'excluded' THEN cause IS NOT NULL WHEN 'numerator' THEN cause IS NULL AND numerator > 0
          WHEN 'missed' THEN cause IS NULL AND (numerator < denominator OR %(is_share)s) ELSE cause IS NULL END
  AND (%(after)s::timestamptz IS NULL OR (at, place) > (%(after)s, %(after_no)s))
ORDER BY at, place LIMIT %(limit)s

-- name: excluded_cases
-- Each case that is listed and does not count, once, with why, oldest first.
SELECT case_no, min(cause) AS cause, max(at) AS at, max(unit) AS unit, max(source) AS source, max(category) AS category
FROM (
    SELECT case_no, coalesce(cause, excuse) AS cause, coalesce(closed_at, due_at, received_at) AS at, unit, source,
           category, current_path
    FROM score_case(%(since)s, %(until)s, %(grain)s, %(stride)s::interval, %(zone)s, false, %(now)s) AS fact
    WHERE cause IS NOT NULL
       OR excuse IS NOT NULL AND (closing IS NOT NULL OR handling IS NOT NULL)
    UNION ALL
    SELECT case_no, cause, at, unit, source, category, current_path FROM score_said(%(since)s, %(until)s)
    WHERE cause IS NOT NULL
    ) AS fact
WHERE score_seen(%(reach)s::text[], %(cell)s, %(unit)s, fact.unit, fact.current_path)
GROUP BY case_no
HAVING %(after)s::timestamptz IS NULL OR (max(at), case_no) > (%(after)s, %(after_no)s)
ORDER BY max(at), case_no LIMIT %(limit)s

-- name: cell_names
-- The names of cells as they are called now.
SELECT code AS key, name, '' AS name_zh FROM cell_version
WHERE code = ANY(%(keys)s) AND upper_inf(during)

-- name: unit_names
-- The names of departments, and of the bodies of territory by '@' and their cell.
SELECT code AS key, name, name_zh FROM department WHERE code = ANY(%(keys)s)
UNION ALL
SELECT '@' || cell, name, '' FROM territorial_body WHERE '@' || cell = ANY(%(keys)s) AND upper_inf(during)

-- name: post_names
-- The names of people by the sender that signs their acts.
SELECT id::text AS key, name, '' AS name_zh FROM account WHERE id::text = ANY(%(keys)s)

-- name: posts_held
-- The posts that people held in a period.
SELECT actor, roles FROM score_posts(%(since)s, %(until)s) WHERE actor = ANY(%(keys)s)

-- name: source_names
-- The names of sources.
SELECT code AS key, name, name_zh FROM source WHERE code = ANY(%(keys)s)

-- name: platform_names
-- The names of platforms.
SELECT code AS key, name, name_zh FROM platform WHERE code = ANY(%(keys)s)

-- name: rank_of_level
-- The rank of a level by its key; the widest without one.
SELECT rank, key FROM grid_level
WHERE %(level)s::text IS NULL OR key = %(level)s ORDER BY rank LIMIT 1

-- name: level_keys
-- The levels there are, widest first.
SELECT key FROM grid_level ORDER BY rank
