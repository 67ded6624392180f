-- What changed beside the log, for those who tell others of it: written in the transaction that makes the change. place is where
-- the log ended then; both numbers never fall from one commit to the next.
CREATE TABLE storage_outbox (
  number BIGINT NOT NULL PRIMARY KEY,
  place  BIGINT NOT NULL,
  at     BIGINT NOT NULL,
  type   TEXT   NOT NULL,
  topic  TEXT,
  data   TEXT   NOT NULL
);
CREATE INDEX storage_outbox_place ON storage_outbox (place);
