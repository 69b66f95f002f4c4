#include <microhttpd.h>
#include <stddef.h>
#include <sys/socket.h>

/// Starts a daemon with a thread for every connection; NULL with errno when it cannot listen.
/// Swift cannot call the variadic original.
static inline struct MHD_Daemon *mhd_start(
    const struct sockaddr *address, unsigned int connections, unsigned int idle_seconds,
    MHD_AccessHandlerCallback handler, MHD_RequestCompletedCallback completed, void *context) {
  return MHD_start_daemon(
      MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handler,
      context, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT, connections,
      MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_NOTIFY_COMPLETED, completed, context,
      MHD_OPTION_END);
}

/// The same on a socket that listens already, which it closes when it is stopped, but never shuts down: another
/// process may have it, too.
static inline struct MHD_Daemon *mhd_start_on_socket(
    int listening, unsigned int connections, unsigned int idle_seconds,
    MHD_AccessHandlerCallback handler, MHD_RequestCompletedCallback completed, void *context) {
  return MHD_start_daemon(
      MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC, 0, NULL, NULL,
      handler, context, MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_LIMIT,
      connections, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_NOTIFY_COMPLETED,
      completed, context, MHD_OPTION_END);
}
