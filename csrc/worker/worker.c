#include "worker/slot.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest/log_record.h"
#include "http/request_id.h"

/* Of an origin so much is logged: a DNS name has 253 bytes. */
#define UW_ORIGIN_MAX 300


/* One turn ends after this long, so that the outer loop gets its share. */
#define UW_TURN_BUDGET 5000000u

/* Twice this much of free heap is kept: what a few usual bodies need. */
#define UW_HEAP_BLOCK (1u << 20)

/* Between an exchange that used much memory and the look at what is free. */
#define UW_TRIM_DELAY 1000000000u

/* ---- For transports ---- */

static uw_slot_t *
uw_worker_new_slot(uw_worker_t *worker)
{
    uw_slot_t *slot;
    uw_slot_t **slots;
    size_t capacity;

    if (worker->slot_count == worker->slot_capacity) {
        capacity = worker->slot_capacity == 0 ? 64 : worker->slot_capacity * 2;
        slots = realloc(worker->slots, capacity * sizeof(*slots));
        if (slots == NULL) {
            return NULL;
        }
        worker->slots = slots;
        worker->slot_capacity = capacity;
    }

    slot = calloc(1, sizeof(*slot));
    if (slot == NULL) {
        return NULL;
    }
    slot->worker = worker;
    slot->index = (uint32_t) worker->slot_count;
    uw_slot_init(slot);
    uw_exchange_reset(&slot->exchange);
    worker->slots[worker->slot_count++] = slot;

    return slot;
}


uw_exchange_t *
uw_worker_accept(uw_worker_t *worker, const uw_transport_t *transport)
{
    uw_slot_t *slot = worker->free;

    if (slot != NULL) {
        worker->free = slot->next;
    } else {
        slot = uw_worker_new_slot(worker);
        if (slot == NULL) {
            return NULL;
        }
    }

    slot->next = NULL;
    slot->in_use = true;
    slot->accepted = uw_now();
    slot->left = slot->accepted;
    slot->cpu = 0;
    slot->burst = 0;
    slot->end = UW_END_OK;
    slot->exchange.id = ++worker->status.requests;
    slot->exchange.id_prefix = worker->id_prefix;
    slot->exchange.given_id_size = 0;
    slot->exchange.id_given = false;
    worker->last = slot;
    slot->exchange.transport = transport;
    slot->exchange.request_body.window = worker->engine->settings.body_buffer;

    return &slot->exchange;
}


const uw_exchange_t *
uw_worker_last(const uw_worker_t *worker)
{
    return &worker->last->exchange;
}


void
uw_worker_arrived(uw_exchange_t *exchange, uint64_t at)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    slot->accepted = at;
    slot->left = at;
}


/* Where some wait although there are less, the address space is used up. */
static bool
uw_worker_has_room(const uw_worker_t *worker)
{
    return worker->status.in_flight < worker->engine->settings.max_exchanges
           && worker->queue == NULL;
}


void
uw_worker_submit_admitted(uw_worker_t *worker, uw_exchange_t *exchange)
{
    uw_slot_t *slot = uw_slot_of(exchange);
    const uw_settings_t *settings = &worker->engine->settings;
    bool room = uw_worker_has_room(worker);

    if (uw_timer_set(worker->executor, &slot->deadline,
                     slot->accepted
                         + (room ? settings->timeout : settings->queue_timeout))
        != 0)
    {
        uw_slot_refuse(slot, UW_END_HOST, 503, "memory is out");
        return;
    }

    if (!room) {
        *worker->queue_end = slot;
        worker->queue_end = &slot->next;
        worker->status.queued++;
        return;
    }

    slot->in_flight = true;
    worker->status.in_flight++;
    uw_executor_ready(worker->executor, &slot->task);
}


void
uw_worker_submit(uw_worker_t *worker, uw_exchange_t *exchange)
{
    if (!uw_worker_has_room(worker)
        && worker->status.queued >= worker->engine->settings.max_queue)
    {
        uw_worker_refuse_waiting(exchange, UW_END_QUEUE_FULL);
        return;
    }

    uw_worker_submit_admitted(worker, exchange);
}


void
uw_worker_blame(uw_exchange_t *exchange, uw_end_t end)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (slot->end == UW_END_OK) {
        slot->end = end;
    }
}


void
uw_worker_wake(uw_worker_t *worker, uw_exchange_t *exchange)
{
    (void) worker;

    if (exchange->guest == UW_GUEST_WAITING) {
        uw_slot_wake(uw_slot_of(exchange));
    }
}


void
uw_worker_cancel(uw_worker_t *worker, uw_exchange_t *exchange)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (exchange->guest != UW_GUEST_ENDED) {
        worker->status.cancelled++;
    }
    uw_worker_blame(exchange, UW_END_CLIENT_GONE);
    slot->left = uw_now();
    uw_exchange_client_gone(exchange);
    uw_slot_end_guest(slot);
    exchange->end_taken = true;
    uw_slot_release(slot);
}


