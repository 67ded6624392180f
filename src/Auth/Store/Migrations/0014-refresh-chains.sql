-- Which refresh token of a grant is good, and the one that was used for it: when, and what makes the good one again with the used
-- token itself. So a rotation claims the grant's row, and tokens are only ever added; what is neither of the two was used before.
ALTER TABLE auth_grant ADD COLUMN refresh_hash BYTEA;
ALTER TABLE auth_grant ADD COLUMN used_hash BYTEA;
ALTER TABLE auth_grant ADD COLUMN used_at BIGINT;
ALTER TABLE auth_grant ADD COLUMN successor BYTEA;
UPDATE auth_grant SET
  refresh_hash = (SELECT r.hash FROM auth_refresh_token r
                  WHERE r.grant_id = auth_grant.id AND r.used_at IS NULL ORDER BY r.expires_at DESC LIMIT 1),
  (used_hash, used_at, successor) = (SELECT r.hash, r.used_at, r.successor FROM auth_refresh_token r
                  WHERE r.grant_id = auth_grant.id AND r.successor IS NOT NULL ORDER BY r.used_at DESC LIMIT 1)
WHERE id IN (SELECT grant_id FROM auth_refresh_token);

DROP INDEX auth_refresh_token_by_successor;
ALTER TABLE auth_refresh_token DROP COLUMN used_at;
ALTER TABLE auth_refresh_token DROP COLUMN successor;
