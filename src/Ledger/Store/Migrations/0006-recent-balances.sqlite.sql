-- Balances that changed lately lie close together, whoever's they are: a batch that touches thousands of a million accounts
-- writes these few pages, and moves them to where they belong, in the accounts' order, when there are many (ADR 0007).
-- Every account has a row among the settled ones; one that is recent too is at what that row says.
ALTER TABLE ledger_balance RENAME TO ledger_balance_settled;
CREATE TABLE ledger_balance_recent (
  account   INTEGER PRIMARY KEY,
  balance   BIGINT NOT NULL,
  flow_used BIGINT NOT NULL,
  flow_at   BIGINT NOT NULL,
  bought_at BIGINT NOT NULL
);

-- What is on each account, for all that read. A query that wants one row through an outer join asks for it by a scalar
-- subquery: SQLite computes a view whole when it stands on the right of such a join.
CREATE VIEW ledger_balance AS
SELECT s.account, coalesce(r.balance, s.balance) AS balance, coalesce(r.flow_used, s.flow_used) AS flow_used,
       coalesce(r.flow_at, s.flow_at) AS flow_at, coalesce(r.bought_at, s.bought_at) AS bought_at
FROM ledger_balance_settled s
LEFT JOIN ledger_balance_recent r ON r.account = s.account;
