-- name: insert_evaluation
-- Points for one side of a closed case; who has given his does not give them again.
INSERT INTO case_evaluation (district, case_no, cycle, subject, score, at, actor, unit, about)
SELECT %(district)s, %(case_no)s, %(cycle)s, %(subject)s, %(score)s, %(now)s, %(actor)s, %(unit)s,
       CASE %(subject)s WHEN 'report' THEN (
           SELECT actor FROM event WHERE district = %(district)s AND subject = 'case' AND subject_id = %(case_no)s
           AND seq = 1)
       ELSE (
           SELECT actor FROM event WHERE district = %(district)s AND subject = 'case' AND subject_id = %(case_no)s
           AND kind IN ('case.received', 'case.submitted', 'case.own_solved') ORDER BY seq DESC LIMIT 1) END
ON CONFLICT DO NOTHING
RETURNING subject

-- name: evaluations_of
-- The points that a case was given, those of earlier closings too.
SELECT cycle, subject, score, at, actor, unit, about FROM case_evaluation
WHERE district = %(district)s AND case_no = %(case_no)s ORDER BY cycle, at

-- name: notes_of
-- The words of call-backs and evaluations.
SELECT act, note, at, actor FROM case_note
WHERE district = %(district)s AND case_no = %(case_no)s AND act IN ('call_back', 'mark_call_back', 'settle_call_back', 'evaluate')
ORDER BY at, id

-- name: setting_words
-- A setting that is words between commas.
SELECT string_to_array(nullif(value #>> '{}', ''), ',') FROM setting WHERE key = %(key)s
