-- name: scores
-- Numerators, denominators and what is left out, for each indicator, part of the period and group; one statement for
-- whichever dimension. What is seen of a unit's work is seen by the unit, also where it no longer holds the case.
SELECT indicator, part, key, coalesce(sum(numerator) FILTER (WHERE cause IS NULL), 0) AS numerator,
       coalesce(sum(denominator) FILTER (WHERE cause IS NULL), 0) AS denominator, count(cause) AS excluded
FROM (
    SELECT fact.indicator, fact.cause, fact.numerator, fact.denominator,
           date_trunc(%(grain)s, fact.at AT TIME ZONE %(zone)s)::date AS part,
           CASE %(by)s WHEN 'cell' THEN fact.current_path[%(rank)s] WHEN 'department' THEN fact.unit WHEN 'post' THEN fact.actor
               WHEN 'role' THEN posts.roles WHEN 'source' THEN fact.source WHEN 'taxonomy' THEN matter.taxonomy
               WHEN 'platform' THEN matter.platform END AS key
    FROM (SELECT fact.*, CASE WHEN %(reach)s::text[] IS NOT NULL THEN score_parties(unit, current_path) END AS parties
          FROM score_fact(%(since)s, %(until)s, %(grain)s, %(step)s::interval, %(zone)s, %(by)s IN ('post', 'role')) AS fact
          ) AS fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    LEFT JOIN score_posts(%(until)s) AS posts ON %(by)s = 'role' AND posts.actor = fact.actor
    WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
      AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
      AND (%(unit)s::text IS NULL OR fact.unit = %(unit)s::text)
    ) AS seen
GROUP BY indicator, part, key ORDER BY part NULLS FIRST, key NULLS LAST, indicator

-- name: cases_behind
-- The cases behind one figure, oldest first: what counts, what of it succeeded or missed, or what is left out and why.
SELECT * FROM (
    SELECT fact.case_no, fact.at, fact.unit, fact.actor, fact.source, fact.category, fact.numerator, fact.denominator,
           fact.cause,
           CASE %(by)s WHEN 'cell' THEN fact.current_path[%(rank)s] WHEN 'department' THEN fact.unit WHEN 'post' THEN fact.actor
               WHEN 'role' THEN posts.roles WHEN 'source' THEN fact.source WHEN 'taxonomy' THEN matter.taxonomy
               WHEN 'platform' THEN matter.platform END AS key
    FROM (SELECT fact.*, CASE WHEN %(reach)s::text[] IS NOT NULL THEN score_parties(unit, current_path) END AS parties
          FROM score_fact(%(since)s, %(until)s, %(grain)s, %(step)s::interval, %(zone)s, %(by)s IN ('post', 'role')) AS fact
          ) AS fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    LEFT JOIN score_posts(%(until)s) AS posts ON %(by)s = 'role' AND posts.actor = fact.actor
    WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
      AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
      AND (%(unit)s::text IS NULL OR fact.unit = %(unit)s::text)
      AND fact.indicator = %(indicator)s
    ) AS seen
WHERE (%(by)s = 'total' OR key IS NOT DISTINCT FROM %(key)s)
  AND CASE %(counted)s WHEN 'excluded' THEN cause IS NOT NULL WHEN 'numerator' THEN cause IS NULL AND numerator > 0
          WHEN 'missed' THEN cause IS NULL AND numerator < denominator ELSE cause IS NULL END
  AND (%(after)s::timestamptz IS NULL OR (at, case_no) > (%(after)s, %(after_no)s))
ORDER BY at, case_no LIMIT %(limit)s

-- name: causes
-- What is listed and does not count, by cause: cases, each counted once.
SELECT cause, count(DISTINCT case_no) AS cases
FROM (
    SELECT fact.cause, fact.case_no
    FROM (SELECT fact.*, CASE WHEN %(reach)s::text[] IS NOT NULL THEN score_parties(unit, current_path) END AS parties
          FROM score_fact(%(since)s, %(until)s, %(grain)s, %(step)s::interval, %(zone)s, %(by)s IN ('post', 'role')) AS fact
          ) AS fact
    LEFT JOIN matter ON %(by)s IN ('taxonomy', 'platform') AND matter.code = fact.category
    LEFT JOIN score_posts(%(until)s) AS posts ON %(by)s = 'role' AND posts.actor = fact.actor
    WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
      AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
      AND (%(unit)s::text IS NULL OR fact.unit = %(unit)s::text)
    ) AS seen
WHERE cause IS NOT NULL GROUP BY cause ORDER BY cause

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
