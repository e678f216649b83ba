#pragma once
#if defined(__has_include) && !__has_include(<sqlite3.h>)
#error "SQLite headers are missing. Run 'make setup', or: apt-get install libsqlite3-dev (Debian, Ubuntu), brew install sqlite (macOS)"
#else
#include <sqlite3.h>
#endif
#include <errno.h>

// What the system said when a file could not be read or written, as far as it matters.
typedef enum { SOLVENCY_OTHER = 0, SOLVENCY_NO_SPACE = 1, SOLVENCY_NOT_WRITABLE = 2 } solvency_cause;

static inline solvency_cause solvency_system_cause(sqlite3 *database) {
  switch (database == 0 ? 0 : sqlite3_system_errno(database)) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  // a limit on the size of files, which is a small disk
      return SOLVENCY_NO_SPACE;
    case EROFS:
    case EACCES:
    case EPERM:
      return SOLVENCY_NOT_WRITABLE;
    default:
      return SOLVENCY_OTHER;
  }
}

// Blobs are copied when they are bound; the macro that says so is a cast that Swift cannot import.
static inline int solvency_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// Closes what a file could do to anyone who opens it: no triggers, no writing past SQL, nothing in the schema is
// trusted. The call takes a variable number of arguments, which Swift cannot make. Returns SQLite's code.
static inline int solvency_harden(sqlite3 *database) {
  int code = sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
  if (code == SQLITE_OK) code = sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
  if (code == SQLITE_OK) code = sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)0);
  if (code == SQLITE_OK) code = sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
  return code;
}

// Texts likewise.
static inline int solvency_bind_text(sqlite3_stmt *statement, int index, const char *text) {
  return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}
