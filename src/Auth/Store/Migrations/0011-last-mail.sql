-- The last letter about an account outlives it, so it is nobody's: account_id may be null.
CREATE TABLE auth_mail_new (
  id              BYTEA  NOT NULL PRIMARY KEY,
  account_id      BYTEA  REFERENCES auth_account (id) ON DELETE CASCADE,
  content         BYTEA  NOT NULL,
  created_at      BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  attempts        BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL
);
INSERT INTO auth_mail_new SELECT id, account_id, content, created_at, expires_at, attempts, next_attempt_at FROM auth_mail;
DROP TABLE auth_mail;
ALTER TABLE auth_mail_new RENAME TO auth_mail;
CREATE INDEX auth_mail_by_account ON auth_mail (account_id);
CREATE INDEX auth_mail_due ON auth_mail (next_attempt_at);
CREATE INDEX auth_mail_by_expiry ON auth_mail (expires_at);