void
uw_worker_cancel_unanswered(uw_worker_t *worker)
{
    uw_slot_t *slot;

    for (size_t i = 0; i < worker->slot_count; i++) {
        slot = worker->slots[i];
        if (slot->in_use && !slot->exchange.end_taken) {
            uw_worker_cancel(worker, &slot->exchange);
        }
    }
}


uint64_t
uw_worker_ticket(const uw_exchange_t *exchange)
{
    const uw_slot_t *slot = uw_slot_of(exchange);

    return (uint64_t) slot->generation << 32 | (slot->index + 1);
}


uw_exchange_t *
uw_worker_find(uw_worker_t *worker, uint64_t ticket)
{
    uint64_t index = (ticket & UINT32_MAX) - 1;
    uw_slot_t *slot;

    if (index >= worker->slot_count) {
        return NULL;
    }
    slot = worker->slots[index];

    return slot->in_use && slot->generation == ticket >> 32 ? &slot->exchange
                                                            : NULL;
}


uw_outgoing_table_t *
uw_worker_outgoing(const uw_worker_t *worker)
{
    return worker->outgoing;
}


void
uw_worker_denied(uw_worker_t *worker, uw_slice_t scheme, uw_slice_t authority)
{
    const char *port = uw_slice_is(scheme, "http") ? ":80" : ":443";
    size_t port_size = strlen(port);
    char origin[UW_ORIGIN_MAX];
    size_t used;

    if (authority.size > port_size
        && memcmp(authority.data + authority.size - port_size, port, port_size)
               == 0)
    {
        authority.size -= port_size;
    }
    used =
        (size_t) snprintf(origin, sizeof(origin), "%.*s://%.*s",
                          (int) scheme.size, (const char *) scheme.data,
                          (int) authority.size, (const char *) authority.data);
    used = used < sizeof(origin) ? used : sizeof(origin) - 1;
    for (size_t i = 0; i < used; i++) {
        origin[i] =
            (char) (origin[i] >= 'A' && origin[i] <= 'Z' ? origin[i] | 0x20
                                                         : origin[i]);
    }

    if (uw_noted_is_new(&worker->denied,
                        (uw_slice_t) { (const uint8_t *) origin, used }))
    {
        uw_engine_log(worker->engine, UW_LOG_WARNING,
                      "%s: outgoing requests to %s are denied: "
                      "UNIT_WASM_OUTGOING is empty",
                      worker->engine->settings.name, origin);
    }
}


uw_worker_t *
uw_worker_of(const uw_exchange_t *exchange)
{
    return uw_slot_of(exchange)->worker;
}


const uw_settings_t *
uw_worker_settings(const uw_worker_t *worker)
{
    return &worker->engine->settings;
}


uw_executor_t *
uw_worker_executor(const uw_worker_t *worker)
{
    return worker->executor;
}


uw_news_queue_t *
uw_worker_news(uw_worker_t *worker)
{
    return &worker->news;
}


/* ---- For the control plane ---- */

/*
 * By default malloc() gives memory back to the kernel as soon as 128 KiB at the
 * end of the heap are free, and has to fetch it again, page by page, for the
 * next exchange with a body of 64 KiB.  From the first large block that is freed
 * glibc learns (mallopt(3), "dynamic mmap threshold") to keep twice its size.
 */
static void
uw_heap_keep(void)
{
    void *volatile block = malloc(UW_HEAP_BLOCK);

    free(block);
}


/*
 * Above that, malloc() keeps what lies between blocks that are in use, and a few
 * small ones are enough for hundreds of megabytes.
 */
static void
uw_worker_trim(uw_timer_t *timer)
{
    (void) timer;
    (void) malloc_trim(0);
}


void
uw_worker_trim_soon(uw_worker_t *worker)
{
    if (worker->trim.index == UW_TIMER_IDLE) {
        /* Without memory for a timer the next exchange asks again. */
        (void) !uw_timer_set(worker->executor, &worker->trim,
                             uw_now() + UW_TRIM_DELAY);
    }
}


uw_worker_t *
uw_worker_new(const uw_settings_t *settings, char *error, size_t error_size)
{
    uw_engine_t *engine = uw_engine_new(settings, error, error_size);

    return engine == NULL ? NULL
                          : uw_worker_from_engine(engine, error, error_size);
}


