-- One identity elsewhere belongs to one account, and an account has one a provider.
CREATE TABLE auth_link (
  provider   TEXT   NOT NULL,
  subject    TEXT   NOT NULL,
  account_id BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  name       TEXT   NOT NULL,
  flow       TEXT   NOT NULL,
  guild_id   TEXT,
  linked_at  BIGINT NOT NULL,
  PRIMARY KEY (provider, subject),
  UNIQUE (account_id, provider)
);

-- Somebody has proven an identity that another account has; that account decides.
CREATE TABLE auth_link_move (
  provider     TEXT   NOT NULL,
  subject      TEXT   NOT NULL,
  from_account BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  to_account   BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  name         TEXT   NOT NULL,
  flow         TEXT   NOT NULL,
  guild_id     TEXT,
  expires_at   BIGINT NOT NULL,
  PRIMARY KEY (provider, subject)
);
CREATE INDEX auth_link_move_by_from ON auth_link_move (from_account);
CREATE INDEX auth_link_move_by_to ON auth_link_move (to_account);

-- What a wallet's next signature must name, once.
CREATE TABLE auth_wallet_nonce (
  nonce      TEXT   NOT NULL PRIMARY KEY,
  account_id BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL
);
CREATE INDEX auth_wallet_nonce_by_account ON auth_wallet_nonce (account_id);
CREATE INDEX auth_wallet_nonce_by_expiry ON auth_wallet_nonce (expires_at);
