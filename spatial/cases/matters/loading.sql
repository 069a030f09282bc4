-- name: platforms
-- The work queues that a matter may fall to.
SELECT code FROM platform

-- name: put_matters
-- Add matters or correct them, parents and categories first; answers 1 for each that is new, 0 for each that was there.
-- Limits that a table does not tell are the city's defaults, or stay.
INSERT INTO matter (code, name, name_zh, taxonomy, rank, major_code, minor_code, parent, category, platform,
                    step_limit, due_limit, archives_itself)
SELECT row.code, row.name, row.name_zh, row.taxonomy, row.rank, row.major_code, row.minor_code, row.parent,
       coalesce(row.category, there.category),
       coalesce(row.platform, there.platform, above.platform, 'governance'),
       coalesce(there.step_limit,
                (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_step_limit')),
       coalesce(row.due_limit_s * interval '1 second', there.due_limit,
                (SELECT (value #>> '{}')::interval FROM setting WHERE key = 'default_due_limit')),
       coalesce(row.archives_itself, there.archives_itself, false)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(code text, name text, name_zh text, taxonomy text, rank text,
     major_code text, minor_code text, parent text, category text, platform text, due_limit_s float8,
     archives_itself boolean)
LEFT JOIN matter AS there ON there.code = row.code
LEFT JOIN matter AS above ON above.code = row.parent
ORDER BY array_position(ARRAY['category', 'major', 'minor'], row.rank), row.code
ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, name_zh = EXCLUDED.name_zh, category = EXCLUDED.category,
    platform = EXCLUDED.platform, due_limit = EXCLUDED.due_limit, archives_itself = EXCLUDED.archives_itself
RETURNING (xmax = 0)::int

-- name: end_standards
-- End the standards in force that a table tells otherwise, or no longer.
UPDATE handling_standard AS standard
SET during = tstzrange(lower(standard.during), %(now)s::timestamptz)
WHERE standard.matter = ANY(%(matters)s::text[]) AND standard.during @> %(now)s::timestamptz
  AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(matter text, ordinal smallint, filing_condition text,
                  closing_condition text, amount numeric, unit text, basis text)
      WHERE row.matter = standard.matter AND row.ordinal = standard.ordinal
        AND (row.filing_condition, row.closing_condition, row.amount, row.unit, row.basis)
          = (standard.filing_condition, standard.closing_condition, standard.amount, standard.unit, standard.basis))

-- name: begin_standards
-- Begin the standards that are not in force: from the beginning of time where the matter had none, else from now.
INSERT INTO handling_standard (matter, ordinal, filing_condition, closing_condition, amount, unit, basis, during)
SELECT row.matter, row.ordinal, row.filing_condition, row.closing_condition, row.amount, row.unit, row.basis,
       tstzrange(CASE WHEN EXISTS (SELECT FROM handling_standard AS any_one WHERE any_one.matter = row.matter)
                      THEN %(now)s::timestamptz END, NULL)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(matter text, ordinal smallint, filing_condition text,
     closing_condition text, amount numeric, unit text, basis text)
WHERE row.matter = ANY(%(matters)s::text[])
  AND NOT EXISTS (SELECT FROM handling_standard AS standard
                  WHERE standard.matter = row.matter AND standard.ordinal = row.ordinal
                    AND standard.during @> %(now)s::timestamptz)

-- name: retire
-- End a matter and the minor classes under it that would hold longer.
UPDATE matter SET during = tstzrange(lower(during), %(until)s::timestamptz)
WHERE (code = %(code)s OR parent = %(code)s)
  AND (upper_inf(during) OR upper(during) > %(until)s::timestamptz)
  AND (lower_inf(during) OR lower(during) < %(until)s::timestamptz)
RETURNING code

-- name: hold_log
-- One writer of matters at a time: their events share chains.
SELECT pg_advisory_xact_lock(hashtext('gridmaps matters'))
