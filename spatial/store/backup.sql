-- name: renumber_log
-- Transaction numbers of another cluster mean nothing here: restored events get this transaction's, ordered by id.
UPDATE public.event SET xid = pg_current_xact_id()

-- name: raise_epoch
-- Every cursor handed out before the restore is now unknown, whichever of the two histories it came from.
UPDATE public.setting SET value = to_jsonb(greatest((value #>> '{}')::bigint + 1, extract(epoch FROM now())::bigint))
WHERE key = 'epoch'

-- name: empty_schema
-- Everything in the schema that no extension brought; pg_restore --clean cannot drop partitioned tables.
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('DROP %s IF EXISTS public.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relname)
        FROM pg_class AS c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
        UNION ALL
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc AS p
        WHERE pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
    LOOP
        EXECUTE statement;
    END LOOP;
END $$

-- name: no_default_privileges
-- A table made now must get exactly what the backup grants: a default would give the log back what it was refused.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM gridmaps_app

-- name: default_privileges
-- As the migrations have it, for tables of later migrations.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gridmaps_app
