-- What an app may spend of an account's coins, as part of the consent. Coin '*' is each coin without a row of its own.
-- Amounts are in 10^-6 of a coin. What was spent before counted_from does not count for in_all.
CREATE TABLE auth_spending_limit (
  account_id   BYTEA  NOT NULL,
  client_id    TEXT   NOT NULL,
  coin         TEXT   NOT NULL,
  per_day      BIGINT NOT NULL,
  in_all       BIGINT NOT NULL,
  counted_from BIGINT NOT NULL,
  PRIMARY KEY (account_id, client_id, coin),
  FOREIGN KEY (account_id, client_id) REFERENCES auth_consent (account_id, client_id) ON DELETE CASCADE
);

-- Every use of a limit; it stays when the consent, or the app, is gone. attempts counts requests whose outcome is not known.
CREATE TABLE auth_spending (
  account_id  BYTEA  NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
  transfer_id BYTEA  NOT NULL,
  client_id   TEXT   NOT NULL,
  coin        TEXT   NOT NULL,
  asked       BIGINT NOT NULL,
  amount      BIGINT NOT NULL,
  recipient   BYTEA,
  state       TEXT   NOT NULL,
  reason      TEXT,
  attempts    BIGINT NOT NULL,
  spent_at    BIGINT NOT NULL,
  touched_at  BIGINT NOT NULL,
  PRIMARY KEY (account_id, transfer_id)
);
CREATE INDEX auth_spending_by_app ON auth_spending (account_id, client_id, spent_at);
CREATE INDEX auth_spending_by_state ON auth_spending (state, touched_at);
