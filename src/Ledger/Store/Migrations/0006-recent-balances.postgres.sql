-- Balances that changed lately, which SQLite keeps apart (ADR 0007). PostgreSQL writes them among the settled ones at once;
-- here are only those that a backup of a SQLite store brought along, until the first batch.
ALTER TABLE ledger_balance RENAME TO ledger_balance_settled;
CREATE TABLE ledger_balance_recent (
  account   BIGINT NOT NULL PRIMARY KEY,
  balance   BIGINT NOT NULL,
  flow_used BIGINT NOT NULL,
  flow_at   BIGINT NOT NULL,
  bought_at BIGINT NOT NULL
);

-- What is on each account, for all that read.
CREATE VIEW ledger_balance AS
SELECT s.account, coalesce(r.balance, s.balance) AS balance, coalesce(r.flow_used, s.flow_used) AS flow_used,
       coalesce(r.flow_at, s.flow_at) AS flow_at, coalesce(r.bought_at, s.bought_at) AS bought_at
FROM ledger_balance_settled s
LEFT JOIN ledger_balance_recent r ON r.account = s.account;
