-- What signs an endpoint's messages, encrypted: kind is v1 (a secret that the receiver has too) or v1a (an Ed25519 seed). After a
-- rotation the one before signs until ends_at as well.
CREATE TABLE webhook_key (
  endpoint_id BYTEA  NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
  id          BYTEA  NOT NULL,
  kind        TEXT   NOT NULL,
  sealed      BYTEA  NOT NULL,
  created_at  BIGINT NOT NULL,
  ends_at     BIGINT,
  PRIMARY KEY (endpoint_id, id)
);

INSERT INTO webhook_key (endpoint_id, id, kind, sealed, created_at, ends_at)
SELECT id, id, 'v1', secret, created_at, NULL FROM webhook_endpoint;

ALTER TABLE webhook_endpoint DROP COLUMN secret;

-- headers are encrypted, for some hold what lets a caller in; epoch rises when the position is put back, so that progress from
-- before does not undo that; per_second is null for no limit.
ALTER TABLE webhook_endpoint ADD COLUMN headers BYTEA;
ALTER TABLE webhook_endpoint ADD COLUMN per_second BIGINT;
ALTER TABLE webhook_endpoint ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;

-- The log of attempts. status is null without a complete answer, failure is null when it was delivered; position is null for tests.
CREATE TABLE webhook_attempt (
  id             BYTEA  NOT NULL PRIMARY KEY,
  endpoint_id    BYTEA  NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
  message_id     TEXT   NOT NULL,
  type           TEXT   NOT NULL,
  position       BIGINT,
  attempt        BIGINT NOT NULL,
  began_at       BIGINT NOT NULL,
  duration_ms    BIGINT NOT NULL,
  status         BIGINT,
  failure        TEXT,
  answer_headers TEXT,
  answer         BYTEA
);

CREATE INDEX webhook_attempt_endpoint ON webhook_attempt (endpoint_id, id);
