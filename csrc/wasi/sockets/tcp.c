/*
 * wasi:sockets/tcp: the states of a socket.  What a function does in each of them
 * is in the WIT, and where that is silent as wasmtime has it: what does not fit a
 * state is invalid-state, and to finish what was not started not-in-progress.
 */

#include <errno.h>
#include <poll.h>

#include "wasi/sockets/streams.h"


uw_step_t
uw_sockets_tcp_create_socket_create_tcp_socket(
    uw_call_t *call, uw_sockets_network_ip_address_family_t address_family)
{
    return uw_socket_create(call, &uw_sockets_tcp_socket_type, address_family);
}


void
uw_sockets_tcp_socket_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    (void) instance;

    uw_socket_release(uw_as_socket(resource)->socket);
}


/* Why it cannot begin to bind, to connect or to listen: something else is on its
 * way, or it has come too far. */
static uw_network_error_t
uw_tcp_not_now(const uw_socket_t *socket)
{
    switch (socket->state) {
    case UW_SOCKET_BIND_STARTED:
    case UW_SOCKET_LISTEN_STARTED:
    case UW_SOCKET_CONNECTING:
        return UW_ERROR(CONCURRENCY_CONFLICT);
    default:
        return UW_ERROR(INVALID_STATE);
    }
}


/* ---- Binding ---- */

uw_step_t
uw_sockets_tcp_socket_start_bind(uw_call_t *call, uw_resource_t *self,
                                 uw_resource_t *network,
                                 const uw_wit_address_t *local_address)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_address_t address;

    (void) network;

    if (!uw_address_read(local_address, socket->v6, &address)
        || !uw_address_is_unicast(&address))
    {
        return uw_return_network(call, UW_ERROR(INVALID_ARGUMENT));
    }
    if (socket->state != UW_SOCKET_NEW) {
        return uw_return_network(call, uw_tcp_not_now(socket));
    }

    return uw_return_network(call, uw_socket_bind(socket, &address));
}


uw_step_t
uw_sockets_tcp_socket_finish_bind(uw_call_t *call, uw_resource_t *self)
{
    return uw_socket_finish_bind(call, uw_as_socket(self)->socket);
}


/* ---- Connecting ---- */

uw_step_t
uw_sockets_tcp_socket_start_connect(uw_call_t *call, uw_resource_t *self,
                                    uw_resource_t *network,
                                    const uw_wit_address_t *remote_address)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_address_t address;
    uw_network_error_t error;

    (void) network;

    if (socket->state != UW_SOCKET_NEW && socket->state != UW_SOCKET_BOUND) {
        return uw_return_network(call, uw_tcp_not_now(socket));
    }
    if (!uw_address_read(remote_address, socket->v6, &address)
        || !uw_address_is_unicast(&address) || !uw_address_is_remote(&address))
    {
        return uw_return_network(call, UW_ERROR(INVALID_ARGUMENT));
    }
    error = uw_socket_check(call->instance, UW_USE_TCP, &address);
    if (error != UW_NO_ERROR) {
        return uw_return_network(call, error);
    }

    socket->failure = 0;
    if (connect(socket->fd, &address.any, uw_address_size(&address)) != 0
        && errno != EINPROGRESS && errno != EINTR)
    {
        socket->failure = errno;
    }
    socket->state = UW_SOCKET_CONNECTING;

    return uw_return_ok(call, NULL);
}


/* What became of it, where it is over; else would-block. */
static uw_network_error_t
uw_connect_result(uw_socket_t *socket)
{
    if (socket->failure == 0) {
        if (!uw_socket_is_ready(socket, POLLOUT)) {
            return UW_ERROR(WOULD_BLOCK);
        }
        socket->failure = uw_socket_failure(socket);
    }
    if (socket->failure == 0) {
        socket->state = UW_SOCKET_CONNECTED;
        return UW_NO_ERROR;
    }
    socket->state = UW_SOCKET_CLOSED;
    uw_socket_close(socket);

    /* Not the caller's mistake: it has no say in where the system binds. */
    return socket->failure == EAFNOSUPPORT
               ? UW_ERROR(INVALID_ARGUMENT)
               : uw_network_error_of(socket->failure);
}