uw_worker_t *
uw_worker_from_engine(uw_engine_t *engine, char *error, size_t error_size)
{
    uw_worker_t *worker = calloc(1, sizeof(*worker));

    if (worker == NULL) {
        uw_engine_delete(engine);
        (void) snprintf(error, error_size, "memory is out");
        return NULL;
    }
    uw_heap_keep();
    uw_timer_init(&worker->trim, uw_worker_trim);
    worker->queue_end = &worker->queue;
    worker->engine = engine;
    worker->status.pooled = worker->engine->pooled;

    worker->executor = uw_executor_new();
    if (worker->executor == NULL) {
        (void) snprintf(error, error_size, "no event loop: %s",
                        strerror(errno));
        goto failed;
    }

    if (uw_request_id_draw(worker->id_prefix) != 0) {
        (void) snprintf(error, error_size, "no random bytes: %s",
                        strerror(errno));
        goto failed;
    }

    worker->ticker = uw_ticker_new(worker->engine);
    if (worker->ticker == NULL) {
        (void) snprintf(error, error_size, "no thread for the clock");
        goto failed;
    }

    if (engine->settings.outgoing) {
        worker->outgoing = uw_outgoing_table_new(
            worker->executor, (size_t) engine->settings.body_buffer,
            (size_t) engine->settings.max_header_bytes);
        if (worker->outgoing == NULL) {
            (void) snprintf(error, error_size, "no outgoing requests: %s",
                            strerror(errno));
            goto failed;
        }
    }

    if (worker->engine->settings.metrics_file[0] != '\0') {
        worker->metrics_file = uw_metrics_file_new(worker);
        if (worker->metrics_file == NULL) {
            (void) snprintf(error, error_size, "memory is out");
            goto failed;
        }
    }

    return worker;

failed:

    uw_worker_delete(worker);

    return NULL;
}


void
uw_worker_delete(uw_worker_t *worker)
{
    uw_slot_t *slot;

    if (worker == NULL) {
        return;
    }

    for (size_t i = 0; i < worker->slot_count; i++) {
        slot = worker->slots[i];
        if (slot->in_use) {
            uw_exchange_client_gone(&slot->exchange);
            uw_slot_end_guest(slot);
            uw_slot_release(slot);
        }
    }
    for (size_t i = 0; i < worker->slot_count; i++) {
        slot = worker->slots[i];
        uw_instance_free(&slot->instance);
        uw_exchange_free(&slot->exchange);
        free(slot);
    }
    free(worker->slots);
    uw_metrics_file_delete(worker->metrics_file);
    uw_buf_free(&worker->news.headers);
    uw_buf_free(&worker->news.answers);
    uw_buf_free(&worker->news.text);
    uw_outgoing_table_delete(worker->outgoing);
    uw_ticker_delete(worker->ticker);
    uw_executor_delete(worker->executor);
    uw_engine_delete(worker->engine);
    if (worker->trim.index != UW_TIMER_IDLE) {
        uw_worker_trim(&worker->trim);
    }
    free(worker);
}


int
uw_worker_fd(const uw_worker_t *worker)
{
    return uw_executor_fd(worker->executor);
}


static void
uw_worker_answered(void *data, uint64_t ticket)
{
    uw_exchange_t *exchange = uw_worker_find(data, ticket);

    if (exchange != NULL) {
        uw_worker_wake(data, exchange);
    }
}


bool
uw_worker_turn(uw_worker_t *worker)
{
    uw_executor_clear(worker->executor);

    return uw_worker_run(worker);
}


bool
uw_worker_run(uw_worker_t *worker)
{
    bool more;

    if (worker->outgoing == NULL) {
        return uw_executor_turn(worker->executor, UW_TURN_BUDGET);
    }

    /* Before, for the guests that can go on now; after, for what came
     * meanwhile. */
    (void) uw_outgoing_deliver(worker->outgoing, uw_worker_answered, worker);
    more = uw_executor_turn(worker->executor, UW_TURN_BUDGET);

    return uw_outgoing_deliver(worker->outgoing, uw_worker_answered, worker)
           || more;
}


void
uw_worker_idle(const uw_worker_t *worker, uint64_t limit)
{
    uint64_t next = uw_executor_next(worker->executor);
    struct pollfd fd = { .fd = uw_executor_fd(worker->executor),
                         .events = POLLIN };
    struct timespec wait;

    next = next < limit ? next : limit;
    wait.tv_sec = (time_t) (next / 1000000000u);
    wait.tv_nsec = (long) (next % 1000000000u);

    /* An interrupted wait is a short one. */
    (void) ppoll(&fd, 1, next == UINT64_MAX ? NULL : &wait, NULL);
}


uint32_t
uw_worker_load(const uw_worker_t *worker)
{
    return worker->status.in_flight + worker->status.queued;
}


uint32_t
uw_worker_queued(const uw_worker_t *worker)
{
    return worker->status.queued;
}


void
uw_worker_status(const uw_worker_t *worker, uw_worker_status_t *status)
{
    *status = worker->status;
}


const uw_metrics_t *
uw_worker_metrics(const uw_worker_t *worker)
{
    return &worker->metrics;
}
