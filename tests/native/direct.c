/* python/direct.c with a socket that takes as many bytes as it is told to: what
 * it has and what waits then are always the whole, in order, and framed once. */

#include "python/direct.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "part.h"

#define SOCKET 77
#define PIECE (16 * 1024)
#define WINDOW (128 * 1024)
#define TAKES_ALL SIZE_MAX
#define FAILS (SIZE_MAX - 1)

ssize_t __wrap_sendmsg(int descriptor, const struct msghdr *message, int flags);
int __wrap_setsockopt(int descriptor, int level, int name, const void *value,
                      socklen_t size);

static uw_account_t account = { .limit = 4u << 20 };

/* The socket. */
static uint8_t received[4 * WINDOW];
static size_t received_size;
static size_t takes;
static unsigned calls;
static unsigned pushes;


ssize_t
__wrap_sendmsg(int descriptor, const struct msghdr *message, int flags)
{
    size_t left = takes;
    size_t before = received_size;

    calls++;
    CHECK(descriptor == SOCKET);
    CHECK(flags == (MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE));
    if (takes == FAILS) {
        errno = EPIPE;
        return -1;
    }

    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *part = &message->msg_iov[i];
        size_t size = part->iov_len < left ? part->iov_len : left;

        CHECK(received_size + size <= sizeof(received));
        memcpy(received + received_size, part->iov_base, size);
        received_size += size;
        left -= size;
    }

    return (ssize_t) (received_size - before);
}


int
__wrap_setsockopt(int descriptor, int level, int name, const void *value,
                  socklen_t size)
{
    int on;

    CHECK(descriptor == SOCKET && level == IPPROTO_TCP && name == TCP_NODELAY);
    CHECK(size == sizeof(on));
    memcpy(&on, value, sizeof(on));
    CHECK(on == 1);
    pushes++;

    return 0;
}


/* One response whose head has been taken, and its way to the socket. */
static uw_exchange_t exchange;
static uw_outgoing_body_t *body;
static uw_direct_t direct;


static void
start(bool chunked)
{
    uw_fields_t headers = { 0 };

    memset(&exchange, 0, sizeof(exchange));
    memset(&direct, 0, sizeof(direct));
    uw_exchange_reset(&exchange);
    body = uw_outgoing_body_new(WINDOW, &account);
    CHECK(body != NULL);
    uw_exchange_set(&exchange, 200, &headers, body);
    uw_direct_open(&direct, &exchange, SOCKET, chunked);
    CHECK(body->sink == NULL); /* the head comes first */
    CHECK(uw_exchange_take_head(&exchange));

    uw_direct_open(&direct, &exchange, SOCKET, chunked);
    CHECK(body->sink == &direct.sink);
    exchange.announced = true;
    received_size = 0;
    calls = pushes = 0;
    takes = TAKES_ALL;
}


static void
stop(void)
{
    uw_direct_close(&direct);
    uw_outgoing_body_release(body);
    uw_exchange_free(&exchange);
    CHECK(uw_account_held(&account) == 0);
}


/* Byte i of a body. */
static uint8_t
byte_at(size_t i)
{
    return (uint8_t) (i * 167 + (i >> 8) + 13);
}


static void
write_piece(size_t size)
{
    uint8_t *bytes = malloc(size);

    CHECK(bytes != NULL);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = byte_at((size_t) body->written + i);
    }
    CHECK(uw_outgoing_body_write(body, bytes, size) == UW_WRITE_OK);
    free(bytes);
}


static bool
bytes_are(const uint8_t *bytes, size_t from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != byte_at(from + i)) {
            return false;
        }
    }

    return true;
}


/* The socket's bytes, and after them those that wait, are one chunk of that
 * size, or the bytes without a frame. */
static void
check_all(bool chunked, size_t size)
{
    uw_slice_t waits = uw_exchange_peek_body(&exchange);
    uint8_t *all = malloc(received_size + waits.size);
    char head[32] = "";
    size_t at;

    CHECK(all != NULL);
    memcpy(all, received, received_size);
    if (waits.size != 0) {
        memcpy(all + received_size, waits.data, waits.size);
    }
    if (chunked) {
        (void) snprintf(head, sizeof(head), "%zx\r\n", size);
    }
    at = strlen(head);
    CHECK(received_size + waits.size == at + size + (chunked ? 2 : 0));
    CHECK(memcmp(all, head, at) == 0 && bytes_are(all + at, 0, size));
    CHECK(!chunked || memcmp(all + at + size, "\r\n", 2) == 0);
    free(all);
}


/* A piece, `before` of which wait already, of which the socket takes `some`. */
static void
check_part(bool chunked, size_t before, size_t some)
{
    size_t frame = chunked ? strlen("4000\r\n") + 2 : 0;
    size_t all = before + PIECE + frame;
    size_t sent = some == FAILS ? 0 : some < all ? some : all;

    start(chunked);
    if (before != 0) {
        write_piece(before);
        CHECK(calls == 0 && uw_exchange_body_size(&exchange) == before);
    }
    takes = some;
    write_piece(PIECE);
    CHECK(calls == 1 && received_size == sent);
    CHECK(body->written == before + PIECE);
    CHECK(uw_direct_count(&direct) == sent && uw_direct_count(&direct) == 0);

    if (sent == 0) {
        /* As if there were no socket: the frame is the control plane's. */
        CHECK(direct.rest == 0 && body->sink == NULL);
        check_all(false, before + PIECE);
    } else {
        check_all(chunked, before + PIECE);
        CHECK(direct.rest == (chunked ? all - sent : 0));
        CHECK((body->sink == NULL) == (sent < all));
    }

    /* What follows does not overtake it. */
    takes = TAKES_ALL;
    write_piece(PIECE);
    CHECK(calls == (sent < all ? 1 : 2));
    if (sent == all) {
        CHECK(uw_exchange_body_size(&exchange) == 0);
        CHECK(received_size == all + PIECE + frame);
    }
    stop();
}


