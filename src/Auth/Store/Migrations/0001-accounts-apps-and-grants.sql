CREATE TABLE auth_account (
  id              BYTEA  NOT NULL PRIMARY KEY,
  user_name       TEXT   NOT NULL UNIQUE,
  password_hash   TEXT   NOT NULL,
  security_stamp  TEXT   NOT NULL,
  failed_sign_ins BIGINT NOT NULL DEFAULT 0,
  locked_until    BIGINT,
  created_at      BIGINT NOT NULL
);

CREATE TABLE auth_client (
  id            TEXT   NOT NULL PRIMARY KEY,
  name          TEXT   NOT NULL,
  owner         TEXT   NOT NULL,
  secret_hash   BYTEA,
  redirect_uris TEXT   NOT NULL,
  scope         TEXT   NOT NULL,
  grant_types   TEXT   NOT NULL,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL
);

-- What an account has allowed a client, remembered until revoked.
CREATE TABLE auth_consent (
  account_id BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  client_id  TEXT   NOT NULL REFERENCES auth_client (id) ON DELETE CASCADE,
  scope      TEXT   NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, client_id)
);

-- One authorization and the family of tokens that came of it; without an account it is a client's own.
CREATE TABLE auth_grant (
  id                    BYTEA  NOT NULL PRIMARY KEY,
  client_id             TEXT   NOT NULL REFERENCES auth_client (id) ON DELETE CASCADE,
  account_id            BYTEA  REFERENCES auth_account (id) ON DELETE CASCADE,
  scope                 TEXT   NOT NULL,
  authorization_details TEXT,
  created_at            BIGINT NOT NULL,
  revoked_at            BIGINT
);
CREATE INDEX auth_grant_by_account ON auth_grant (account_id, client_id);

CREATE TABLE auth_code (
  hash           BYTEA  NOT NULL PRIMARY KEY,
  grant_id       BYTEA  NOT NULL REFERENCES auth_grant (id) ON DELETE CASCADE,
  redirect_uri   TEXT   NOT NULL,
  code_challenge TEXT   NOT NULL,
  expires_at     BIGINT NOT NULL,
  used_at        BIGINT
);
CREATE INDEX auth_code_by_grant ON auth_code (grant_id);
CREATE INDEX auth_code_by_expiry ON auth_code (expires_at);

CREATE TABLE auth_access_token (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  grant_id   BYTEA  NOT NULL REFERENCES auth_grant (id) ON DELETE CASCADE,
  scope      TEXT   NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX auth_access_token_by_grant ON auth_access_token (grant_id);
CREATE INDEX auth_access_token_by_expiry ON auth_access_token (expires_at);

CREATE TABLE auth_refresh_token (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  grant_id   BYTEA  NOT NULL REFERENCES auth_grant (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX auth_refresh_token_by_grant ON auth_refresh_token (grant_id);
CREATE INDEX auth_refresh_token_by_expiry ON auth_refresh_token (expires_at);
