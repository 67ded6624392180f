-- What reporters have told, so that the same report again is answered and not told again. digest is a SHA-256 of its content. It is kept
-- for as long as the report may come again; the event itself is in the outbox.
CREATE TABLE webhook_report (
  client_id   TEXT   NOT NULL,
  id          BYTEA  NOT NULL,
  digest      BYTEA  NOT NULL,
  happened_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, id)
);
CREATE INDEX webhook_report_age ON webhook_report (happened_at);
