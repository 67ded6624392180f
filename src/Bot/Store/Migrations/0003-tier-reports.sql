-- The Rally account whose holding a decision was made by: who loses a role may be linked no more. Null where it is not known.
ALTER TABLE bot_decision ADD COLUMN rally_id BYTEA;

-- Changes of roles that the network is still to be told of; id is the decision's. number rises with each change of one account.
CREATE TABLE bot_tier_report (
  id       BYTEA  NOT NULL PRIMARY KEY,
  number   BIGINT NOT NULL,
  rally_id BYTEA  NOT NULL,
  coin     TEXT   NOT NULL,
  guild_id BIGINT NOT NULL,
  role_id  BIGINT NOT NULL,
  change   TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX bot_tier_report_number ON bot_tier_report (number);
