-- A tier was one coin's two thresholds.
INSERT INTO bot_rules (guild_id, version, document, change, changed_by, changed_at)
SELECT guild_id, 1,
       '{"tiers":[' || string_agg(
         '{"role":' || role_id || ',"when":{"is":"held","coins":[{"coin":"' || coin || '","enter":' || enter || ',"leave":' || leave || '}],"atLeast":1}}', ',') || ']}',
       'as they were before rules had versions', max(added_by), max(added_at)
FROM bot_tier GROUP BY guild_id;