uw_step_t
uw_sockets_tcp_socket_finish_connect(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_sockets_tuple_input_stream_output_stream_t streams;
    uw_network_error_t error;
    uw_val_t value;

    if (socket->state != UW_SOCKET_CONNECTING) {
        return uw_return_network(call, UW_ERROR(NOT_IN_PROGRESS));
    }
    error = uw_connect_result(socket);
    if (error != UW_NO_ERROR) {
        return uw_return_network(call, error);
    }
    if (!uw_connection_streams(call, self, &streams.f0, &streams.f1)
        || !uw_make_sockets_tuple_input_stream_output_stream(call, &streams,
                                                             &value))
    {
        return UW_TRAP;
    }

    return uw_return_ok(call, &value);
}


/* ---- Listening ---- */

uw_step_t
uw_sockets_tcp_socket_start_listen(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;

    if (socket->state != UW_SOCKET_BOUND) {
        return uw_return_network(call, uw_tcp_not_now(socket));
    }
    if (!socket->may_listen) {
        return uw_return_network(
            call, uw_socket_check(call->instance, UW_USE_LISTEN, &socket->bound)
                          == UW_NO_ERROR
                      ? UW_NO_ERROR
                      : UW_ERROR(ACCESS_DENIED));
    }
    socket->state = UW_SOCKET_LISTEN_STARTED;

    return uw_return_ok(call, NULL);
}


uw_step_t
uw_sockets_tcp_socket_finish_listen(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_network_error_t error;

    if (socket->state != UW_SOCKET_LISTEN_STARTED) {
        return uw_return_network(call, UW_ERROR(NOT_IN_PROGRESS));
    }
    if (listen(socket->fd, socket->backlog) != 0) {
        socket->failure = errno;
        error = uw_network_error_of(socket->failure);
        socket->state = UW_SOCKET_CLOSED;
        uw_socket_close(socket);
        return uw_return_network(call, error);
    }
    socket->state = UW_SOCKET_LISTENING;

    return uw_return_ok(call, NULL);
}


/* Linux tells what became of the connection before anybody took it; to others that
 * is an aborted one. */
static uw_network_error_t
uw_accept_error(int error)
{
    static const int aborted[] = { ECONNRESET, ENETRESET,    EHOSTUNREACH,
                                   EHOSTDOWN,  ENETDOWN,     ENETUNREACH,
                                   EPROTO,     ENOPROTOOPT,  ENONET,
                                   EOPNOTSUPP, ECONNABORTED, EPERM };

    for (size_t i = 0; i < sizeof(aborted) / sizeof(aborted[0]); i++) {
        if (error == aborted[i]) {
            return UW_ERROR(CONNECTION_ABORTED);
        }
    }

    return uw_network_error_of(error);
}


