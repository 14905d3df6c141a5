/*
 * The table of outgoing requests under two threads that do what comes to their
 * minds, until COUNT responses are whole: `outgoing_threads SEED COUNT`.  For the
 * thread and address sanitizers.  Checks that the bytes of each body arrive
 * whole and in order.
 */

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outgoing/outgoing.h"
#include "outgoing/table.h"
#include "python/outgoing_client.h"
#include "worker/worker.h"

#include "fields_part.h"

#define REQUESTS 24
#define WINDOW 8192
#define PIECE 3000

struct uw_worker {
    uw_outgoing_table_t *table;
    uw_executor_t *executor;
    atomic_bool over;
};

uw_outgoing_table_t *
uw_worker_outgoing(const uw_worker_t *worker)
{
    return worker->table;
}


/* ---- What both threads do ---- */

/* The byte at that place of any body. */
static uint8_t
byte_at(size_t place)
{
    return (uint8_t) (place ^ place >> 8 ^ place >> 13);
}


static void
fill(uint8_t *bytes, size_t from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = byte_at(from + i);
    }
}


static void
check(const uint8_t *bytes, size_t from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        CHECK(bytes[i] == byte_at(from + i));
    }
}


/* ---- The client's thread ---- */

typedef struct {
    uint64_t id; /* 0: none */
    size_t got;  /* of the request's body */
    size_t given;
    int64_t room;
    bool responded;
    bool done; /* has failed it, or ended its response */
} asked_t;

typedef struct {
    uw_worker_t *worker;
    uint64_t chance;
    asked_t asked[4 * REQUESTS];
} client_t;


static asked_t *
asked_of(client_t *client, const uw_order_t *order)
{
    size_t place = (uint32_t) order->id - 1;

    CHECK(place < sizeof(client->asked) / sizeof(client->asked[0]));
    if ((order->what & UW_ORDER_START) != 0) {
        client->asked[place] = (asked_t) { .id = order->id, .room = WINDOW };
    }

    return &client->asked[place];
}


static void
take_order(client_t *client, const uw_order_t *order)
{
    asked_t *asked = asked_of(client, order);
    char size[64];

    if (asked->id != order->id) {
        /* Its number's place was given to another meanwhile. */
        return;
    }
    if ((order->what & UW_ORDER_START) != 0) {
        CHECK(order->method_size == 4 && memcmp(order->method, "POST", 4) == 0);
        /* Blanks around a value are no part of it. */
        CHECK(order->headers_size == 6
              && memcmp(order->headers, "x-a:1\n", 6) == 0);
    }
    if ((order->what & UW_ORDER_BODY) != 0) {
        check(order->body, asked->got, order->body_size);
        asked->got += order->body_size;
        CHECK(order->body_size <= WINDOW);
        uw_outgoing_sent(client->worker->table, order->id, order->body_size);
    }
    if ((order->what & UW_ORDER_END) != 0 && order->trailers_size != 0) {
        (void) snprintf(size, sizeof(size), "x-size:%zu\n", asked->got);
        CHECK(order->trailers_size == strlen(size));
        CHECK(memcmp(order->trailers, size, strlen(size)) == 0);
    }
    if ((order->what & UW_ORDER_READ) != 0) {
        asked->room = WINDOW / 2;
    }
    if ((order->what & UW_ORDER_CANCEL) != 0) {
        CHECK(order->what == UW_ORDER_CANCEL);
        asked->id = 0;
    }
}


static void
push_some(client_t *client, asked_t *asked)
{
    uint8_t bytes[PIECE];
    size_t size = choose(&client->chance, PIECE);
    bool last = choose(&client->chance, 8) == 0;
    char trailers[64] = "";

    fill(bytes, asked->given, size);
    asked->given += size;
    if (last) {
        (void) snprintf(trailers, sizeof(trailers), "x-size:%zu\n",
                        asked->given);
    }
    asked->room = uw_outgoing_push(client->worker->table, asked->id, bytes,
                                   size, last, trailers, strlen(trailers));
    asked->done = last || asked->room < 0;
}


