-- An endpoint's attempts lie together, in the order of time: one tree to add to for each delivery, where there were three.
CREATE TABLE webhook_attempt_2 (
  endpoint_id    BYTEA  NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
  id             BYTEA  NOT NULL,
  message_id     TEXT   NOT NULL,
  type           TEXT   NOT NULL,
  position       BIGINT,
  attempt        BIGINT NOT NULL,
  began_at       BIGINT NOT NULL,
  duration_ms    BIGINT NOT NULL,
  status         BIGINT,
  failure        TEXT,
  answer_headers TEXT,
  answer         BYTEA,
  PRIMARY KEY (endpoint_id, id)
) WITHOUT ROWID;
INSERT INTO webhook_attempt_2
  (endpoint_id, id, message_id, type, position, attempt, began_at, duration_ms, status, failure, answer_headers, answer)
SELECT endpoint_id, id, message_id, type, position, attempt, began_at, duration_ms, status, failure, answer_headers, answer
FROM webhook_attempt ORDER BY endpoint_id, id;
DROP TABLE webhook_attempt;
ALTER TABLE webhook_attempt_2 RENAME TO webhook_attempt;
