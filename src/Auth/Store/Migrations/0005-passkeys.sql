-- A key pair of somebody's device; only its public half (COSE) is known here.
CREATE TABLE auth_passkey (
  credential_id      BYTEA  NOT NULL PRIMARY KEY,
  account_id         BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  name               TEXT   NOT NULL,
  public_key         BYTEA  NOT NULL,
  sign_count         BIGINT NOT NULL,
  transports         TEXT   NOT NULL,
  is_backup_eligible BIGINT NOT NULL,
  is_backed_up       BIGINT NOT NULL,
  created_at         BIGINT NOT NULL,
  used_at            BIGINT
);
CREATE INDEX auth_passkey_by_account ON auth_passkey (account_id);

-- Challenges that were answered, so that none is answered twice. Those that nobody answers are nowhere.
CREATE TABLE auth_passkey_challenge (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX auth_passkey_challenge_by_expiry ON auth_passkey_challenge (expires_at);

-- When the person of a session last proved to be its account's owner; for sessions of before, never.
ALTER TABLE auth_session ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
