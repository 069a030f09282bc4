-- Reach: roles x cell subtree x department x validity; and the log of who looked at whom.

CREATE TABLE posting (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account    bigint NOT NULL REFERENCES account,
    role       text NOT NULL CHECK (role IN ('citizen', 'grid_officer', 'grid_leader', 'street_clerk',
               'department_handler', 'centre_operator', 'panel_member', 'planner', 'supervisor', 'administrator')),
    cell       text REFERENCES cell,              -- its subtree; NULL is the whole city
    department text REFERENCES department,        -- only what this department holds; NULL is whatever lies there
    during     tstzrange NOT NULL CHECK (NOT isempty(during)),
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    -- A handler handles for somebody; without a department he would see everybody's cases.
    CONSTRAINT posting_handler_has_department CHECK (role <> 'department_handler' OR department IS NOT NULL),
    CONSTRAINT posting_department_has_handler CHECK (role IN ('department_handler', 'supervisor') OR department IS NULL)
);
CREATE INDEX posting_account ON posting (account);

INSERT INTO posting (account, role, cell, during, granted_by, granted_at)
SELECT account.id, account.role, cell.code, tstzrange(account.created_at, NULL), 'system', now()
FROM account LEFT JOIN LATERAL unnest(account.cells) AS cell(code) ON true
WHERE account.role <> 'department_handler' AND (account.cells IS NULL OR cell.code IS NOT NULL);
ALTER TABLE account DROP COLUMN role, DROP COLUMN cells;

-- Who looked at a citizen's identity, when, and what for. Append-only for the application.
CREATE TABLE look (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    account  bigint NOT NULL REFERENCES account,
    district text NOT NULL,
    case_no  text NOT NULL,
    purpose  text NOT NULL CHECK (purpose <> '')
);
CREATE INDEX look_case ON look (district, case_no);

-- What a citizen wrote, as those read it who may not know him: the rule of spatial/cases/masking.py, held equal by a
-- test. Words are looked up in this, or a search would tell digit by digit what is masked.
CREATE FUNCTION masked(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(said, '[!-?A-~]+[@＠][A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)*', '***', 'g'),
        '(?<![0-9０-９])(?!(?:19|20)[0-9]{2}[-.][01]?[0-9][-.][0-3]?[0-9](?![0-9０-９]))[0-9０-９](?:[ \t\u00a0\u3000.()（）·‐‑–—－-]{0,3}[0-9０-９]){6,}(?:[ \t\u00a0\u3000.()（）·‐‑–—－-]{0,3}[XxＸｘ])?',
        '***', 'g')
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON posting TO gridmaps_app;
GRANT SELECT, INSERT ON look TO gridmaps_app;
REVOKE UPDATE, DELETE ON look FROM gridmaps_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmaps_app;
