-- Keys that sign ID tokens; the private half is sealed with the Data Protection keys.
CREATE TABLE auth_signing_key (
  id          TEXT   NOT NULL PRIMARY KEY,
  algorithm   TEXT   NOT NULL,
  public_key  TEXT   NOT NULL,
  private_key BYTEA  NOT NULL,
  signs_from  BIGINT NOT NULL,
  signs_until BIGINT NOT NULL
);

ALTER TABLE auth_client ADD COLUMN id_token_algorithm TEXT NOT NULL DEFAULT 'RS256';

-- When the person had signed in, and until when anything of the grant can work.
ALTER TABLE auth_grant ADD COLUMN signed_in_at BIGINT;
ALTER TABLE auth_grant ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
UPDATE auth_grant SET expires_at = COALESCE((
  SELECT MAX(t.expires_at) FROM (
    SELECT grant_id, expires_at FROM auth_code
    UNION ALL SELECT grant_id, expires_at FROM auth_access_token
    UNION ALL SELECT grant_id, expires_at FROM auth_refresh_token) AS t
  WHERE t.grant_id = auth_grant.id), 0);
CREATE INDEX auth_grant_by_expiry ON auth_grant (expires_at);

ALTER TABLE auth_code ADD COLUMN nonce TEXT;

-- What a used refresh token was replaced by, readable only with the used token itself.
ALTER TABLE auth_refresh_token ADD COLUMN successor BYTEA;

-- Authorization requests that clients pushed (RFC 9126).
CREATE TABLE auth_pushed_request (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  client_id  TEXT   NOT NULL REFERENCES auth_client (id) ON DELETE CASCADE,
  parameters TEXT   NOT NULL,
  expires_at BIGINT NOT NULL,
  started_at BIGINT
);
CREATE INDEX auth_pushed_request_by_expiry ON auth_pushed_request (expires_at);

-- Devices that wait for a person (RFC 8628); with the person's yes comes the grant.
CREATE TABLE auth_device_code (
  hash         BYTEA  NOT NULL PRIMARY KEY,
  user_code    TEXT   NOT NULL UNIQUE,
  client_id    TEXT   NOT NULL REFERENCES auth_client (id) ON DELETE CASCADE,
  scope        TEXT   NOT NULL,
  state        TEXT   NOT NULL,
  grant_id     BYTEA  REFERENCES auth_grant (id) ON DELETE CASCADE,
  poll_seconds BIGINT NOT NULL,
  polled_at    BIGINT,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX auth_device_code_by_grant ON auth_device_code (grant_id);
CREATE INDEX auth_device_code_by_expiry ON auth_device_code (expires_at);

-- Wrong user codes that a signed-in person typed.
CREATE TABLE auth_device_guess (
  account_id BYTEA  NOT NULL PRIMARY KEY REFERENCES auth_account (id) ON DELETE CASCADE,
  wrong      BIGINT NOT NULL,
  since      BIGINT NOT NULL
);
