#pragma once
#if defined(__has_include) && !__has_include(<libpq-fe.h>)
#error "libpq's headers are missing. Run: apt-get install libpq-dev (Debian, Ubuntu), brew install libpq (macOS)"
#else
#include <libpq-fe.h>
#endif
#include <stdlib.h>

// Connects, and returns the connection whether it succeeded or not, as PQconnectdbParams does; null without memory.
//
// What stands before the connection string is a default that it may override. A server that is not on this machine's
// own socket has to show a certificate for its name, unless the string or PGSSLMODE says otherwise: libpq's own default
// takes an unencrypted connection when it is offered one. A peer that is gone is noticed after about four seconds.
static inline PGconn *solvency_pq_connect(const char *string, const char *name, const char *seconds) {
  const char *keywords[] = {
      "sslmode", "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
      "tcp_user_timeout", "fallback_application_name", "dbname", "client_encoding", 0};
  const char *values[] = {
      getenv("PGSSLMODE") ? 0 : "verify-full", seconds, "1", "1", "1", "3",
      "3000", name, string, "UTF8", 0};
  return PQconnectdbParams(keywords, values, 1);
}

// The five letters that say what a statement failed of; null if the server did not say.
static inline const char *solvency_pq_state(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

// The server's sentence about a failure, without the line and the values it is about.
static inline const char *solvency_pq_sentence(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
