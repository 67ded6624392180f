-- What the bot remembers. Discord ids are 64-bit numbers; times are milliseconds since 1970 UTC; amounts are
-- millionths of a coin; ids of ours and Rally ids are 16 bytes.

-- Secrets the bot needs again after a restart, encrypted with the Data Protection keys.
CREATE TABLE bot_secret (
  name       TEXT   NOT NULL PRIMARY KEY,
  value      BYTEA  NOT NULL,
  created_at BIGINT NOT NULL
);

-- The bot's own subscription at a network's webhooks.
CREATE TABLE bot_subscription (
  network_url TEXT   NOT NULL PRIMARY KEY,
  endpoint_id BYTEA  NOT NULL,
  url         TEXT   NOT NULL,
  secret      BYTEA  NOT NULL
);

CREATE TABLE bot_webhook_seen (
  id      TEXT   NOT NULL PRIMARY KEY,
  seen_at BIGINT NOT NULL
);
CREATE INDEX bot_webhook_seen_at ON bot_webhook_seen (seen_at);

-- One Discord account, one Rally account. Tokens are encrypted.
CREATE TABLE bot_link (
  discord_user_id BIGINT NOT NULL PRIMARY KEY,
  rally_id        BYTEA  NOT NULL UNIQUE,
  username        TEXT   NOT NULL,
  guild_id        BIGINT NOT NULL,
  linked_at       BIGINT NOT NULL,
  tokens          BYTEA  NOT NULL,
  broken_at       BIGINT
);

-- A link handed to one member by /coin join. Only hashes of what travels through browsers are kept.
CREATE TABLE bot_link_offer (
  token_hash      BYTEA  NOT NULL PRIMARY KEY,
  discord_user_id BIGINT NOT NULL,
  discord_name    TEXT   NOT NULL,
  guild_id        BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  state_hash      BYTEA  UNIQUE,
  browser_hash    BYTEA,
  code_verifier   BYTEA,
  used_at         BIGINT
);

CREATE TABLE bot_guild (
  guild_id BIGINT NOT NULL PRIMARY KEY,
  coin     TEXT   NOT NULL,
  set_by   BIGINT NOT NULL,
  set_at   BIGINT NOT NULL
);

CREATE TABLE bot_tier (
  id       BYTEA  NOT NULL PRIMARY KEY,
  guild_id BIGINT NOT NULL,
  coin     TEXT   NOT NULL,
  role_id  BIGINT NOT NULL,
  enter    BIGINT NOT NULL,
  leave    BIGINT NOT NULL,
  added_by BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  UNIQUE (guild_id, role_id)
);

-- Members whose roles may no longer fit. A mark raises the version, so that a mark that comes while the member is
-- being looked at is not lost.
CREATE TABLE bot_dirty (
  guild_id   BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  because    TEXT   NOT NULL,
  version    BIGINT NOT NULL,
  attempts   BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  PRIMARY KEY (guild_id, user_id)
);
CREATE INDEX bot_dirty_due ON bot_dirty (not_before);

-- Every change and every refusal, for /tier why. Ids are time-ordered.
CREATE TABLE bot_decision (
  id       BYTEA  NOT NULL PRIMARY KEY,
  guild_id BIGINT NOT NULL,
  user_id  BIGINT NOT NULL,
  role_id  BIGINT NOT NULL,
  outcome  TEXT   NOT NULL,
  coin     TEXT   NOT NULL,
  holding  BIGINT,
  enter    BIGINT NOT NULL,
  leave    BIGINT NOT NULL,
  because  TEXT   NOT NULL,
  detail   TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX bot_decision_member ON bot_decision (guild_id, user_id, role_id, id);
