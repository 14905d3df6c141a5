/*
 * wasi:sockets/udp: sockets, and their streams of datagrams.
 *
 * A socket that is bound to a place where others may come to it (an entry `listen`
 * names it) takes what comes.  Any other takes only what comes from where it may
 * send to.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "wasi/sockets/socket.h"

/* The longest datagram that there is, and more than fits into one. */
#define UW_DATAGRAM_MOST 65535

/* What check-send allows, and receive hands out at once; receive no more bytes
 * than twice the longest datagram. */
#define UW_DATAGRAMS 16
#define UW_DATAGRAMS_BYTES UW_DATAGRAM_MOST

/* Datagrams that are not for the guest, which one call takes away. */
#define UW_DATAGRAMS_SKIPPED 64


uw_step_t
uw_sockets_udp_create_socket_create_udp_socket(
    uw_call_t *call, uw_sockets_network_ip_address_family_t address_family)
{
    return uw_socket_create(call, &uw_sockets_udp_socket_type, address_family);
}


void
uw_sockets_udp_socket_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    (void) instance;

    uw_socket_release(uw_as_socket(resource)->socket);
}


/* ---- Binding ---- */

uw_step_t
uw_sockets_udp_socket_start_bind(uw_call_t *call, uw_resource_t *self,
                                 uw_resource_t *network,
                                 const uw_wit_address_t *local_address)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_address_t address;

    (void) network;

    if (socket->state != UW_SOCKET_NEW) {
        return uw_return_network(call, UW_ERROR(INVALID_STATE));
    }
    if (!uw_address_read(local_address, socket->v6, &address)) {
        return uw_return_network(call, UW_ERROR(INVALID_ARGUMENT));
    }

    return uw_return_network(call, uw_socket_bind(socket, &address));
}


uw_step_t
uw_sockets_udp_socket_finish_bind(uw_call_t *call, uw_resource_t *self)
{
    return uw_socket_finish_bind(call, uw_as_socket(self)->socket);
}


/* ---- Streams ---- */

static uw_network_error_t
uw_udp_disconnect(uw_socket_t *socket)
{
    const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
    uw_address_t address;
    socklen_t size = sizeof(address);

    if (connect(socket->fd, &nobody, sizeof(nobody)) != 0) {
        return uw_network_error_of(errno);
    }
    socket->state = UW_SOCKET_BOUND;

    /* Linux gives up the port, where it has chosen that itself. */
    if (getsockname(socket->fd, &address.any, &size) != 0
        || (uw_address_port(&address) == 0
            && bind(socket->fd, &socket->bound.any,
                    uw_address_size(&socket->bound))
                   != 0))
    {
        return uw_network_error_of(errno);
    }

    return UW_NO_ERROR;
}


static uw_network_error_t
uw_udp_connect(uw_socket_t *socket, const uw_address_t *address)
{
    uw_network_error_t error =
        uw_socket_check(socket->instance, UW_USE_UDP, address);

    if (error != UW_NO_ERROR) {
        return error;
    }
    if (connect(socket->fd, &address->any, uw_address_size(address)) != 0) {
        return errno == EAFNOSUPPORT ? UW_ERROR(INVALID_ARGUMENT)
                                     : uw_network_error_of(errno);
    }
    socket->peer = *address;
    socket->state = UW_SOCKET_CONNECTED;

    return UW_NO_ERROR;
}


/* Whether it has, or has not any more, the one peer. */
static uw_network_error_t
uw_udp_choose(uw_socket_t *socket, const uw_wit_address_t *remote_address)
{
    uw_network_error_t error = UW_NO_ERROR;
    uw_address_t address;

    if (socket->state == UW_SOCKET_CONNECTED) {
        error = uw_udp_disconnect(socket);
    }
    if (error != UW_NO_ERROR || remote_address == NULL) {
        return error;
    }
    if (!uw_address_read(remote_address, socket->v6, &address)
        || !uw_address_is_remote(&address))
    {
        return UW_ERROR(INVALID_ARGUMENT);
    }

    return uw_udp_connect(socket, &address);
}


static uw_resource_t *
uw_datagram_stream(uw_call_t *call, const uw_resource_type_t *type,
                   uw_resource_t *self)
{
    uw_resource_t *stream = uw_make(call, type, self->rep);

    if (stream != NULL) {
        uw_as_socket(stream)->socket = uw_as_socket(self)->socket;
        uw_as_socket(stream)->socket->references++;
    }

    return stream;
}


