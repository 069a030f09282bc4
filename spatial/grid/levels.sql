-- name: list_levels
-- All levels, widest first.
SELECT rank, key, name, name_zh, is_home FROM grid_level ORDER BY rank

-- name: list_rules
-- The code rules of one system.
SELECT system, rank, pattern, parent_prefix, serial_digits FROM code_rule WHERE system = %(system)s ORDER BY rank

-- name: any_cell
-- Whether the grid holds any cell, in force or withdrawn.
SELECT EXISTS (SELECT FROM cell)

-- name: drop_rules
-- Forget every code rule; the grid is empty.
DELETE FROM code_rule

-- name: drop_levels
-- Forget every level; the grid is empty.
DELETE FROM grid_level

-- name: insert_level
-- Declare one level.
INSERT INTO grid_level (rank, key, name, name_zh, is_home)
VALUES (%(rank)s, %(key)s, %(name)s, %(name_zh)s, %(is_home)s)

-- name: declare_system
-- Declare a code system unless it is known.
INSERT INTO code_system (key, description) VALUES (%(system)s, %(description)s) ON CONFLICT (key) DO NOTHING

-- name: declare_rule
-- Declare how codes of one level are written in a system; a rule that is already there stands.
INSERT INTO code_rule (system, rank, pattern, parent_prefix, serial_digits)
VALUES (%(system)s, %(rank)s, %(pattern)s, %(parent_prefix)s, %(serial_digits)s)
ON CONFLICT (system, rank) DO NOTHING
