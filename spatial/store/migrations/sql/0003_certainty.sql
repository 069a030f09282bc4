-- Certainty that knows its limits: radii too wide to be certain, positions that a device made up.

-- A position inside a unit may still be `outside` when most of what it may be lies beyond the city's border.
DO $$
DECLARE
    old text;
BEGIN
    SELECT conname INTO STRICT old FROM pg_constraint
    WHERE conrelid = 'case_file'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%unit IS NULL%';
    EXECUTE format('ALTER TABLE case_file DROP CONSTRAINT %I', old);
END $$;
ALTER TABLE case_file ADD CONSTRAINT case_file_nowhere_is_outside CHECK (unit IS NOT NULL OR certainty = 'outside');

-- One exact coordinate that unrelated reports share is a device's or a form's fallback, not a place.
ALTER TABLE case_file ADD COLUMN is_fallback boolean NOT NULL DEFAULT false;
CREATE TABLE fallback_position (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position geometry(Point, 4326) NOT NULL,
    reason   text NOT NULL
);
CREATE INDEX fallback_position_position ON fallback_position USING gist (position);
COMMENT ON TABLE fallback_position IS 'Positions that stand for "unknown" in this city, as an operator declared them.';
GRANT SELECT, INSERT, UPDATE, DELETE ON fallback_position TO gridmaps_app;

INSERT INTO setting (key, value) VALUES ('worst_certain_accuracy_m', '200'), ('fallback_reports', '20');