uw_step_t
uw_sockets_udp_socket_stream(uw_call_t *call, uw_resource_t *self,
                             const uw_wit_address_t *remote_address)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream_t
        streams;
    uw_network_error_t error;
    uw_val_t value;

    if (socket->references != 1) {
        return uw_trap(call, "UDP streams not dropped yet");
    }
    if (socket->state != UW_SOCKET_BOUND
        && socket->state != UW_SOCKET_CONNECTED)
    {
        return uw_return_network(call, UW_ERROR(INVALID_STATE));
    }
    error = uw_udp_choose(socket, remote_address);
    if (error != UW_NO_ERROR) {
        return uw_return_network(call, error);
    }

    socket->permits = -1;
    socket->full = false;
    streams.f0 = uw_datagram_stream(
        call, &uw_sockets_udp_incoming_datagram_stream_type, self);
    if (streams.f0 == NULL) {
        return UW_TRAP;
    }
    streams.f1 = uw_datagram_stream(
        call, &uw_sockets_udp_outgoing_datagram_stream_type, self);
    if (streams.f1 == NULL
        || !uw_make_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream(
            call, &streams, &value))
    {
        return UW_TRAP;
    }

    return uw_return_ok(call, &value);
}


void
uw_sockets_udp_incoming_datagram_stream_drop(uw_instance_t *instance,
                                             uw_resource_t *resource)
{
    (void) instance;

    uw_socket_release(uw_as_socket(resource)->socket);
}


void
uw_sockets_udp_outgoing_datagram_stream_drop(uw_instance_t *instance,
                                             uw_resource_t *resource)
{
    (void) instance;

    uw_socket_release(uw_as_socket(resource)->socket);
}


/* ---- What can be asked ---- */

uw_step_t
uw_sockets_udp_socket_local_address(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;

    return socket->state == UW_SOCKET_BOUND
                   || socket->state == UW_SOCKET_CONNECTED
               ? uw_return_local_address(call, socket)
               : uw_return_network(call, UW_ERROR(INVALID_STATE));
}


uw_step_t
uw_sockets_udp_socket_remote_address(uw_call_t *call, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;

    return socket->state == UW_SOCKET_CONNECTED
               ? uw_return_address(call, &socket->peer)
               : uw_return_network(call, UW_ERROR(INVALID_STATE));
}


uw_step_t
uw_sockets_udp_socket_address_family(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_family(call, uw_as_socket(self)->socket);
}


/* Nothing of it has to be waited for. */
static bool
uw_udp_is_ready(uw_instance_t *instance, uw_resource_t *self)
{
    (void) instance;
    (void) self;

    return true;
}


uw_step_t
uw_sockets_udp_socket_subscribe(uw_call_t *call, uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_udp_is_ready, NULL);
}


/* ---- Receiving ---- */

/* Whether what came from there is for the guest.  The system knows of a peer, but
 * may have kept what came before it was told. */
static bool
uw_datagram_is_wanted(const uw_socket_t *socket, const uw_address_t *from)
{
    if (socket->state == UW_SOCKET_CONNECTED) {
        return uw_address_equal(from, &socket->peer);
    }

    return !socket->filtered
           || uw_socket_may(socket->instance, UW_USE_UDP, from);
}


/* The size of the next datagram for the guest; -1 with errno set. */
static ssize_t
uw_datagram_next(uw_socket_t *socket, uint8_t *bytes, uw_address_t *from)
{
    ssize_t size;
    socklen_t length;

    for (unsigned skipped = 0; skipped < UW_DATAGRAMS_SKIPPED; skipped++) {
        length = sizeof(*from);
        do {
            size = recvfrom(socket->fd, bytes, UW_DATAGRAM_MOST, 0, &from->any,
                            &length);
        } while (size < 0 && errno == EINTR);
        if (size < 0 || uw_datagram_is_wanted(socket, from)) {
            return size;
        }
    }
    errno = EAGAIN;

    return -1;
}


uw_step_t
uw_sockets_udp_incoming_datagram_stream_receive(uw_call_t *call,
                                                uw_resource_t *self,
                                                uint64_t max_results)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    size_t most =
        max_results < UW_DATAGRAMS ? (size_t) max_results : UW_DATAGRAMS;
    uint8_t *bytes = uw_arena_alloc(&call->instance->arena, UW_DATAGRAM_MOST);
    uw_val_t made[UW_DATAGRAMS];
    uw_val_t list;
    size_t count = 0;
    size_t total = 0;
    uw_address_t from;
    ssize_t size = 0;

    if (bytes == NULL) {
        return uw_trap(call, "memory is out");
    }

    while (count < most && total < UW_DATAGRAMS_BYTES) {
        size = uw_datagram_next(socket, bytes, &from);
        if (size < 0) {
            break;
        }
        total += (size_t) size;
        made[count++] = uw_make_sockets_udp_incoming_datagram(
            call, &(uw_sockets_udp_incoming_datagram_t) {
                      .data = { bytes, (size_t) size },
                      .remote_address = uw_address_wit(&from) });
    }
    if (count == 0 && size < 0 && errno != EAGAIN) {
        return uw_return_network(call, uw_network_error_of(errno));
    }

    list = uw_val_list(call->abi, count);
    if (count != 0) {
        memcpy(list.of.list.data, made, count * sizeof(made[0]));
    }

    return uw_return_ok(call, &list);
}


