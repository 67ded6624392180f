-- What a sender lets apps be told that the coin's creator has approved.
ALTER TABLE auth_transfer_request ADD COLUMN shows_user_name BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_transfer_request ADD COLUMN shows_memo BIGINT NOT NULL DEFAULT 0;
