/* Writes recorded ledger batches into a SQLite file, as plainly and quickly as C can: the peer of `tests/bench.sh ledger`.
 *
 *   ledger FILE PRAGMAS
 *
 * Prints the library's version; then, for every line of its input, which names a file of recorded batches, writes these,
 * one transaction a batch, and prints the nanoseconds that took, and those of the processor. Reading the file is not counted. It decides nothing:
 * balances come with the batches.
 *
 * A file, little-endian: int32 batches, and for each
 *   int32 accounts, and for each: int64 id, balance, flow_used, flow_at, bought_at
 *   int32 entries, and for each: int64 position, 16 bytes id, int64 debit_account, credit_account, amount, link, posted_at,
 *     debit_balance, credit_balance, then kind, note, reference, details: int32 length (-1 for NULL) and UTF-8 bytes
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;
static const char *at;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : "");
  exit(1);
}

static void check(int result, const char *what) {
  if (result != SQLITE_OK) fail(what);
}

static int32_t read_int32(void) {
  int32_t value;
  memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

static int64_t read_int64(void) {
  int64_t value;
  memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

static void bind_int64(sqlite3_stmt *statement, int parameter) {
  check(sqlite3_bind_int64(statement, parameter, read_int64()), "bind");
}

static void bind_text(sqlite3_stmt *statement, int parameter) {
  int32_t length = read_int32();
  if (length < 0) {
    check(sqlite3_bind_null(statement, parameter), "bind");
    return;
  }
  check(sqlite3_bind_text(statement, parameter, at, length, SQLITE_STATIC), "bind");
  at += length;
}

static void change_one(sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail("step");
  sqlite3_reset(statement);
  if (sqlite3_changes(db) != 1) fail("not one row");
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
  return statement;
}

static void write_batch(sqlite3_stmt *begin, sqlite3_stmt *commit, sqlite3_stmt *balance, sqlite3_stmt *transfer) {
  if (sqlite3_step(begin) != SQLITE_DONE) fail("begin");
  sqlite3_reset(begin);
  for (int32_t left = read_int32(); left > 0; left--) {
    for (int parameter = 1; parameter <= 5; parameter++) bind_int64(balance, parameter);
    change_one(balance);
  }
  for (int32_t left = read_int32(); left > 0; left--) {
    bind_int64(transfer, 1);
    check(sqlite3_bind_blob(transfer, 2, at, 16, SQLITE_STATIC), "bind");
    at += 16;
    for (int parameter = 3; parameter <= 9; parameter++) bind_int64(transfer, parameter);
    for (int parameter = 10; parameter <= 13; parameter++) bind_text(transfer, parameter);
    change_one(transfer);
  }
  if (sqlite3_step(commit) != SQLITE_DONE) fail("commit");
  sqlite3_reset(commit);
}

static char *read_file(const char *name) {
  FILE *file = fopen(name, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail(name);
  long size = ftell(file);
  char *content = malloc(size);
  rewind(file);
  if (!content || fread(content, 1, size, file) != (size_t)size) fail(name);
  fclose(file);
  return content;
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **arguments) {
  static char line[4096];
  if (count != 3) {
    fprintf(stderr, "usage: ledger FILE PRAGMAS\n");
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  check(sqlite3_open_v2(arguments[1], &db, SQLITE_OPEN_READWRITE, NULL), arguments[1]);
  check(sqlite3_exec(db, arguments[2], NULL, NULL, NULL), arguments[2]);
  printf("%s\n", sqlite3_libversion());
  sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE");
  sqlite3_stmt *commit = prepare("COMMIT");
  sqlite3_stmt *balance = prepare(
      "REPLACE INTO ledger_balance_recent (account, balance, flow_used, flow_at, bought_at) VALUES (?1, ?2, ?3, ?4, ?5)");
  sqlite3_stmt *transfer = prepare(
      "INSERT INTO ledger_transfer (position, id, debit_account, credit_account, amount, link, posted_at, debit_balance, "
      "credit_balance, kind, note, reference, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    char *content = read_file(line);
    at = content;
    int64_t started = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int32_t left = read_int32(); left > 0; left--) write_batch(begin, commit, balance, transfer);
    printf("%lld %lld\n", (long long)(now(CLOCK_MONOTONIC) - started), (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - used));
    free(content);
  }
  sqlite3_finalize(begin);
  sqlite3_finalize(commit);
  sqlite3_finalize(balance);
  sqlite3_finalize(transfer);
  return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
