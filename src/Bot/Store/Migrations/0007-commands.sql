-- What a button or form of a reply stands for, until it ends: Discord hands back no more than its custom id.
CREATE TABLE bot_prompt (
  id         BYTEA  NOT NULL PRIMARY KEY,
  command    TEXT   NOT NULL,
  user_id    BIGINT NOT NULL,
  guild_id   BIGINT NOT NULL,
  state      TEXT   NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX bot_prompt_expires ON bot_prompt (expires_at);

-- The commands that Discord has been told of, by a hash: Discord counts each telling.
CREATE TABLE bot_registration (
  application_id BIGINT NOT NULL PRIMARY KEY,
  hash           TEXT   NOT NULL,
  registered_at  BIGINT NOT NULL
);

-- Who lets others of a guild see what they hold.
CREATE TABLE bot_shown (
  guild_id BIGINT NOT NULL,
  user_id  BIGINT NOT NULL,
  since    BIGINT NOT NULL,
  PRIMARY KEY (guild_id, user_id)
);
CREATE INDEX bot_shown_user ON bot_shown (user_id);
