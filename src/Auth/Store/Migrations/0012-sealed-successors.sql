-- A rotation forgets the successor that the token before it kept. A long family has one such row among thousands.
CREATE INDEX auth_refresh_token_by_successor ON auth_refresh_token (grant_id) WHERE successor IS NOT NULL;
