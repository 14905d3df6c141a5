#include "python/direct.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* After that much the connections beside it have their turn. */
#define UW_DIRECT_BYTES (1024 * 1024)

/* "ffffffffffffffff" with its line end, and a zero; the one behind a chunk. */
#define UW_CHUNK_HEAD 19
#define UW_CHUNK_END 2

/* One piece of a body as it is sent: a chunk, or no more than its bytes. */
enum {
    UW_HEAD,
    UW_WAITING,
    UW_PIECE,
    UW_END,
    UW_PARTS
};


static size_t
uw_direct_send(const uw_direct_t *direct, struct iovec *parts)
{
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = UW_PARTS };
    ssize_t sent = sendmsg(direct->descriptor, &message,
                           MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE);

    /* What is wrong with the connection its event loop will see, too. */
    return sent < 0 ? 0 : (size_t) sent;
}


/* Leaves out of a part what was sent of all of them. */
static void
uw_direct_skip(struct iovec *part, size_t *sent)
{
    size_t skip = *sent < part->iov_len ? *sent : part->iov_len;

    *sent -= skip;
    part->iov_base = (char *) part->iov_base + skip;
    part->iov_len -= skip;
}


/* Keeps what was not sent.  There is room for it behind what waits. */
static void
uw_direct_keep(uw_buf_t *bytes, struct iovec *parts, size_t sent)
{
    uint8_t *start;

    for (int i = 0; i < UW_PARTS; i++) {
        uw_direct_skip(&parts[i], &sent);
    }
    uw_buf_consume(bytes, uw_buf_size(bytes) - parts[UW_WAITING].iov_len);

    /* All of what waits is behind the rest of a head. */
    if (parts[UW_HEAD].iov_len != 0) {
        start = bytes->data + bytes->start;
        memmove(start + parts[UW_HEAD].iov_len, start, uw_buf_size(bytes));
        memcpy(start, parts[UW_HEAD].iov_base, parts[UW_HEAD].iov_len);
        uw_buf_grew(bytes, parts[UW_HEAD].iov_len);
    }
    for (int i = UW_PIECE; i < UW_PARTS; i++) {
        (void) !uw_buf_append(bytes, parts[i].iov_base, parts[i].iov_len);
    }
}


/* Takes note of what was sent of a piece. */
static void
uw_direct_sent(uw_direct_t *direct, uw_buf_t *bytes, struct iovec *parts,
               size_t sent)
{
    size_t all = 0;

    for (int i = 0; i < UW_PARTS; i++) {
        all += parts[i].iov_len;
    }
    direct->sent += sent;

    if (sent < all) {
        uw_direct_close(direct);
        uw_direct_keep(bytes, parts, sent);
        direct->rest = direct->chunked ? all - sent : 0;
        return;
    }

    uw_buf_consume(bytes, uw_buf_size(bytes));
    direct->left -= parts[UW_PIECE].iov_len;
    if (!direct->held) {
        direct->held = true;
        uw_exchange_tell(direct->exchange);
    }
}


static bool
uw_direct_write(uw_sink_t *sink, uw_outgoing_body_t *body, const uint8_t *bytes,
                size_t size)
{
    uw_direct_t *direct = (uw_direct_t *) sink;
    size_t waiting = uw_buf_size(&body->bytes);
    char head[UW_CHUNK_HEAD];
    char end[UW_CHUNK_END] = { '\r', '\n' };
    struct iovec parts[UW_PARTS] = { [UW_HEAD].iov_base = head,
                                     [UW_END].iov_base = end };
    size_t sent;

    if (size > direct->left
        || uw_buf_reserve(&body->bytes, size + UW_CHUNK_HEAD + UW_CHUNK_END)
               == NULL)
    {
        return false;
    }

    parts[UW_WAITING].iov_base = body->bytes.data + body->bytes.start;
    parts[UW_WAITING].iov_len = waiting;
    parts[UW_PIECE].iov_base = (void *) (uintptr_t) bytes;
    parts[UW_PIECE].iov_len = size;
    if (direct->chunked) {
        parts[UW_HEAD].iov_len =
            (size_t) snprintf(head, sizeof(head), "%zx\r\n", waiting + size);
        parts[UW_END].iov_len = sizeof(end);
    }

    sent = uw_direct_send(direct, parts);
    if (sent == 0) {
        uw_direct_close(direct);
        return false;
    }
    uw_direct_sent(direct, &body->bytes, parts, sent);

    return true;
}


void
uw_direct_open(uw_direct_t *direct, uw_exchange_t *exchange, int descriptor,
               bool chunked)
{
    uw_outgoing_body_t *body = exchange->response_body;

    if (exchange->response != UW_RESPONSE_SENT || body == NULL || body->discard
        || body->in_hand != 0 || uw_buf_size(&body->bytes) != 0)
    {
        return;
    }

    direct->sink.write = uw_direct_write;
    direct->exchange = exchange;
    direct->descriptor = descriptor;
    direct->chunked = chunked;
    direct->left = UW_DIRECT_BYTES;
    body->sink = &direct->sink;
}


void
uw_direct_close(uw_direct_t *direct)
{
    uw_outgoing_body_t *body =
        direct->exchange == NULL ? NULL : direct->exchange->response_body;

    if (body != NULL && body->sink == &direct->sink) {
        body->sink = NULL;
    }
    direct->descriptor = -1;
    direct->left = 0;
}


void
uw_direct_release(uw_direct_t *direct)
{
    int on = 1;

    /* What the control plane writes next makes the rest leave, too. */
    if (direct->held && direct->exchange->response == UW_RESPONSE_SENT
        && uw_exchange_body_size(direct->exchange) == 0)
    {
        /* Setting it again sends what waits (tcp(7)); others do not wait. */
        (void) setsockopt(direct->descriptor, IPPROTO_TCP, TCP_NODELAY, &on,
                          sizeof(on));
    }
    direct->held = false;
}


uint64_t
uw_direct_count(uw_direct_t *direct)
{
    uint64_t sent = direct->sent;

    direct->sent = 0;

    return sent;
}
