-- The key that a code, or a token, is bound to (RFC 9449): the SHA-256 of its public half as a JWK (RFC 7638), in base64url.
ALTER TABLE auth_code ADD COLUMN proof_key TEXT;
ALTER TABLE auth_access_token ADD COLUMN proof_key TEXT;
ALTER TABLE auth_refresh_token ADD COLUMN proof_key TEXT;

-- Proofs that were used, so that none is used twice, until they are too old for that anyway.
CREATE TABLE auth_dpop_proof (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX auth_dpop_proof_by_expiry ON auth_dpop_proof (expires_at);
