-- name: create_owner
-- The owner migrates: it may create the application's role, and is no superuser. The password is a session setting.
DO $$
BEGIN
    EXECUTE format('CREATE ROLE gridmaps_owner LOGIN CREATEROLE PASSWORD %L', current_setting('gridmaps.owner_password'));
END $$;

-- name: create_database
-- One database, owned by the owner.
CREATE DATABASE gridmaps OWNER gridmaps_owner;

-- name: create_extensions
-- PostGIS is not a trusted extension: only the superuser may create it.
CREATE EXTENSION postgis; CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm;
