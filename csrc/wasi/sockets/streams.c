/*
 * wasi:sockets: the two streams of a connection.  What was read and not taken, and
 * what was written and not sent, is on the exchange's account, and bounded: more is
 * read when it was taken, more may be written when it was sent.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "wasi/sockets/streams.h"

/* Bytes that are read at once, and that may wait to be sent. */
#define UW_CONNECTION_WINDOW 65536


static void
uw_way_fail(uw_way_t *way, int failure)
{
    way->failure = failure;
    way->state = failure == EPIPE ? UW_WAY_CLOSED : UW_WAY_FAILED;
    uw_buf_free(&way->bytes);
}


/* What the guest is told where a way is not open. */
static uw_io_t
uw_way_end(const uw_way_t *way, uw_failure_t *failure)
{
    if (way->state == UW_WAY_CLOSED) {
        return UW_IO_CLOSED;
    }

    *failure = (uw_failure_t) { .package = UW_FAILURE_NETWORK,
                                .number = uw_network_error_of(way->failure) };
    (void) snprintf(failure->text, sizeof(failure->text), "%s",
                    strerror(way->failure));

    return UW_IO_FAILED;
}


/* ---- Reading ---- */

/* Reads what is there, where nothing is left of what was. */
static void
uw_connection_fill(uw_socket_t *socket)
{
    uw_way_t *in = &socket->in;
    uint8_t *room = uw_buf_reserve(&in->bytes, UW_CONNECTION_WINDOW);
    ssize_t size;

    if (room == NULL) {
        uw_way_fail(in, ENOMEM);
        return;
    }

    do {
        size = recv(socket->fd, room, UW_CONNECTION_WINDOW, 0);
    } while (size < 0 && errno == EINTR);

    if (size > 0) {
        uw_buf_grew(&in->bytes, (size_t) size);
        return;
    }
    if (size < 0 && errno == EAGAIN) {
        uw_buf_free(&in->bytes); /* it may be long until something comes */
        return;
    }
    uw_way_fail(in, size == 0 ? EPIPE : errno);
}


static uw_io_t
uw_connection_peek(uw_instance_t *instance, uw_resource_t *stream,
                   uw_slice_t *bytes, uw_failure_t *failure)
{
    uw_socket_t *socket = uw_as_input(stream)->object;
    uw_way_t *in = &socket->in;

    (void) instance;

    *bytes = (uw_slice_t) { NULL, 0 };
    if (in->state == UW_WAY_OPEN && uw_buf_size(&in->bytes) == 0) {
        uw_connection_fill(socket);
    }
    if (uw_buf_size(&in->bytes) != 0) {
        *bytes = uw_buf_slice(&in->bytes);
        return UW_IO_READY;
    }

    return in->state == UW_WAY_OPEN ? UW_IO_WAIT : uw_way_end(in, failure);
}


static void
uw_connection_take(uw_instance_t *instance, uw_resource_t *stream, size_t size)
{
    uw_socket_t *socket = uw_as_input(stream)->object;

    (void) instance;

    uw_buf_consume(&socket->in.bytes, size);
}


static const uw_input_ops_t uw_connection_input = {
    .peek = uw_connection_peek,
    .take = uw_connection_take,
};


/* ---- Writing ---- */

/* How much of it was sent; the way has failed where it cannot be. */
static size_t
uw_connection_send(uw_socket_t *socket, const uint8_t *bytes, size_t size)
{
    size_t sent = 0;
    ssize_t step;

    while (sent < size) {
        step = send(socket->fd, bytes + sent, size - sent, MSG_NOSIGNAL);
        if (step >= 0) {
            sent += (size_t) step;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            uw_way_fail(&socket->out, errno);
            break;
        }
    }

    return sent;
}


