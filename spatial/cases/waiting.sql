-- name: list_waiting
-- The cases that wait for somebody, with what he is waited for, most urgent deadline first, a page behind a place in that
-- order. An act of a level is his where he is posted at the level that holds the case, or at a wider one over it; one that
-- was ordered down waits for nobody who ordered it. Who sees much walks the index of deadlines until his page is full,
-- who sees little goes by his cells.
WITH asked AS (
    SELECT district, case_no FROM case_request WHERE state = 'open'
    UNION
    SELECT district, case_no FROM case_call_back WHERE led_to = 'supervisor' AND settled_at IS NULL
    UNION
    SELECT district, case_no FROM supervision_order
    WHERE ended_at IS NULL AND replied_at IS NULL AND kind = 'order' AND written_by <> %(actor)s
      AND (addressee = ANY(%(for_units)s::text[]) OR addressee = 'centre' AND '' = ANY(%(centre)s::text[])
           OR starts_with(addressee, '@') AND ('' = ANY(%(for_units)s::text[]) OR %(centre)s::text[] <> '{}'))
    UNION
    SELECT whistle.district, whistle.case_no FROM whistle_call AS call JOIN whistle ON whistle.id = call.whistle
    WHERE call.unit = ANY(%(called)s::text[]) AND call.arrived_at IS NULL AND call.released_at IS NULL
      AND (whistle.state = 'raised' OR call.due_at >= %(now)s) AND whistle.case_no IS NOT NULL
    UNION
    SELECT conference.district, conference.case_no
    FROM conference_action AS action JOIN conference ON conference.id = action.conference
    WHERE action.owner = ANY(%(owning)s::text[]) AND action.state = 'open' AND conference.state <> 'ended'
)
SELECT case_file.*, ST_X(position) AS lon, ST_Y(position) AS lat, report.text, report.place_code,
       ARRAY(SELECT sha256 FROM report_photo
             WHERE report_photo.district = case_file.district AND report_photo.report_id = case_file.report_id
             ORDER BY sha256) AS photos,
       waits.acts AS waits_for
