-- Whether an authorization request came in by the former Rally's API, and is answered in its words.
ALTER TABLE auth_pushed_request ADD COLUMN is_former BIGINT NOT NULL DEFAULT 0;
