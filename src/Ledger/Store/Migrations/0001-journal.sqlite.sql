CREATE TABLE ledger_coin (
  symbol      TEXT   NOT NULL PRIMARY KEY,
  name        TEXT   NOT NULL,
  creator     BYTEA  NOT NULL,
  supply      BIGINT NOT NULL CHECK (supply > 0),
  launched_at BIGINT NOT NULL
);

CREATE TABLE ledger_account (
  id      INTEGER PRIMARY KEY,
  holder  BYTEA,
  coin    TEXT   NOT NULL REFERENCES ledger_coin (symbol),
  kind    TEXT   NOT NULL,
  balance BIGINT NOT NULL,
  UNIQUE (holder, coin),
  CHECK ((kind = 'holder') = (holder IS NOT NULL)),
  CHECK (balance >= 0 OR kind = 'mint')
);
CREATE UNIQUE INDEX ledger_account_system ON ledger_account (coin, kind) WHERE holder IS NULL;
CREATE INDEX ledger_account_coin ON ledger_account (coin, holder);

-- No foreign keys and no index on the accounts: they cost most of the rate, and the writer asserts what they would.
CREATE TABLE ledger_transfer (
  position       INTEGER PRIMARY KEY,
  id             BYTEA  NOT NULL UNIQUE,
  debit_account  BIGINT NOT NULL,
  credit_account BIGINT NOT NULL CHECK (credit_account <> debit_account),
  coin           TEXT   NOT NULL,
  amount         BIGINT NOT NULL CHECK (amount > 0),
  kind           TEXT   NOT NULL,
  note           TEXT   NOT NULL,
  posted_at      BIGINT NOT NULL,
  debit_balance  BIGINT NOT NULL,
  credit_balance BIGINT NOT NULL
);
