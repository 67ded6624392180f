-- email is confirmed, or null; two accounts may have the same. blocked_at is set by an operator, unlike locked_until.
-- totp_key is sealed by Data Protection; totp_step is the last time step whose code was taken, so that none is taken twice.
ALTER TABLE auth_account ADD COLUMN email TEXT;
ALTER TABLE auth_account ADD COLUMN is_operator BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_account ADD COLUMN blocked_at BIGINT;
ALTER TABLE auth_account ADD COLUMN totp_key BYTEA;
ALTER TABLE auth_account ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
CREATE INDEX auth_account_by_email ON auth_account (email);

-- A browser that is signed in. The id stands in its cookie, which nobody else can write.
CREATE TABLE auth_session (
  id         BYTEA  NOT NULL PRIMARY KEY,
  account_id BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  browser    TEXT   NOT NULL,
  address    TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL
);
CREATE INDEX auth_session_by_account ON auth_session (account_id);
CREATE INDEX auth_session_by_use ON auth_session (used_at);

-- What a link of ours proves, once: that somebody reads an account's mail, or the operator's terminal (no account then).
CREATE TABLE auth_link_token (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  purpose    TEXT   NOT NULL,
  account_id BYTEA  REFERENCES auth_account (id) ON DELETE CASCADE,
  email      TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX auth_link_token_by_account ON auth_link_token (account_id);
CREATE INDEX auth_link_token_by_expiry ON auth_link_token (expires_at);

-- Mail that has not gone yet; content is sealed by Data Protection, for it has the link in it.
CREATE TABLE auth_mail (
  id              BYTEA  NOT NULL PRIMARY KEY,
  account_id      BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  content         BYTEA  NOT NULL,
  created_at      BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  attempts        BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL
);
CREATE INDEX auth_mail_by_account ON auth_mail (account_id);
CREATE INDEX auth_mail_due ON auth_mail (next_attempt_at);
CREATE INDEX auth_mail_by_expiry ON auth_mail (expires_at);

-- For somebody whose authenticator app is lost; each goes with its use.
CREATE TABLE auth_recovery_code (
  account_id BYTEA NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  hash       BYTEA NOT NULL,
  PRIMARY KEY (account_id, hash)
);
