-- A tier was one coin's two thresholds; the members who have a role by one have met it.
INSERT INTO bot_rules (guild_id, version, document, change, changed_by, changed_at)
SELECT guild_id, 1,
       '{"tiers":[' || string_agg(
         '{"role":' || role_id || ',"when":{"is":"held","coins":[{"coin":"' || coin || '","enter":' || enter || ',"leave":' || leave || '}],"atLeast":1}}', ',') || ']}',
       'as they were before rules had versions', max(added_by), max(added_at)
FROM bot_tier GROUP BY guild_id;

INSERT INTO bot_rule_coin (coin, guild_id)
SELECT DISTINCT coin, guild_id FROM bot_tier UNION SELECT DISTINCT '', guild_id FROM bot_tier;

INSERT INTO bot_standing (guild_id, user_id, role_id, rally_id, entered_at, entered_version)
SELECT d.guild_id, d.user_id, d.role_id, l.rally_id, d.at, 1
FROM bot_decision AS d JOIN bot_link AS l ON l.discord_user_id = d.user_id
WHERE d.outcome = 'Granted'
  AND EXISTS (SELECT 1 FROM bot_tier WHERE guild_id = d.guild_id AND role_id = d.role_id)
  AND d.id = (
    SELECT id FROM bot_decision
    WHERE guild_id = d.guild_id AND user_id = d.user_id AND role_id = d.role_id AND outcome <> 'Refused' ORDER BY id DESC LIMIT 1);

DROP TABLE bot_tier;
