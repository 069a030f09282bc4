-- name: fault_disputed
-- Open disputes of cases that are not disputed; the other way round a key holds it.
SELECT dispute.case_no, dispute.id AS what FROM dispute
LEFT JOIN case_file ON case_file.district = dispute.district AND case_file.case_no = dispute.case_no
    AND case_file.state = 'disputed'
WHERE dispute.state = 'open' AND case_file.case_no IS NULL

-- name: fault_returned
-- Cases that count other returns than there are.
SELECT case_file.case_no, case_file.returns AS what FROM case_file
LEFT JOIN (SELECT district, case_no, count(*) AS many FROM case_return GROUP BY district, case_no) AS given
    USING (district, case_no)
WHERE case_file.returns <> coalesce(given.many, 0)

-- name: fault_tasked
-- Cases that count other mandatory tasks than are open, or another next deadline of a helper's part.
SELECT case_file.case_no, case_file.open_tasks AS what FROM case_file
LEFT JOIN (SELECT district, case_no, count(*) FILTER (WHERE is_mandatory) AS many,
                  min(due_at) FILTER (WHERE part = 'assist') AS part_due_at
           FROM case_task WHERE is_open GROUP BY district, case_no) AS waiting USING (district, case_no)
WHERE case_file.open_tasks <> coalesce(waiting.many, 0)
   OR case_file.part_due_at IS DISTINCT FROM waiting.part_due_at

-- name: fault_assisted
-- Open tasks of units that have no part in their case, and those of cases that are over.
SELECT case_task.case_no, case_task.unit AS what FROM case_task JOIN case_file USING (district, case_no)
WHERE case_task.is_open AND (case_file.lead IS NULL OR case_task.unit <> ALL (case_file.assisting || case_file.lead)
                             OR case_file.state IN ('closed', 'called_back', 'evaluated', 'void', 'merged'))

-- name: fault_seen
-- Departments that assist in a case and do not see it.
SELECT case_file.case_no, helper AS what FROM case_file CROSS JOIN LATERAL unnest(assisting) AS helper
WHERE assisting <> '{}' AND NOT starts_with(helper, '@') AND helper <> ALL (holders)

-- name: fault_known
-- Those who assist in a case and are no department or territory that there is; a key holds it of who leads.
SELECT case_file.case_no, helper AS what FROM case_file CROSS JOIN LATERAL unnest(assisting) AS helper
WHERE assisting <> '{}' AND NOT EXISTS (SELECT FROM department WHERE department.code = helper)
  AND NOT EXISTS (SELECT FROM cell WHERE '@' || cell.code = helper)

-- name: fault_merged
-- Cases that are merged into one that there is not.
SELECT case_file.case_no, case_file.merged_into AS what FROM case_file
WHERE merged_into IS NOT NULL AND NOT EXISTS (SELECT FROM case_file AS other WHERE other.case_no = case_file.merged_into)

-- name: fault_asked
-- What was asked for and waits, of cases that nobody has, or that another unit has.
SELECT case_request.case_no, case_request.id AS what FROM case_request JOIN case_file USING (district, case_no)
WHERE case_request.state = 'open' AND case_request.unit IS DISTINCT FROM case_file.lead

-- name: fault_conferred
-- Open conferences on cases that are over.
SELECT conference.case_no, conference.id AS what FROM conference JOIN case_file USING (district, case_no)
WHERE conference.state = 'open' AND case_file.state IN ('closed', 'called_back', 'evaluated', 'void', 'merged')

-- name: fault_supervised
-- Orders that stand on cases that are over.
SELECT supervision_order.case_no, supervision_order.id AS what FROM supervision_order JOIN case_file USING (district, case_no)
WHERE supervision_order.ended_at IS NULL AND case_file.state IN ('closed', 'called_back', 'evaluated', 'void', 'merged')

-- name: fault_held
-- Cases that a level holds since before another let them go, and those that a level let go before they came in.
SELECT case_file.case_no, case_file.tier AS what FROM case_file
JOIN (SELECT district, case_no, min(since) AS since, max(until) AS until FROM case_tier GROUP BY district, case_no) AS span
    USING (district, case_no)
WHERE case_file.tier_since < span.until OR span.since < case_file.received_at

-- name: fault_called
-- Whistles that call other units than were called to them.
SELECT whistle.id AS case_no, array_to_string(whistle.units, ' ') AS what FROM whistle
LEFT JOIN (SELECT whistle, array_agg(unit ORDER BY unit) AS units FROM whistle_call GROUP BY whistle) AS call
    ON call.whistle = whistle.id
WHERE ARRAY(SELECT unnest(whistle.units) AS unit ORDER BY unit) IS DISTINCT FROM call.units

-- name: fault_arrived
-- Report-ins that count, of units that are not there by them.
SELECT heard.whistle AS case_no, heard.unit AS what FROM whistle_report_in AS heard
JOIN whistle_call AS call USING (whistle, unit)
WHERE heard.counts AND call.arrived_at IS DISTINCT FROM heard.at

-- name: fault_scored
-- Scores of whistles without a joint result, and between others than a street and whom it called.
SELECT given.whistle AS case_no, given.by_unit AS what FROM whistle_score AS given
JOIN whistle ON whistle.id = given.whistle
WHERE whistle.state <> 'resolved' OR NOT (given.by_unit = whistle.street AND given.about = ANY (whistle.units)
                                          OR given.about = whistle.street AND given.by_unit = ANY (whistle.units))

-- name: fault_chained
-- Cases that stand elsewhere than the newest link of their chain tells.
SELECT case_file.case_no, case_file.state AS what FROM case_file
LEFT JOIN LATERAL (
    SELECT payload ->> 'state' AS state FROM event
    WHERE event.district = case_file.district AND event.subject = 'case' AND event.subject_id = case_file.case_no
      AND payload ->> 'state' IS NOT NULL
    ORDER BY seq DESC LIMIT 1) AS told ON true
WHERE case_file.state IS DISTINCT FROM told.state
