CREATE TABLE ledger_usd_price (
  at       BIGINT NOT NULL PRIMARY KEY,
  nano_usd BIGINT NOT NULL CHECK (nano_usd > 0)
);

-- One row: what the processes on this store share of asking the feed.
CREATE TABLE ledger_usd_feed (
  id           BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  nano_usd     BIGINT CHECK (nano_usd > 0),
  confirmed_at BIGINT,
  failures     BIGINT NOT NULL,
  next_poll_at BIGINT NOT NULL
);
INSERT INTO ledger_usd_feed (id, failures, next_poll_at) VALUES (1, 0, 0);
