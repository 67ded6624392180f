-- Public keys; the private ones are files. The first one has no introduction: outsiders pin it.
CREATE TABLE ledger_authority (
  number        BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  public_key    BYTEA  NOT NULL UNIQUE,
  first_height  BIGINT NOT NULL CHECK (first_height > 0),
  introduced_at BIGINT NOT NULL,
  introduction  BYTEA,
  CHECK ((number = 1) = (introduction IS NULL))
);

CREATE TABLE ledger_block (
  height         BIGINT NOT NULL PRIMARY KEY CHECK (height > 0),
  previous_hash  BYTEA  NOT NULL,
  first_position BIGINT NOT NULL UNIQUE CHECK (first_position > 0),
  last_position  BIGINT NOT NULL UNIQUE CHECK (last_position >= first_position),
  sealed_at      BIGINT NOT NULL,
  entries_hash   BYTEA  NOT NULL,
  hash           BYTEA  NOT NULL UNIQUE,
  authority      BIGINT NOT NULL REFERENCES ledger_authority (number),
  signature      BYTEA  NOT NULL
);

-- One row: salts the commitments to what people wrote. Whoever has it can check guesses at the words of public entries.
CREATE TABLE ledger_words_key (
  id  BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  key BYTEA  NOT NULL
);