static void
check_parts(void)
{
    static const size_t waiting[] = { 0, 1, 4096, PIECE - 1 };

    for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
        size_t end = waiting[i] + PIECE;

        for (int chunked = 0; chunked < 2; chunked++) {
            for (size_t some = 0; some < 12; some++) {
                check_part(chunked != 0, waiting[i], some);
                check_part(chunked != 0, waiting[i], waiting[i] + some);
                check_part(chunked != 0, waiting[i], end - 3 + some);
            }
            check_part(chunked != 0, waiting[i], FAILS);
            check_part(chunked != 0, waiting[i], TAKES_ALL);
        }
    }
}


/* ---- When the socket is used ---- */

static void
check_bounds(void)
{
    size_t most = 1024 * 1024;

    /* Small pieces wait for a large one. */
    start(true);
    write_piece(PIECE - 1);
    CHECK(calls == 0);
    write_piece(PIECE);
    CHECK(calls == 1 && uw_exchange_body_size(&exchange) == 0);

    /* The control plane has its turn after 1 MiB. */
    for (size_t sent = PIECE; sent < most; sent += PIECE) {
        received_size = 0;
        write_piece(PIECE);
    }
    CHECK(calls == most / PIECE);
    write_piece(PIECE);
    CHECK(calls == most / PIECE && uw_exchange_body_size(&exchange) == PIECE);
    stop();

    /* While somebody has bytes in hand, nothing may leave before them. */
    start(false);
    write_piece(5);
    CHECK(uw_exchange_take_body(&exchange).size == 5);
    write_piece(PIECE);
    CHECK(calls == 0);
    uw_direct_open(&direct, &exchange, SOCKET, false);
    CHECK(!uw_exchange_sent(&exchange, 5));
    uw_direct_open(&direct, &exchange, SOCKET, false);
    CHECK(calls == 0);
    stop();

    /* More than Content-Length: nothing is sent. */
    start(false);
    body->content_length = PIECE;
    CHECK(uw_outgoing_body_write(body, received, PIECE + 1)
          == UW_WRITE_TOO_LONG);
    CHECK(calls == 0);
    stop();
}


static void
check_closed(void)
{
    start(true);
    uw_exchange_client_gone(&exchange);
    CHECK(body->sink == NULL);
    CHECK(uw_outgoing_body_write(body, received, PIECE) == UW_WRITE_CLOSED);
    uw_direct_open(&direct, &exchange, SOCKET, true);
    CHECK(body->sink == NULL && calls == 0);
    stop();

    start(true);
    uw_direct_close(&direct);
    uw_direct_close(&direct);
    write_piece(PIECE);
    CHECK(calls == 0 && uw_exchange_body_size(&exchange) == PIECE);
    stop();

    /* A response that has no body: what the guest writes is counted. */
    start(true);
    body->discard = true;
    write_piece(PIECE);
    CHECK(calls == 0 && uw_exchange_body_size(&exchange) == 0);
    stop();
}


/* ---- The kernel waits for more of it only while the guest runs ---- */

static void
check_release(void)
{
    start(true);
    uw_direct_release(&direct);
    CHECK(pushes == 0);
    write_piece(PIECE);
    write_piece(PIECE);
    CHECK(uw_exchange_has_news(&exchange));
    uw_direct_release(&direct);
    uw_direct_release(&direct);
    CHECK(pushes == 1);

    /* What waits behind it, or the end, is written at once, and pushes it. */
    write_piece(PIECE);
    write_piece(1);
    uw_direct_release(&direct);
    CHECK(pushes == 1);
    CHECK(uw_exchange_take_body(&exchange).size == 1);
    CHECK(!uw_exchange_sent(&exchange, 1));
    write_piece(PIECE);
    CHECK(uw_outgoing_body_finish(body));
    uw_exchange_body_changed(&exchange);
    uw_direct_release(&direct);
    CHECK(pushes == 1 && exchange.response == UW_RESPONSE_COMPLETE);
    stop();
}


static void
check_memory(void)
{
    uint8_t *piece = calloc(1, PIECE);

    CHECK(piece != NULL);
    start(true);
    refuse_allocation(1);
    CHECK(uw_outgoing_body_write(body, piece, PIECE) == UW_WRITE_OK);
    CHECK(was_refused() && calls == 0);
    CHECK(uw_exchange_body_size(&exchange) == PIECE);
    refuse_allocation(0);
    stop();
    free(piece);
}


int
main(void)
{
    check_parts();
    check_bounds();
    check_closed();
    check_release();
    check_memory();

    return 0;
}
