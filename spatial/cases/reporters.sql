-- name: reporter_of
-- Who reported a case and what he wrote, within a reach.
SELECT case_file.district, case_file.case_no, report.reporter, report.text
FROM case_file LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
WHERE case_file.case_no = %(case_no)s
  AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
