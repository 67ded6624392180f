-- Whether an authorization request came in by the former Rally's API, and is answered in its words.
ALTER TABLE auth_pushed_request ADD COLUMN is_former BIGINT NOT NULL DEFAULT 0;

-- Transfers that apps ask for and people agree to. approve_by is when that is too late; expires_at when the row may go.
-- state: waiting, sending (agreed to; the ledger has not answered yet), sent, refused. amount is a decimal number of coins.
CREATE TABLE auth_transfer_request (
  id           BYTEA  NOT NULL PRIMARY KEY,
  client_id    TEXT   NOT NULL REFERENCES auth_client (id) ON DELETE CASCADE,
  from_account BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  to_account   BYTEA  NOT NULL,
  coin         TEXT   NOT NULL,
  amount       TEXT   NOT NULL,
  note         TEXT   NOT NULL,
  reference    TEXT   NOT NULL,
  state        TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  approve_by   BIGINT NOT NULL,
  decided_at   BIGINT,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX auth_transfer_request_by_account ON auth_transfer_request (from_account, state, approve_by);
CREATE INDEX auth_transfer_request_by_client ON auth_transfer_request (client_id, state, approve_by);
CREATE INDEX auth_transfer_request_by_state ON auth_transfer_request (state, decided_at);
CREATE INDEX auth_transfer_request_by_expiry ON auth_transfer_request (expires_at);
