-- name: lay_corpus
-- Synthetic closed cases with what was said; a few templates and lists make the words.
WITH word AS (
    SELECT ARRAY['道路','垃圾','噪声','停车','路灯','绿化','积水','摊位','墙面','楼道'] AS common,
           ARRAY['窨井','渣土','白蚁','危墙','消防栓','红绿灯','垃圾桶','占道经营','油烟扰民','违章搭建'] AS rare,
           ARRAY['严重影响居民出行','请尽快派人处理','已经多次反映没有结果','晚上十点以后仍然存在','位于小区东门附近',
                 '商铺门前长期堆放','下雨之后更加明显','希望有关部门到现场查看'] AS said,
           ARRAY['pothole','noise at night','hydrant leaking','bin overflowing','parked car','broken lamp'] AS english
), drawn AS (
    SELECT i, word.*, '9' || lpad(i::text, 18, '0') AS case_no, gen_random_uuid() AS report_id,
           timestamptz '2024-01-01T00:00:00Z' + i * interval '7 minutes' AS at, hashint8(i) & 1048575 AS h,
           hashint8(i * 7 + 3) & 1048575 AS g, hashint8(i * 11 + 5) & 1048575 AS k
    FROM generate_series(1, %(rows)s::bigint) AS i, word
), said AS (
    INSERT INTO report (district, case_no, id, lon, lat, datum, text)
    SELECT '000000', case_no, report_id, 120, 30, 'wgs84',
           concat(said[1 + mod(h, 8)], '，', common[1 + mod(g, 10)], common[1 + mod(k, 10)], '问题',
                  said[1 + mod(h / 8, 8)], '，', CASE WHEN mod(k, 50) = 0 THEN rare[1 + mod(k / 50, 10)] || '，' END,
                  said[1 + mod(g / 10, 8)], '。', CASE WHEN mod(h, 4) = 0 THEN ' ' || english[1 + mod(g / 100, 6)] END)
    FROM drawn
)
INSERT INTO case_file (district, case_no, report_id, step, state, source, is_citizens, certainty, path, current_path, revision,
    candidates, owner, position, accuracy_m, accuracy_assumed, captured_at, received_at, in_force_at, is_history,
    closed_at, outcome)
SELECT '000000', case_no, report_id, 'done', 'closed', 'public', true, 'outside', '{}', '{}', 0, '[]', '{}',
       ST_SetSRID(ST_Point(120 + h / 1e7, 30 + g / 1e7), 4326), 10, false, at, at, at, true, at, 'fixed'
FROM drawn

-- name: add_trigrams
-- The peer's index.
CREATE INDEX library_entry_trigrams ON library_entry USING gin (words gin_trgm_ops) WITH (fastupdate = off)

-- name: analyse
-- Statistics and a clean visibility map.
VACUUM ANALYZE library_entry, case_file

-- name: sizes
-- Bytes of both indexes and of the words themselves.
SELECT pg_relation_size('library_entry_grams') AS grams, pg_relation_size('library_entry_trigrams') AS trigrams,
       (SELECT sum(octet_length(words)) FROM library_entry) AS words

-- name: by_pattern
-- The same question by patterns: trigrams where there is an index of them, else every row.
SELECT entry.ref
FROM library_entry AS entry
JOIN case_file ON case_file.district = entry.district AND case_file.case_no = entry.case_no
WHERE (%(reach)s::text[] IS NULL OR current_path && %(reach)s::text[] OR parties && %(reach)s::text[])
  AND entry.words ILIKE ALL (%(patterns)s::text[])
ORDER BY entry.at DESC, entry.id DESC
LIMIT 30
