/* The two streams of a connection. */

#ifndef UW_WASI_SOCKETS_STREAMS_H
#define UW_WASI_SOCKETS_STREAMS_H

#include "wasi/sockets/socket.h"

/* The two streams, children of the resource; false after uw_trap(). */
bool uw_connection_streams(uw_call_t *call, uw_resource_t *resource,
                           uw_resource_t **input, uw_resource_t **output)
    UW_CHECKED;

/* No more is read, or written behind what waits. */
void uw_connection_shut(uw_socket_t *socket, bool receive, bool send);

#endif /* UW_WASI_SOCKETS_STREAMS_H */
