-- name: put_photo
-- Keep a photo once.
INSERT INTO photo (sha256, media_type, width, height, bytes, sender, received_at)
VALUES (%(sha256)s, %(media_type)s, %(width)s, %(height)s, %(bytes)s, %(sender)s, %(now)s)
ON CONFLICT (sha256) DO NOTHING RETURNING sha256

-- name: photo_within_reach
-- A photo that belongs to a case within a reach.
SELECT photo.sha256, media_type, width, height, bytes
FROM photo
WHERE photo.sha256 = %(sha256)s AND (EXISTS (
    SELECT 1 FROM case_photo JOIN case_file USING (district, case_no)
    WHERE case_photo.sha256 = photo.sha256
      AND (%(reach)s::text[] IS NULL OR case_file.current_path && %(reach)s::text[] OR case_file.parties && %(reach)s::text[])
) OR EXISTS (
    SELECT 1 FROM report_photo
    JOIN case_file ON case_file.district = report_photo.district AND case_file.report_id = report_photo.report_id
    WHERE report_photo.sha256 = photo.sha256
      AND (%(reach)s::text[] IS NULL OR case_file.current_path && %(reach)s::text[] OR case_file.parties && %(reach)s::text[])
) OR EXISTS (
    -- Of somebody who said the same: his report belongs to a case that another opened.
    SELECT 1 FROM report_photo JOIN report ON report.district = report_photo.district AND report.id = report_photo.report_id
    JOIN case_file ON case_file.district = report.district AND case_file.case_no = report.case_no
    WHERE report_photo.sha256 = photo.sha256
      AND (%(reach)s::text[] IS NULL OR case_file.current_path && %(reach)s::text[] OR case_file.parties && %(reach)s::text[])))