static void
answer_some(client_t *client, asked_t *asked)
{
    if (asked->id == 0 || asked->done) {
        return;
    }
    if (choose(&client->chance, 64) == 0) {
        uw_outgoing_fail(client->worker->table, asked->id, "DNS-error", "why",
                         3);
        asked->done = true;

    } else if (!asked->responded) {
        uw_outgoing_respond(client->worker->table, asked->id, 201, "x-b:2\n",
                            6);
        asked->responded = true;

    } else if (asked->room > 0) {
        push_some(client, asked);
    }
}


static void *
run_client(void *data)
{
    client_t *client = data;
    uw_worker_t *worker = client->worker;
    struct pollfd fd = { .fd = uw_outgoing_fd(worker->table),
                         .events = POLLIN };
    uw_order_t order;

    while (!atomic_load(&worker->over)) {
        CHECK(poll(&fd, 1, 1) >= 0);
        while (uw_outgoing_next(worker->table, &order)) {
            take_order(client, &order);
        }
        for (size_t i = 0; i < sizeof(client->asked) / sizeof(asked_t); i++) {
            answer_some(client, &client->asked[i]);
        }
    }

    return NULL;
}


/* ---- The worker's thread ---- */

typedef struct {
    uw_outgoing_t *outgoing; /* NULL: none */
    uw_outgoing_body_t *body;
    bool answered;
    size_t read;
} sent_t;

typedef struct {
    uw_worker_t *worker;
    uint64_t chance;
    sent_t sent[REQUESTS];
    unsigned long woken;
    unsigned long whole;
} guest_t;


static void
write_some(guest_t *guest, sent_t *sent)
{
    uint8_t bytes[PIECE];
    size_t size = choose(&guest->chance, PIECE);
    size_t room = uw_outgoing_body_room(sent->body);

    size = size < room ? size : room;
    fill(bytes, sent->body->written, size);
    CHECK(uw_outgoing_body_write(sent->body, bytes, size)
          != UW_WRITE_NO_MEMORY);
}


static void
send_one(guest_t *guest, sent_t *sent)
{
    uw_fields_t headers = { .count = 0 };
    uw_outgoing_head_t head = {
        .method = uw_slice_of("POST"),
        .scheme = uw_slice_of("http"),
        .authority = uw_slice_of("peer.test"),
        .path = uw_slice_of("/"),
        .headers = &headers,
    };

    *sent = (sent_t) { .outgoing = NULL };
    add(&headers, "x-a", " 1");
    if (choose(&guest->chance, 2) == 0) {
        sent->body = uw_outgoing_body_new(WINDOW, NULL);
        CHECK(sent->body != NULL);
        write_some(guest, sent);
    }
    sent->outgoing =
        uw_outgoing_send(guest->worker->table, (uint64_t) (sent - guest->sent),
                         &head, sent->body, NULL);
    CHECK(sent->outgoing != NULL);
    uw_fields_free(&headers);
}


static void
sync_body(const sent_t *sent)
{
    if (sent->body->sender != NULL) {
        uw_outgoing_sync(sent->body->sender);
    }
}


static void
end_body(guest_t *guest, sent_t *sent)
{
    char size[32];

    if (choose(&guest->chance, 4) == 0) {
        uw_outgoing_body_abandon(sent->body);

    } else {
        (void) snprintf(size, sizeof(size), "%llu",
                        (unsigned long long) sent->body->written);
        add(&sent->body->trailers, "x-size", size);
        (void) !uw_outgoing_body_finish(sent->body);
    }
    sync_body(sent);
    uw_outgoing_body_release(sent->body);
    sent->body = NULL;
}


static void
release(sent_t *sent)
{
    uw_outgoing_cancel(sent->outgoing);
    sent->outgoing = NULL;
    if (sent->body != NULL) {
        CHECK(sent->body->sender == NULL);
        uw_outgoing_body_release(sent->body);
        sent->body = NULL;
    }
}


/* The trailers say how long the body is. */
static void
check_size(const uw_fields_t *trailers, size_t size)
{
    char text[32];

    (void) snprintf(text, sizeof(text), "%zu", size);
    CHECK(trailers->count == 1);
    CHECK(trailers->items[0].value_size == strlen(text));
    CHECK(memcmp(uw_field_value(trailers, 0).data, text, strlen(text)) == 0);
}


