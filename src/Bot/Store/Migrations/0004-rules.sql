-- The rules of each guild, one row for each time they were changed; the highest version holds. document is JSON: amounts in
-- millionths of a coin, durations in seconds, Discord ids as numbers.
CREATE TABLE bot_rules (
  guild_id   BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  document   TEXT   NOT NULL,
  change     TEXT   NOT NULL,
  changed_by BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (guild_id, version)
);

-- Which coins the rules that hold now ask for; '' stands for those that ask for none.
CREATE TABLE bot_rule_coin (
  coin     TEXT   NOT NULL,
  guild_id BIGINT NOT NULL,
  PRIMARY KEY (coin, guild_id)
);

-- Who meets which tier, by the rules and not by what Discord shows. leaving_at: what they have is too little since some time, and
-- the role goes then. left_at: they met it once. The versions are those of the rules by which they entered and left.
CREATE TABLE bot_standing (
  guild_id        BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  role_id         BIGINT NOT NULL,
  rally_id        BYTEA  NOT NULL,
  entered_at      BIGINT NOT NULL,
  entered_version BIGINT NOT NULL,
  leaving_at      BIGINT,
  left_at         BIGINT,
  left_version    BIGINT,
  PRIMARY KEY (guild_id, user_id, role_id)
);
CREATE INDEX bot_standing_user ON bot_standing (user_id);

-- Who was looked at in which guild, and when time alone may change what they are to have.
CREATE TABLE bot_look (
  guild_id  BIGINT NOT NULL,
  user_id   BIGINT NOT NULL,
  version   BIGINT NOT NULL,
  looked_at BIGINT NOT NULL,
  due_at    BIGINT,
  PRIMARY KEY (guild_id, user_id)
);
CREATE INDEX bot_look_due ON bot_look (due_at);
CREATE INDEX bot_look_user ON bot_look (user_id);

-- A fan who waits (0) goes before sweeps (2).
ALTER TABLE bot_dirty ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;

-- What the network's history of an account came to, up to a position; can be built again from there at any time.
CREATE TABLE bot_history (
  rally_id BYTEA  NOT NULL,
  coin     TEXT   NOT NULL,
  position BIGINT NOT NULL,
  document TEXT   NOT NULL,
  PRIMARY KEY (rally_id, coin)
);

-- Roles that Discord did not let the bot give or take while roles and permissions were as in fingerprint; role 0 stands for the guild itself.
CREATE TABLE bot_obstacle (
  guild_id    BIGINT NOT NULL,
  role_id     BIGINT NOT NULL,
  fingerprint TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (guild_id, role_id)
);

-- Roles of members that somebody else keeps undoing.
CREATE TABLE bot_contest (
  guild_id BIGINT NOT NULL,
  role_id  BIGINT NOT NULL,
  user_id  BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (guild_id, role_id, user_id)
);

-- What is still to be told: to a member, or to a guild's admins (user_id is null).
CREATE TABLE bot_notice (
  id         BYTEA  NOT NULL PRIMARY KEY,
  guild_id   BIGINT NOT NULL,
  user_id    BIGINT,
  text       TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  attempts   BIGINT NOT NULL,
  not_before BIGINT NOT NULL
);
CREATE INDEX bot_notice_due ON bot_notice (not_before);

ALTER TABLE bot_decision ADD COLUMN version BIGINT;
