-- Duplicates, and the one port out.
SELECT;
