-- What followers of the log have built from it; all of it can be dropped and built again.
CREATE TABLE ledger_follower (
  name     TEXT   NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL
);

-- Which entries an account, and a coin, has; clustered, so that a page of them is read in one go.
CREATE TABLE ledger_history (
  account  BIGINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (account, position)
) WITHOUT ROWID;
CREATE TABLE ledger_coin_history (
  coin     TEXT   NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (coin, position)
) WITHOUT ROWID;

-- Hours with trades.
CREATE TABLE ledger_candle (
  coin   TEXT   NOT NULL,
  start  BIGINT NOT NULL,
  open   BIGINT NOT NULL,
  high   BIGINT NOT NULL,
  low    BIGINT NOT NULL,
  close  BIGINT NOT NULL,
  coins  BIGINT NOT NULL,
  rly    BIGINT NOT NULL,
  trades BIGINT NOT NULL,
  PRIMARY KEY (coin, start)
) WITHOUT ROWID;
CREATE TABLE ledger_coin_stats (
  coin      TEXT   NOT NULL PRIMARY KEY,
  transfers BIGINT NOT NULL,
  trades    BIGINT NOT NULL,
  rly       BIGINT NOT NULL,
  holders   BIGINT NOT NULL CHECK (holders >= 0)
) WITHOUT ROWID;
