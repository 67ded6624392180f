-- What bodies look like; step counts the events of the place after position that are dealt with.
ALTER TABLE webhook_endpoint ADD COLUMN format TEXT NOT NULL DEFAULT 'standard';
ALTER TABLE webhook_endpoint ADD COLUMN step BIGINT NOT NULL DEFAULT 0;

-- The last change of the outbox that is dealt with.
ALTER TABLE webhook_endpoint ADD COLUMN change BIGINT NOT NULL DEFAULT 0;

-- Apps that a coin's creator lets know what is private about its transfers.
CREATE TABLE webhook_approval (
  coin        TEXT   NOT NULL,
  client_id   TEXT   NOT NULL,
  approved_at BIGINT NOT NULL,
  PRIMARY KEY (coin, client_id)
);
CREATE INDEX webhook_approval_client ON webhook_approval (client_id);

-- One place of the log gives several events: a letter is named by its type too, and that of a change by its number.
-- change is 0 for what is in the log.
CREATE TABLE webhook_dead_letter_2 (
  endpoint_id BYTEA  NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
  position    BIGINT NOT NULL,
  type        TEXT   NOT NULL,
  change      BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  reason      TEXT   NOT NULL,
  died_at     BIGINT NOT NULL,
  PRIMARY KEY (endpoint_id, position, type, change)
);
INSERT INTO webhook_dead_letter_2 (endpoint_id, position, type, change, attempts, reason, died_at)
SELECT endpoint_id, position, 'transfer.posted', 0, attempts, reason, died_at FROM webhook_dead_letter;
DROP TABLE webhook_dead_letter;
ALTER TABLE webhook_dead_letter_2 RENAME TO webhook_dead_letter;
