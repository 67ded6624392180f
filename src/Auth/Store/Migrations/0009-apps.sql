-- Apps that people register. Those of before, and those that the operator registers by command, are nobody's and approved.
-- state: waiting (for the operator), approved, refused, suspended; reason is what the operator tells the owner.
-- old_secret_hash is good until old_secret_until, so that a secret is changed without a break. logo_version changes with the logo.
ALTER TABLE auth_client ADD COLUMN account_id BYTEA REFERENCES auth_account (id) ON DELETE CASCADE;
ALTER TABLE auth_client ADD COLUMN state TEXT NOT NULL DEFAULT 'approved';
ALTER TABLE auth_client ADD COLUMN reason TEXT;
ALTER TABLE auth_client ADD COLUMN home_page TEXT;
ALTER TABLE auth_client ADD COLUMN webhook TEXT;
ALTER TABLE auth_client ADD COLUMN old_secret_hash BYTEA;
ALTER TABLE auth_client ADD COLUMN old_secret_until BIGINT;
ALTER TABLE auth_client ADD COLUMN logo_version TEXT;
CREATE INDEX auth_client_by_account ON auth_client (account_id);
CREATE INDEX auth_client_by_state ON auth_client (state, updated_at);

-- Apart from the app, which is read with every token.
CREATE TABLE auth_client_logo (
  client_id TEXT  NOT NULL PRIMARY KEY REFERENCES auth_client (id) ON DELETE CASCADE,
  type      TEXT  NOT NULL,
  content   BYTEA NOT NULL
);
