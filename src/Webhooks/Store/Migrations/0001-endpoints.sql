-- events and coins are lists separated by spaces; coins is null for all of them.
-- position is the last place in the log that is dealt with; attempts counts the failures of what comes after it.
-- revision rises with every change by the owner, so that a delivery under way does not undo that change.
CREATE TABLE webhook_endpoint (
  id              BYTEA  NOT NULL PRIMARY KEY,
  client_id       TEXT   NOT NULL,
  url             TEXT   NOT NULL,
  events          TEXT   NOT NULL,
  coins           TEXT,
  secret          BYTEA  NOT NULL,
  created_at      BIGINT NOT NULL,
  revision        BIGINT NOT NULL,
  position        BIGINT NOT NULL,
  attempts        BIGINT NOT NULL,
  next_attempt_at BIGINT,
  failing_since   BIGINT,
  last_failure    TEXT,
  disabled_at     BIGINT,
  disabled_reason TEXT
);

CREATE INDEX webhook_endpoint_client ON webhook_endpoint (client_id, id);

-- Events whose attempts are used up; their content is in the log at the same position.
CREATE TABLE webhook_dead_letter (
  endpoint_id BYTEA  NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
  position    BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  reason      TEXT   NOT NULL,
  died_at     BIGINT NOT NULL,
  PRIMARY KEY (endpoint_id, position)
);
