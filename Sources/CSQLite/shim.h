#pragma once
#if defined(__has_include) && !__has_include(<sqlite3.h>)
#error "SQLite headers are missing. Run 'make setup', or: apt-get install libsqlite3-dev (Debian, Ubuntu), brew install sqlite (macOS)"
#else
#include <sqlite3.h>
#endif

// Blobs are copied when they are bound; the macro that says so is a cast that Swift cannot import.
static inline int solvency_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
