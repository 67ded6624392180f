-- Coins: terms and curve. RLY, which the others are bought with, is one of them.
CREATE TABLE ledger_coin_2 (
  symbol         TEXT   NOT NULL PRIMARY KEY,
  name           TEXT   NOT NULL,
  image          TEXT,
  creator        BYTEA,
  curve          TEXT   NOT NULL,
  supply         BIGINT NOT NULL CHECK (supply >= 0),
  terms          TEXT   NOT NULL,
  rewards        BIGINT NOT NULL,
  suspended      BIGINT NOT NULL,
  launched_after BIGINT NOT NULL,
  launched_at    BIGINT NOT NULL,
  revision       BIGINT NOT NULL UNIQUE
);
INSERT INTO ledger_coin_2
SELECT c.symbol, c.name, NULL, c.creator, 'fixed', c.supply,
       '{"genesis":"0","unlockedAtOnce":"0","monthlyUnlockBasisPoints":0,"largestVestedBasisPoints":0,"flowBasisPoints":0,"largestPurchase":"0","betweenPurchases":"00:00:00","purchaseControlFor":"00:00:00","paysCreatorFee":false}',
       1, 0,
       coalesce((SELECT min(t.position) - 1 FROM ledger_transfer t WHERE t.coin = c.symbol), 0),
       c.launched_at, 1 + row_number() OVER (ORDER BY c.launched_at, c.symbol)
FROM ledger_coin c;
INSERT INTO ledger_coin_2 VALUES
  ('RLY', 'Rally', NULL, NULL, 'base', 0,
   '{"genesis":"0","unlockedAtOnce":"0","monthlyUnlockBasisPoints":0,"largestVestedBasisPoints":0,"flowBasisPoints":0,"largestPurchase":"0","betweenPurchases":"00:00:00","purchaseControlFor":"00:00:00","paysCreatorFee":false}',
   0, 0, 0, 0, 1);

-- Balances apart from what never changes, so that many of them share a page: a batch writes each one it touched.
CREATE TABLE ledger_account_2 (
  id     BIGINT PRIMARY KEY,
  holder BYTEA,
  coin   TEXT NOT NULL,
  kind   TEXT NOT NULL,
  UNIQUE (holder, coin),
  CHECK ((kind = 'holder') = (holder IS NOT NULL))
);
CREATE TABLE ledger_balance (
  account   BIGINT PRIMARY KEY,
  balance   BIGINT NOT NULL,
  flow_used BIGINT NOT NULL,
  flow_at   BIGINT NOT NULL,
  bought_at BIGINT NOT NULL
) WITH (fillfactor = 50); -- room on the page for the new version of a row, which then needs no index entry

INSERT INTO ledger_account_2 SELECT id, holder, coin, kind FROM ledger_account ORDER BY id;
INSERT INTO ledger_balance SELECT id, balance, 0, 0, 0 FROM ledger_account ORDER BY id;

CREATE TABLE ledger_transfer_2 (
  position       BIGINT PRIMARY KEY,
  id             BYTEA  NOT NULL UNIQUE,
  debit_account  BIGINT NOT NULL,
  credit_account BIGINT NOT NULL CHECK (credit_account <> debit_account),
  amount         BIGINT NOT NULL CHECK (amount > 0),
  kind           TEXT   NOT NULL,
  link           BIGINT NOT NULL,
  posted_at      BIGINT NOT NULL,
  debit_balance  BIGINT NOT NULL,
  credit_balance BIGINT NOT NULL,
  note           TEXT,
  reference      TEXT,
  details        TEXT
);
INSERT INTO ledger_transfer_2
SELECT position, id, debit_account, credit_account, amount, kind, 0, posted_at, debit_balance, credit_balance,
       nullif(note, ''), NULL, NULL
FROM ledger_transfer ORDER BY position;

DROP TABLE ledger_transfer;
DROP TABLE ledger_account;
DROP TABLE ledger_coin;
ALTER TABLE ledger_coin_2 RENAME TO ledger_coin;
ALTER TABLE ledger_account_2 RENAME TO ledger_account;
ALTER TABLE ledger_transfer_2 RENAME TO ledger_transfer;
CREATE UNIQUE INDEX ledger_account_system ON ledger_account (coin, kind) WHERE holder IS NULL;
CREATE INDEX ledger_account_coin ON ledger_account (coin, holder);

CREATE TABLE ledger_hold (
  id                BYTEA  NOT NULL PRIMARY KEY,
  position          BIGINT NOT NULL,
  sender            BYTEA  NOT NULL,
  receiver          BYTEA  NOT NULL,
  coin              TEXT   NOT NULL,
  amount            BIGINT NOT NULL CHECK (amount > 0),
  held_at           BIGINT NOT NULL,
  expires_at        BIGINT NOT NULL,
  state             TEXT   NOT NULL,
  resolved_position BIGINT
);
CREATE INDEX ledger_hold_due ON ledger_hold (expires_at) WHERE state = 'open';
