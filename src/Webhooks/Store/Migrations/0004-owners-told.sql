-- Of which disabling (disabled_at) and which failing (failing_since) an endpoint's owner was told. Those from before this are not told of now.
ALTER TABLE webhook_endpoint ADD COLUMN told_of BIGINT;
ALTER TABLE webhook_endpoint ADD COLUMN warned_of BIGINT;
UPDATE webhook_endpoint SET told_of = disabled_at, warned_of = failing_since;