/* Reads what there is; true when the response has ended. */
static bool
read_some(guest_t *guest, sent_t *sent)
{
    uw_incoming_body_t *body = uw_outgoing_response_body(sent->outgoing);
    uw_shared_fields_t *headers;
    uw_failure_t failure;
    size_t size;

    if (!sent->answered) {
        switch (uw_outgoing_answer(sent->outgoing)) {
        case UW_ANSWER_NONE:
            return false;
        case UW_ANSWER_FAILED:
            uw_outgoing_failure(sent->outgoing, &failure);
            CHECK(failure.code != NULL);
            return true;
        case UW_ANSWER_HEAD:
            CHECK(uw_outgoing_take_head(sent->outgoing, &headers) == 201);
            CHECK(headers->fields.count == 1);
            uw_shared_fields_release(headers);
            sent->answered = true;
        }
    }

    uw_outgoing_pull(sent->outgoing);
    size = uw_buf_size(&body->bytes);
    size = size == 0 ? 0 : 1 + choose(&guest->chance, (uint32_t) size);
    check(uw_buf_head(&body->bytes), sent->read, size);
    uw_buf_consume(&body->bytes, size);
    sent->read += size;
    uw_outgoing_took(sent->outgoing, size);

    if (uw_buf_size(&body->bytes) != 0 || body->state == UW_INCOMING_OPEN) {
        return false;
    }
    if (body->state == UW_INCOMING_ENDED) {
        check_size(&body->trailers->fields, sent->read);
        guest->whole++;
    }

    return true;
}


static void
do_something(guest_t *guest, sent_t *sent)
{
    if (sent->outgoing == NULL) {
        send_one(guest, sent);
        return;
    }

    (void) uw_outgoing_in_flight(sent->outgoing);
    if (sent->body != NULL) {
        sync_body(sent);
        write_some(guest, sent);
        sync_body(sent);
        if (choose(&guest->chance, 16) == 0) {
            end_body(guest, sent);
        }
    }
    if ((read_some(guest, sent) && choose(&guest->chance, 4) == 0)
        || choose(&guest->chance, 512) == 0)
    {
        release(sent);
    }
}


static void
note_woken(void *data, uint64_t ticket)
{
    guest_t *guest = data;

    CHECK(ticket < REQUESTS);
    guest->woken++;
}


static void
run_guests(guest_t *guest, unsigned long count)
{
    for (unsigned long step = 0; guest->whole < count; step++) {
        do_something(guest, &guest->sent[choose(&guest->chance, REQUESTS)]);
        if (step % 16 == 0) {
            uw_outgoing_turn_over(guest->worker->table);
            /* Lets the client have the processor where there is only one. */
            (void) sched_yield();
            (void) uw_mailbox_deliver(&guest->worker->table->box, note_woken,
                                      guest);
            uw_executor_clear(guest->worker->executor);
            (void) uw_executor_turn(guest->worker->executor, 0);
            (void) uw_mailbox_deliver(&guest->worker->table->box, note_woken,
                                      guest);
        }
    }

    for (size_t i = 0; i < REQUESTS; i++) {
        if (guest->sent[i].outgoing != NULL) {
            release(&guest->sent[i]);
        }
    }
}


int
main(int count, char **values)
{
    uint64_t seed = count == 3 ? strtoull(values[1], NULL, 10) : 0;
    unsigned long whole = count == 3 ? strtoul(values[2], NULL, 10) : 0;
    uw_worker_t worker = { .executor = uw_executor_new() };
    client_t *client = calloc(1, sizeof(*client));
    guest_t *guest = calloc(1, sizeof(*guest));
    pthread_t thread;

    CHECK(whole != 0 && worker.executor != NULL);
    CHECK(client != NULL && guest != NULL);
    worker.table = uw_outgoing_table_new(worker.executor, WINDOW, 1024);
    CHECK(worker.table != NULL);
    client->worker = guest->worker = &worker;
    client->chance = seed * 2 + 1;
    guest->chance = seed * 3 + 7;

    CHECK(pthread_create(&thread, NULL, run_client, client) == 0);
    run_guests(guest, whole);
    atomic_store(&worker.over, true);
    CHECK(pthread_join(thread, NULL) == 0);

    CHECK(guest->woken != 0);
    uw_outgoing_table_delete(worker.table);
    uw_executor_delete(worker.executor);
    free(client);
    free(guest);

    return 0;
}
