-- Attempts of one endpoint that are stored together are one row: see AttemptPage. Those of before become a page each, as JSON.
-- failed counts those that did not deliver; last_delivered_at is null when none delivered an event.
CREATE TABLE webhook_attempt_page (
  endpoint_id       BYTEA  NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
  last_id           BYTEA  NOT NULL,
  first_id          BYTEA  NOT NULL,
  failed            BIGINT NOT NULL,
  last_delivered_at BIGINT,
  attempts          BYTEA  NOT NULL,
  PRIMARY KEY (endpoint_id, last_id)
);
INSERT INTO webhook_attempt_page (endpoint_id, last_id, first_id, failed, last_delivered_at, attempts)
SELECT endpoint_id, id, id, CASE WHEN failure IS NULL THEN 0 ELSE 1 END, CASE WHEN failure IS NULL AND position IS NOT NULL THEN began_at END,
  convert_to(json_build_object(
    'messageId', message_id, 'type', type, 'position', position, 'number', attempt, 'beganAt', began_at, 'durationMs', duration_ms,
    'status', status, 'failure', failure, 'answerHeaders', answer_headers, 'answer', encode(answer, 'hex'))::text, 'UTF8')
FROM webhook_attempt;
DROP TABLE webhook_attempt;
