#include <libpq-fe.h>

// A notice receiver that keeps notices off the standard error.
static void cpq_ignore(void *context, const PGresult *result) {
  (void)context;
  (void)result;
}

static inline void cpq_silence(PGconn *connection) {
  PQsetNoticeReceiver(connection, cpq_ignore, 0);
}
