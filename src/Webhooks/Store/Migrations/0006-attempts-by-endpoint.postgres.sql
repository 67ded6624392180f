-- One index to add to for each delivery, where there were two.
ALTER TABLE webhook_attempt DROP CONSTRAINT webhook_attempt_pkey;
ALTER TABLE webhook_attempt ADD PRIMARY KEY (endpoint_id, id);
DROP INDEX webhook_attempt_endpoint;