static bool
uw_datagrams_may_be_read(uw_instance_t *instance, uw_resource_t *self)
{
    (void) instance;

    return uw_socket_is_ready(uw_as_socket(self)->socket, POLLIN);
}


uw_step_t
uw_sockets_udp_incoming_datagram_stream_subscribe(uw_call_t *call,
                                                  uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_datagrams_may_be_read, NULL);
}


/* ---- Sending ---- */

static bool
uw_datagrams_may_be_sent(uw_instance_t *instance, uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;

    (void) instance;

    if (socket->full && uw_socket_is_ready(socket, POLLOUT)) {
        socket->full = false;
    }

    return !socket->full;
}


uw_step_t
uw_sockets_udp_outgoing_datagram_stream_subscribe(uw_call_t *call,
                                                  uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_datagrams_may_be_sent, NULL);
}


uw_step_t
uw_sockets_udp_outgoing_datagram_stream_check_send(uw_call_t *call,
                                                   uw_resource_t *self)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    uw_val_t value;

    if (socket->permits < 0 && uw_datagrams_may_be_sent(call->instance, self)) {
        socket->permits = UW_DATAGRAMS;
    }
    value = uw_val_u64(socket->permits < 0 ? 0 : (uint64_t) socket->permits);

    return uw_return_ok(call, &value);
}


/* Where a datagram goes; `address` NULL: to the peer. */
static uw_network_error_t
uw_datagram_target(const uw_socket_t *socket,
                   const uw_sockets_udp_outgoing_datagram_t *datagram,
                   uw_address_t *address)
{
    bool connected = socket->state == UW_SOCKET_CONNECTED;

    if (!datagram->remote_address.is_some) {
        *address = socket->peer;
        return connected ? UW_NO_ERROR : UW_ERROR(INVALID_ARGUMENT);
    }
    if (!uw_address_read(&datagram->remote_address.value, socket->v6, address)
        || !uw_address_is_remote(address)
        || (connected && !uw_address_equal(address, &socket->peer)))
    {
        return UW_ERROR(INVALID_ARGUMENT);
    }

    return connected ? UW_NO_ERROR
                     : uw_socket_check(socket->instance, UW_USE_UDP, address);
}


static uw_network_error_t
uw_datagram_send(const uw_socket_t *socket,
                 const uw_sockets_udp_outgoing_datagram_t *datagram)
{
    bool connected = socket->state == UW_SOCKET_CONNECTED;
    uw_address_t address;
    uw_network_error_t error;
    ssize_t size;

    if (datagram->data.size > UW_DATAGRAM_MOST) {
        return UW_ERROR(DATAGRAM_TOO_LARGE);
    }
    error = uw_datagram_target(socket, datagram, &address);
    if (error != UW_NO_ERROR) {
        return error;
    }
    do {
        size = sendto(socket->fd, datagram->data.data, datagram->data.size,
                      MSG_NOSIGNAL, connected ? NULL : &address.any,
                      connected ? 0 : uw_address_size(&address));
    } while (size < 0 && errno == EINTR);

    return size >= 0 ? UW_NO_ERROR : uw_network_error_of(errno);
}


uw_step_t
uw_sockets_udp_outgoing_datagram_stream_send(uw_call_t *call,
                                             uw_resource_t *self,
                                             const uw_val_t *datagrams)
{
    uw_socket_t *socket = uw_as_socket(self)->socket;
    size_t count = datagrams->of.list.size;
    uw_sockets_udp_outgoing_datagram_t datagram;
    uw_network_error_t error = UW_NO_ERROR;
    uw_val_t value;
    size_t sent = 0;

    if (socket->permits < 0) {
        return uw_trap(call, "unpermitted: must call check-send first");
    }
    if (count > (size_t) socket->permits) {
        return uw_trap(call, "unpermitted: argument exceeds permitted size");
    }
    socket->permits = -1;

    while (sent < count) {
        if (!uw_read_sockets_udp_outgoing_datagram(
                call, &datagrams->of.list.data[sent], &datagram))
        {
            return UW_TRAP;
        }
        error = uw_datagram_send(socket, &datagram);
        if (error != UW_NO_ERROR) {
            break;
        }
        sent++;
    }
    socket->full = error == UW_ERROR(WOULD_BLOCK);
    if (sent == 0 && error != UW_NO_ERROR && !socket->full) {
        return uw_return_network(call, error);
    }
    value = uw_val_u64(sent);

    return uw_return_ok(call, &value);
}
