-- How far along the network's log this bot has come, null where that is not known; and when the network last sent something signed.
ALTER TABLE bot_subscription ADD COLUMN position BIGINT;
ALTER TABLE bot_subscription ADD COLUMN heard_at BIGINT;
