-- User names of deleted accounts, hashed: nobody gets one before it is free.
CREATE TABLE auth_reserved_name (
  hash       BYTEA  NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX auth_reserved_name_by_expiry ON auth_reserved_name (expires_at);

CREATE INDEX auth_link_move_by_expiry ON auth_link_move (expires_at);