/* Sends what waits, as much as goes. */
static void
uw_connection_flush(uw_socket_t *socket)
{
    uw_way_t *out = &socket->out;
    size_t sent;

    if (out->state == UW_WAY_OPEN && uw_buf_size(&out->bytes) != 0) {
        sent = uw_connection_send(socket, uw_buf_head(&out->bytes),
                                  uw_buf_size(&out->bytes));
        if (out->state == UW_WAY_OPEN) {
            uw_buf_consume(&out->bytes, sent);
        }
    }
    if (out->state == UW_WAY_OPEN && uw_buf_size(&out->bytes) == 0) {
        uw_buf_free(&out->bytes);
        if (socket->closing) {
            /* Where the peer is gone already, nobody is to be told. */
            (void) shutdown(socket->fd, SHUT_WR);
            out->state = UW_WAY_CLOSED;
        }
    }
}


/* READY: all that was written is with the system. */
static uw_io_t
uw_connection_settled(uw_socket_t *socket, uw_failure_t *failure)
{
    uw_way_t *out = &socket->out;

    uw_connection_flush(socket);
    if (out->state != UW_WAY_OPEN) {
        return uw_way_end(out, failure);
    }

    return uw_buf_size(&out->bytes) == 0 ? UW_IO_READY : UW_IO_WAIT;
}


/* What was allowed is not taken back: a write may come in pieces. */
static uw_io_t
uw_connection_check(uw_instance_t *instance, uw_resource_t *stream,
                    uint64_t *budget, uw_failure_t *failure)
{
    uw_socket_t *socket = uw_as_output(stream)->object;
    uw_io_t io = uw_connection_settled(socket, failure);

    (void) instance;

    *budget = UW_CONNECTION_WINDOW - uw_buf_size(&socket->out.bytes);
    if (io == UW_IO_WAIT && *budget != 0 && !socket->closing) {
        io = UW_IO_READY;
    }

    return io;
}


static uw_io_t
uw_connection_write(uw_instance_t *instance, uw_resource_t *stream,
                    const uint8_t *bytes, size_t size, uw_failure_t *failure)
{
    uw_socket_t *socket = uw_as_output(stream)->object;
    uw_way_t *out = &socket->out;
    size_t sent = 0;

    (void) instance;

    if (uw_buf_size(&out->bytes) == 0) {
        sent = uw_connection_send(socket, bytes, size);
    }
    if (out->state == UW_WAY_OPEN && sent < size
        && uw_buf_append(&out->bytes, bytes + sent, size - sent) != 0)
    {
        uw_way_fail(out, ENOMEM);
    }

    return out->state == UW_WAY_OPEN ? UW_IO_READY : uw_way_end(out, failure);
}


static uw_io_t
uw_connection_flushed(uw_instance_t *instance, uw_resource_t *stream,
                      uw_failure_t *failure)
{
    (void) instance;

    return uw_connection_settled(uw_as_output(stream)->object, failure);
}


static const uw_output_ops_t uw_connection_output = {
    .check = uw_connection_check,
    .write = uw_connection_write,
    .flushed = uw_connection_flushed,
};


/* ---- Both ---- */

bool
uw_connection_streams(uw_call_t *call, uw_resource_t *resource,
                      uw_resource_t **input, uw_resource_t **output)
{
    uw_socket_t *socket = uw_as_socket(resource)->socket;

    *input = uw_input_stream(call, resource->rep, &uw_connection_input, socket);
    if (*input == NULL) {
        return false;
    }
    *output =
        uw_output_stream(call, resource->rep, &uw_connection_output, socket);
    socket->flush = uw_connection_flush;

    return *output != NULL;
}


void
uw_connection_shut(uw_socket_t *socket, bool receive, bool send)
{
    if (receive && socket->in.state == UW_WAY_OPEN) {
        /* A peer that is gone already has shut it. */
        (void) shutdown(socket->fd, SHUT_RD);
        uw_way_fail(&socket->in, EPIPE);
    }
    if (send) {
        socket->closing = true;
        uw_connection_flush(socket);
    }
}
