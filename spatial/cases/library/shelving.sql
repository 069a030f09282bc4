-- name: shelve_cases
-- Words of the cases among these that are over: what was reported, what it is about, how it was settled; masked.
INSERT INTO library_entry (kind, ref, district, case_no, at, words)
SELECT 'case', case_file.case_no, case_file.district, case_file.case_no,
       coalesce(case_file.closed_at, case_file.received_at),
       concat_ws(' ', nullif(masked(report.text), ''), case_file.case_no, matter.name, matter.name_zh,
           (SELECT string_agg(masked(note.note), ' ' ORDER BY note.id) FROM case_note AS note
            WHERE note.district = case_file.district AND note.case_no = case_file.case_no
              AND note.act IN ('report', 'submit', 'solve_own', 'verify_result')))
FROM unnest(%(districts)s::text[], %(case_nos)s::text[]) AS ended(district, case_no)
JOIN case_file ON case_file.district = ended.district AND case_file.case_no = ended.case_no
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
LEFT JOIN matter ON matter.code = case_file.category
WHERE case_file.state IN ('closed', 'called_back', 'evaluated')
ON CONFLICT (kind, ref) DO UPDATE SET at = excluded.at, words = excluded.words

-- name: unshelve_cases
-- Entries of the cases among these that are not over any more.
DELETE FROM library_entry USING unnest(%(districts)s::text[], %(case_nos)s::text[]) AS turned(district, case_no)
WHERE kind = 'case' AND ref = turned.case_no AND library_entry.district = turned.district
  AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.district = turned.district
                  AND case_file.case_no = turned.case_no AND state IN ('closed', 'called_back', 'evaluated'))

-- name: shelve_rulings
-- Rulings of a span of numbers, or all: the words of their precedents.
INSERT INTO library_entry (kind, ref, district, case_no, at, words)
SELECT 'ruling', ruling.id::text, dispute.district, dispute.case_no, ruling.ruled_at,
       replace(precedent.words, ruling.grounds, masked(ruling.grounds))
FROM ruling
JOIN dispute ON dispute.id = ruling.dispute
JOIN precedent ON precedent.ruling = ruling.id
WHERE %(from)s::bigint IS NULL OR ruling.id BETWEEN %(from)s AND %(to)s
ON CONFLICT (kind, ref) DO UPDATE SET at = excluded.at, words = excluded.words

-- name: unshelve_corrected
-- The entry of the sheet that a sheet corrects: it stays readable in its conference, and the library finds the newer one.
DELETE FROM library_entry USING conference_minutes AS sheet
WHERE kind = 'minutes' AND ref = sheet.conference || '-' || sheet.corrects
  AND sheet.conference = %(from)s AND sheet.ordinal = %(ordinal)s

-- name: shelve_minutes
-- Sheets of minutes of one conference, or all, as they stand: what a later one corrects is not shelved.
INSERT INTO library_entry (kind, ref, district, case_no, at, words)
SELECT 'minutes', sheet.conference || '-' || sheet.ordinal, conference.district, conference.case_no, sheet.held_at,
       concat_ws(' ', masked(sheet.text), board.name, board.name_zh)
FROM conference_minutes AS sheet
JOIN conference ON conference.id = sheet.conference
JOIN conference_board AS board ON board.code = conference.board
WHERE (%(from)s::bigint IS NULL OR sheet.conference BETWEEN %(from)s AND %(to)s)
  AND (%(ordinal)s::smallint IS NULL OR sheet.ordinal = %(ordinal)s)
  AND NOT EXISTS (SELECT FROM conference_minutes AS later
                  WHERE later.conference = sheet.conference AND later.corrects = sheet.ordinal)
ON CONFLICT (kind, ref) DO UPDATE SET at = excluded.at, words = excluded.words

-- name: ended_behind
-- The next cases that are over, behind a key, held against a reopening; they are shelved and shown to nobody.
SELECT district, case_no FROM case_file
WHERE state IN ('closed', 'called_back', 'evaluated') AND (district, case_no) > (%(district)s, %(case_no)s)
ORDER BY district, case_no
LIMIT %(limit)s
FOR NO KEY UPDATE

-- name: drop_strays
-- Entries whose case is not over any more, or is gone.
DELETE FROM library_entry AS entry
WHERE entry.kind = 'case' AND NOT EXISTS (
    SELECT 1 FROM case_file WHERE case_file.district = entry.district AND case_file.case_no = entry.case_no
                            AND state IN ('closed', 'called_back', 'evaluated'))

-- name: count_entries
-- How much the library holds.
SELECT count(*) FROM library_entry