uw_step_t
uw_sockets_tcp_socket_accept(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_sockets_tuple_tcp_socket_input_stream_output_stream_t accepted;
    uw_network_error_t error;
    uw_val_t value;
    int fd;

    if (socket->state != UW_SOCKET_LISTENING) {
        return uw_return_network(call, UW_ERROR(INVALID_STATE));
    }
    if (!uw_socket_is_allowed(call->instance)) {
        return uw_return_network(call, UW_ERROR(NEW_SOCKET_LIMIT));
    }
    do {
        fd = accept4(socket->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        return uw_return_network(call, uw_accept_error(errno));
    }

    if (uw_socket_open(call, &uw_sockets_tcp_socket_type, socket->v6, fd,
                       &accepted.f0, &error)
        != UW_DONE)
    {
        return UW_TRAP;
    }
    if (error != UW_NO_ERROR) {
        return uw_return_network(call, error);
    }
    uw_as_socket(accepted.f0)->socket->state = UW_SOCKET_CONNECTED;
    if (!uw_connection_streams(call, accepted.f0, &accepted.f1, &accepted.f2)
        || !uw_make_sockets_tuple_tcp_socket_input_stream_output_stream(
            call, &accepted, &value))
    {
        return UW_TRAP;
    }

    return uw_return_ok(call, &value);
}


uw_step_t
uw_sockets_tcp_socket_set_listen_backlog_size(uw_call_t *call,
                                              uw_resource_t *self,
                                              uint64_t value)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    int backlog = value < INT32_MAX ? (int) value : INT32_MAX;

    if (value == 0) {
        return uw_return_network(call, UW_ERROR(INVALID_ARGUMENT));
    }
    if (socket->state == UW_SOCKET_LISTENING) {
        return uw_return_network(call, listen(socket->fd, backlog) == 0
                                           ? UW_NO_ERROR
                                           : UW_ERROR(NOT_SUPPORTED));
    }
    if (socket->state != UW_SOCKET_NEW && socket->state != UW_SOCKET_BOUND) {
        return uw_return_network(call, uw_socket_unfit(socket));
    }
    socket->backlog = backlog;

    return uw_return_ok(call, NULL);
}


/* ---- What can be asked ---- */

uw_step_t
uw_sockets_tcp_socket_local_address(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;

    switch (socket->state) {
    case UW_SOCKET_BOUND:
    case UW_SOCKET_LISTENING:
    case UW_SOCKET_CONNECTED:
        return uw_return_local_address(call, socket);
    default:
        return uw_return_network(call, uw_socket_unfit(socket));
    }
}


uw_step_t
uw_sockets_tcp_socket_remote_address(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_address_t address;
    socklen_t size = sizeof(address);

    if (socket->state != UW_SOCKET_CONNECTED) {
        return uw_return_network(call, uw_socket_unfit(socket));
    }
    if (getpeername(socket->fd, &address.any, &size) != 0) {
        return uw_return_network(call, uw_network_error_of(errno));
    }

    return uw_return_address(call, &address);
}


uw_step_t
uw_sockets_tcp_socket_is_listening(uw_call_t *call, uw_resource_t *self)
{
    return uw_return(call, uw_val_bool(uw_as_socket(self)->socket->state
                                       == UW_SOCKET_LISTENING));
}


uw_step_t
uw_sockets_tcp_socket_address_family(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_family(call, uw_as_socket(self)->socket);
}


/* Whether finish-connect, or accept, would not be refused with would-block. */
static bool
uw_tcp_is_ready(uw_instance_t *instance, uw_resource_t *self)
{
    const uw_socket_t *socket = uw_as_socket(self)->socket;

    (void) instance;

    switch (socket->state) {
    case UW_SOCKET_CONNECTING:
        return socket->failure != 0 || uw_socket_is_ready(socket, POLLOUT);
    case UW_SOCKET_LISTENING:
        return uw_socket_is_ready(socket, POLLIN);
    default:
        return true;
    }
}


uw_step_t
uw_sockets_tcp_socket_subscribe(uw_call_t *call, uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_tcp_is_ready, NULL);
}


uw_step_t
uw_sockets_tcp_socket_shutdown(uw_call_t *call, uw_resource_t *self,
                               uw_sockets_tcp_shutdown_type_t shutdown_type)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;

    if (socket->state != UW_SOCKET_CONNECTED) {
        return uw_return_network(call, UW_ERROR(INVALID_STATE));
    }
    uw_connection_shut(socket,
                       shutdown_type != UW_SOCKETS_TCP_SHUTDOWN_TYPE_SEND,
                       shutdown_type != UW_SOCKETS_TCP_SHUTDOWN_TYPE_RECEIVE);

    return uw_return_ok(call, NULL);
}
