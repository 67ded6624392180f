-- The members who have a role by a tier have met it.
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