FROM (
    (SELECT *, coalesce(late_at, 'infinity') AS urgent_at FROM case_file
     WHERE NOT is_history AND state NOT IN ('called_back', 'evaluated', 'void', 'merged')
       AND NOT %(only_asked)s AND state = ANY(%(states)s::text[])
       AND (district, case_no) NOT IN (SELECT district, case_no FROM asked)
       AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
     ORDER BY coalesce(late_at, 'infinity'), case_no) -- first: what waits is found out row by row until a page is full
    UNION ALL
    SELECT *, coalesce(late_at, 'infinity') AS urgent_at FROM case_file -- and what was asked, in whatever state: few
    WHERE NOT is_history AND state NOT IN ('void', 'merged')
      AND (district, case_no) IN (SELECT district, case_no FROM asked)
      AND (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
) AS case_file
LEFT JOIN report ON report.district = case_file.district AND report.id = case_file.report_id
CROSS JOIN LATERAL (SELECT (%(accept)s::text[] IS NULL OR current_path[:tier] && %(accept)s::text[]) AS accepts,
                           (%(void)s::text[] IS NULL OR current_path[:tier] && %(void)s::text[]) AS voids,
                           (%(dispatch)s::text[] IS NULL OR current_path[:tier] && %(dispatch)s::text[]) AS dispatches,
                           CASE WHEN state IN ('reported', 'filed')
                                THEN last_look(case_file.district, case_file.case_no) END AS look,
                           speaks_for(lead, current_path, %(departments)s::text[], %(cells)s::text[]) AS leads,
                           %(centre)s::text[] && ARRAY['', current_path[1]] AND NOT EXISTS (
                               SELECT FROM posting JOIN account ON account.id = posting.account
                               WHERE posting.role = ANY(%(bodied)s::text[]) AND posting.department IS NULL
                                 AND (posting.cell IS NULL OR posting.cell = current_path[1])
                                 AND posting.during @> %(now)s::timestamptz AND account.disabled_at IS NULL) AS stands_in,
                           ARRAY(SELECT event.kind FROM event
                                 WHERE event.district = case_file.district AND subject = 'case'
                                   AND subject_id = case_file.case_no AND actor = %(actor)s
                                   AND seq > coalesce((SELECT max(seq) FROM event AS sent
                                                       WHERE sent.district = case_file.district
                                                         AND sent.subject = 'case'
                                                         AND sent.subject_id = case_file.case_no
                                                         AND sent.kind = 'case.dispatched'), 0)) AS signed) AS his
CROSS JOIN LATERAL (SELECT signed && ARRAY['case.received', 'case.submitted', 'case.task_finished'] AS has_handled,
                           leads OR signed && ARRAY['case.received', 'case.submitted', 'case.task_finished',
                                                    'case.own_solved', 'case.result_verified']
                           OR EXISTS (SELECT FROM unnest(assisting) AS helper
                                      WHERE speaks_for(helper, current_path, %(departments)s::text[],
                                                       %(cells)s::text[])) AS has_part) AS own
CROSS JOIN LATERAL (SELECT array_remove(CASE
    WHEN state IN ('reported', 'filed') THEN ARRAY[
        CASE look WHEN 'asked' THEN CASE WHEN current_path && %(field)s::text[] THEN 'verify_report' END
                  WHEN 'false' THEN CASE WHEN voids THEN 'void' END
                  ELSE CASE WHEN state = 'filed' THEN CASE WHEN dispatches AND category IS NOT NULL THEN 'dispatch' END
                            WHEN accepts AND category IS NULL THEN 'sort'
                            WHEN accepts THEN 'accept' END END,
        CASE WHEN look = 'true' AND (%(solve)s::text[] IS NULL OR current_path[:tier] && %(solve)s::text[]) AND (
            SELECT event.kind = 'case.ordered_down' AND event.actor <> %(actor)s FROM event
            WHERE event.district = case_file.district AND subject = 'case' AND subject_id = case_file.case_no
              AND kind IN ('case.ordered_down', 'case.escalated', 'case.own_handled', 'case.handed_over')
            ORDER BY seq DESC LIMIT 1) THEN 'handle_own' END]
    WHEN state IN ('returned', 'ruled') THEN ARRAY[
        CASE WHEN dispatches AND (state = 'returned' OR NOT EXISTS (
            SELECT FROM ruling WHERE ruling.id = case_file.ruling AND ruling.effective_from > %(now)s)) THEN 'dispatch' END]
    WHEN state = 'own_handling' THEN ARRAY[
        CASE WHEN %(solve)s::text[] IS NULL OR current_path[:tier] && %(solve)s::text[] THEN 'solve_own' END]
    WHEN state = 'disputed' THEN ARRAY[
        CASE WHEN %(rule)s::text[] IS NULL OR current_path && %(rule)s::text[] THEN 'rule' END]
    WHEN state = 'referred' AND contacted_at IS NULL THEN ARRAY[
        CASE WHEN %(refer)s::text[] IS NULL OR current_path && %(refer)s::text[] THEN 'contact' END]
    WHEN state = 'closed' AND (is_citizens OR supporters > 0 OR unnamed_supporters > 0) AND NOT EXISTS (
        SELECT FROM case_call_back AS said WHERE said.district = case_file.district AND said.case_no = case_file.case_no
          AND said.cycle = case_file.reopens AND said.verdict <> 'not_reached') THEN ARRAY[
        CASE WHEN (%(call_back)s::text[] IS NULL OR current_path && %(call_back)s::text[]) AND NOT has_part
             THEN 'call_back' END]
    WHEN state IN ('pending', 'handling', 'submitted') THEN ARRAY[
        CASE WHEN state = 'submitted' THEN CASE
                 WHEN (%(verify)s::text[] IS NULL OR current_path && %(verify)s::text[]) AND open_tasks = 0
                      AND NOT leads AND NOT has_handled THEN 'verify_result' END
             WHEN NOT leads THEN NULL
             WHEN state = 'handling' THEN 'submit'
             WHEN returns = 0 OR %(actor)s IS DISTINCT FROM (
                 SELECT sent.actor FROM event AS sent
                 WHERE sent.district = case_file.district AND sent.subject = 'case'
                   AND sent.subject_id = case_file.case_no AND sent.kind = 'case.dispatched'
                 ORDER BY sent.seq DESC LIMIT 1) THEN 'receive' END,
        CASE WHEN EXISTS (
            SELECT FROM case_task AS task WHERE task.district = case_file.district AND task.case_no = case_file.case_no
              AND task.state = 'open' AND task.part = 'assist'
              AND speaks_for(task.unit, current_path, %(departments)s::text[], %(cells)s::text[])) THEN 'finish_task' END]
    ELSE '{}' END
    || CASE WHEN state IN ('disputed', 'ruled', 'pending')
                 AND (%(cost)s::text[] IS NULL OR current_path && %(cost)s::text[] OR parties && %(cost)s::text[])
            THEN ARRAY(
                SELECT 'note_cost' FROM (
                    SELECT interim.unit FROM interim_order AS interim
                    WHERE interim.cost IS NULL AND interim.dispute = CASE WHEN state = 'disputed'
                        THEN (SELECT dispute.id FROM dispute
                              WHERE dispute.district = case_file.district AND dispute.case_no = case_file.case_no
                                AND dispute.state = 'open')
                        ELSE (SELECT ruling.dispute FROM ruling WHERE ruling.id = case_file.ruling) END
                    ORDER BY interim.id DESC LIMIT 1) AS acting
                WHERE speaks_for(acting.unit, current_path, %(departments)s::text[], %(cells)s::text[])
                   OR acting.unit = '@' || current_path[1] AND stands_in) ELSE '{}' END
    || ARRAY(
        SELECT CASE asked.kind WHEN 'extension' THEN 'extend' WHEN 'suspension' THEN 'suspend' ELSE 'appeal' END
        FROM case_request AS asked
        WHERE asked.district = case_file.district AND asked.case_no = case_file.case_no AND asked.state = 'open'
          AND asked.asked_by <> %(actor)s AND asked.reviewed_by IS DISTINCT FROM %(actor)s
          AND (asked.kind <> 'extension' OR extensions = 0
               OR %(again)s::text[] IS NULL OR current_path && %(again)s::text[] OR parties && %(again)s::text[])
          AND (%(decide)s::text[] IS NULL OR current_path && %(decide)s::text[] OR parties && %(decide)s::text[])
          AND case_file.state IN ('pending', 'handling', 'closed', 'called_back', 'evaluated')
          AND (asked.kind = 'appeal') = (case_file.state IN ('closed', 'called_back', 'evaluated')))
    || CASE WHEN (%(settle)s::text[] IS NULL OR current_path && %(settle)s::text[] OR parties && %(settle)s::text[])
                 AND EXISTS (
                     SELECT FROM case_call_back AS said
                     WHERE said.district = case_file.district AND said.case_no = case_file.case_no
                       AND said.led_to = 'supervisor' AND said.settled_at IS NULL)
            THEN ARRAY[CASE WHEN NOT has_part THEN 'settle_call_back' END] ELSE '{}' END
    || CASE WHEN (%(answer)s::text[] IS NULL OR current_path && %(answer)s::text[] OR parties && %(answer)s::text[])
                 AND EXISTS (
                     SELECT FROM supervision_order AS one
                     WHERE one.case_no = case_file.case_no AND one.district = case_file.district AND one.kind = 'order'
                       AND one.ended_at IS NULL AND one.replied_at IS NULL AND one.written_by <> %(actor)s
                       AND (speaks_for(one.addressee, current_path, %(for_units)s::text[], %(for_cells)s::text[])
                            OR one.addressee = 'centre' AND '' = ANY(%(centre)s::text[])
                            OR one.addressee = '@' || current_path[1] AND stands_in
                            OR starts_with(one.addressee, '@') AND substr(one.addressee, 2) <> ALL (current_path)
                               AND EXISTS (SELECT FROM unnest(%(for_units)s::text[], %(for_cells)s::text[]) AS post(unit, cell)
                                           WHERE post.unit = '' AND post.cell IN ('', substr(one.addressee, 2)))))
            THEN ARRAY['answer_order'] ELSE '{}' END
    || CASE WHEN %(called)s::text[] <> '{}' AND EXISTS (
                     SELECT FROM whistle JOIN whistle_call AS call ON call.whistle = whistle.id
                     WHERE whistle.district = case_file.district AND whistle.case_no = case_file.case_no
                       AND call.unit = ANY(%(called)s::text[]) AND call.arrived_at IS NULL AND call.released_at IS NULL
                       AND (whistle.state = 'raised' OR call.due_at >= %(now)s))
            THEN ARRAY['report_in'] ELSE '{}' END
    || CASE WHEN %(owning)s::text[] <> '{}' AND EXISTS (
                     SELECT FROM conference JOIN conference_action AS action ON action.conference = conference.id
                     WHERE conference.district = case_file.district AND conference.case_no = case_file.case_no
                       AND conference.state <> 'ended' AND action.state = 'open'
                       AND action.owner = ANY(%(owning)s::text[]))
            THEN ARRAY['finish_action'] ELSE '{}' END,
    NULL) AS acts) AS waits
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND waits.acts && %(acts)s::text[]
  AND (%(step)s::text IS NULL OR step = %(step)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(certainty)s::text IS NULL OR certainty = %(certainty)s)
  AND (%(category)s::text IS NULL OR category = %(category)s)
  AND (%(platform)s::text IS NULL OR platform = %(platform)s)
  AND (%(nature)s::text IS NULL OR nature = %(nature)s)
  AND (%(provider)s::text IS NULL OR provider = %(provider)s)
  AND (%(lead)s::text IS NULL OR lead = %(lead)s)
  AND (NOT %(with_nobody)s OR lead IS NULL)
  AND (NOT %(off_grid)s OR NOT EXISTS (
      SELECT FROM cell_version AS version JOIN grid_level AS level ON level.key = 'street'
      WHERE version.code = current_unit AND upper_inf(version.during) AND version.path[level.rank] IS NOT NULL))
  AND (%(tier)s::smallint IS NULL OR tier = %(tier)s)
  AND (%(cell)s::text IS NULL OR current_path && ARRAY[%(cell)s::text])
  AND (%(late_before)s::timestamptz IS NULL OR late_at < %(late_before)s)
  AND (%(words)s::text IS NULL
       OR position(%(words)s in case_file.case_no) > 0
       OR starts_with(current_unit, %(words)s)
       OR (%(text_reach)s::text[] IS NULL OR current_path && %(text_reach)s::text[] OR parties && %(text_reach)s::text[])
          AND position(lower(%(words)s) in lower(report.text)) > 0 -- the cheap one first; what counts is what is shown
          AND position(lower(%(words)s) in lower(masked(report.text))) > 0
       OR EXISTS (SELECT 1 FROM cell_version AS version
                  WHERE version.code = ANY(current_path) AND upper_inf(version.during)
                    AND position(%(words)s in version.name) > 0))
  AND (%(behind)s::timestamptz IS NULL
       OR (urgent_at, case_file.case_no) > (%(behind)s::timestamptz, %(behind_no)s))
ORDER BY urgent_at, case_file.case_no
LIMIT %(limit)s
