#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "instance.h"
#include "engine_ticker.h"

/* One turn ends after this long, so that the outer loop gets its share. */
#define UW_TURN_BUDGET 5000000u

/* Everything of one exchange; reused for the next one, except the instance's
 * store, which is made anew for each. */
typedef struct uw_slot uw_slot_t;

struct uw_slot {
    uw_exchange_t exchange; /* first: an exchange is its slot */
    uw_instance_t instance;
    uw_worker_t *worker;
    uw_slot_t *next; /* in the queue, or in the list of free slots */
    uw_task_t task;
    uw_timer_t deadline; /* time limit, or limit of waiting in the queue */
    uw_timer_t wake;     /* what the guest sleeps for */
    uint64_t accepted;
    uint64_t cpu;
    uint32_t index;
    uint32_t generation;
    bool in_use;
    bool in_flight; /* has a place in the pool */
};

struct uw_worker {
    uw_engine_t *engine;
    uw_executor_t *executor;
    uw_ticker_t *ticker;
    uw_slot_t **slots;
    size_t slot_count;
    size_t slot_capacity;
    uw_slot_t *free;
    uw_slot_t *queue; /* accepted, no place in the pool yet */
    uw_slot_t **queue_end;
    uw_worker_status_t status;
    uw_news_queue_t news;
};


static uw_slot_t *
uw_slot_of(const uw_exchange_t *exchange)
{
    return (uw_slot_t *) exchange;
}


#define uw_container(pointer, type, member)                                    \
    ((type *) ((char *) (pointer) - offsetof(type, member)))


/* ---- The log ---- */

static void
uw_slot_log(const uw_slot_t *slot, const char *what, const char *cause,
            const char *detail)
{
    const uw_exchange_t *exchange = &slot->exchange;
    uint64_t used = uw_now() - slot->accepted;

    uw_engine_log(
        slot->worker->engine, 3,
        "%s: request %llu: %.*s %.*s: %s%s%s (%llu.%03llu ms, cpu "
        "%llu.%03llu ms)%s",
        slot->worker->engine->settings.name, (unsigned long long) exchange->id,
        (int) exchange->method.size, (const char *) exchange->method.data,
        (int) (exchange->path_with_query.size < 256
                   ? exchange->path_with_query.size
                   : 256),
        (const char *) exchange->path_with_query.data, what,
        cause[0] == '\0' ? "" : ": ", cause,
        (unsigned long long) used / 1000000,
        (unsigned long long) used / 1000 % 1000,
        (unsigned long long) slot->cpu / 1000000,
        (unsigned long long) slot->cpu / 1000 % 1000, detail);
}


/* ---- The end of a guest, and of an exchange ---- */

static void
uw_worker_start_queued(uw_worker_t *worker)
{
    uw_slot_t *slot = worker->queue;

    if (slot == NULL
        || worker->status.in_flight >= worker->engine->settings.max_exchanges)
    {
        return;
    }

    worker->queue = slot->next;
    if (worker->queue == NULL) {
        worker->queue_end = &worker->queue;
    }
    slot->next = NULL;
    worker->status.queued--;
    worker->status.in_flight++;
    slot->in_flight = true;

    /* The timer runs already, with the limit of the queue: it only moves, so
     * that this cannot fail. */
    (void) !uw_timer_set(worker->executor, &slot->deadline,
                         slot->accepted + worker->engine->settings.timeout);
    uw_executor_ready(worker->executor, &slot->task);
}


static void
uw_worker_unqueue(uw_worker_t *worker, uw_slot_t *slot)
{
    uw_slot_t **link;

    for (link = &worker->queue; *link != NULL; link = &(*link)->next) {
        if (*link != slot) {
            continue;
        }
        *link = slot->next;
        if (worker->queue_end == &slot->next) {
            worker->queue_end = link;
        }
        worker->status.queued--;
        return;
    }
}


/* The one place where a guest ends, whatever ended it. */
static void
uw_slot_end_guest(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    if (slot->exchange.guest == UW_GUEST_ENDED) {
        return;
    }

    slot->exchange.guest = UW_GUEST_ENDED;
    uw_timer_stop(worker->executor, &slot->deadline);
    uw_timer_stop(worker->executor, &slot->wake);
    uw_executor_forget(worker->executor, &slot->task);
    uw_instance_stop(&slot->instance);

    if (slot->in_flight) {
        slot->in_flight = false;
        worker->status.in_flight--;
        uw_worker_start_queued(worker);
    } else {
        uw_worker_unqueue(worker, slot);
    }
}


/* The one place where an exchange ends. */
static void
uw_slot_release(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    slot->exchange.transport->release(&slot->exchange);
    uw_exchange_reset(&slot->exchange);
    slot->in_use = false;
    slot->generation++;
    slot->next = worker->free;
    worker->free = slot;
}


void
uw_worker_settle(uw_worker_t *worker, uw_exchange_t *exchange)
{
    (void) worker;

    if (uw_exchange_over(exchange)) {
        uw_slot_release(uw_slot_of(exchange));
    }
}


/* Tells the transport what is new, then releases what is over. */
static void
uw_slot_announce(uw_slot_t *slot)
{
    uw_exchange_t *exchange = &slot->exchange;

    if (uw_exchange_has_news(exchange)) {
        exchange->announced = true;
        exchange->transport->progress(exchange);
    }
    uw_worker_settle(slot->worker, exchange);
}


/* ---- Running ---- */

static void
uw_slot_fail(uw_slot_t *slot, uint16_t status, const char *what,
             const char *cause, const char *detail)
{
    slot->worker->status.failures++;
    uw_slot_log(slot, what, cause, detail);
    (void) uw_exchange_fail(&slot->exchange, status);
    uw_slot_end_guest(slot);
    uw_slot_announce(slot);
}


static void
uw_slot_returned(uw_slot_t *slot)
{
    uw_exchange_t *exchange = &slot->exchange;
    const char *failure = slot->instance.failure;

    if (exchange->response == UW_RESPONSE_NONE) {
        uw_slot_fail(slot, 500,
                     "the component returned without calling "
                     "response-outparam.set",
                     "", "");
        return;
    }

    if (exchange->response == UW_RESPONSE_SET
        || exchange->response == UW_RESPONSE_SENT)
    {
        uw_slot_fail(slot, 500,
                     "the component ended without finishing its response body",
                     "", "");
        return;
    }

    if (failure[0] != '\0') {
        slot->worker->status.failures++;
        uw_slot_log(slot, failure, "", "");
    }
    uw_slot_end_guest(slot);
    uw_slot_announce(slot);
}


static void
uw_slot_failed(uw_slot_t *slot)
{
    char cause[256];
    char detail[4096];
    uw_instance_t *instance = &slot->instance;

    if (instance->exited && instance->exit_ok) {
        uw_slot_returned(slot);
        return;
    }

    uw_instance_failure(instance, cause, sizeof(cause), detail, sizeof(detail));
    uw_slot_fail(slot, 500,
                 instance->exited         ? "the component exited"
                 : instance->instantiated ? "the component failed"
                                          : "the component cannot start",
                 cause, detail);
}


static void
uw_slot_yielded(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    slot->exchange.guest = UW_GUEST_RUNNING;
    if (slot->cpu >= worker->engine->settings.cpu_timeout) {
        uw_slot_fail(slot, 504, "the component used up its processor time", "",
                     "");
        return;
    }

    uw_executor_ready(worker->executor, &slot->task);
    uw_slot_announce(slot);
}


static void
uw_slot_waiting(uw_slot_t *slot)
{
    slot->exchange.guest = UW_GUEST_WAITING;

    if (uw_timer_set(slot->worker->executor, &slot->wake,
                     slot->instance.wait.at)
        != 0)
    {
        uw_slot_fail(slot, 500, "memory is out", "", "");
        return;
    }

    uw_slot_announce(slot);
}


static void
uw_slot_run(uw_task_t *task)
{
    uw_slot_t *slot = uw_container(task, uw_slot_t, task);
    uw_worker_t *worker = slot->worker;
    uint64_t began = uw_now();
    uw_poll_t poll;

    if (slot->exchange.guest == UW_GUEST_QUEUED) {
        uw_instance_start(&slot->instance, worker->engine, &slot->exchange);
        slot->exchange.guest = UW_GUEST_INSTANTIATING;
    } else {
        slot->exchange.guest = UW_GUEST_RUNNING;
    }

    uw_ticker_enter(worker->ticker);
    poll = uw_instance_poll(&slot->instance);
    uw_ticker_leave(worker->ticker);
    slot->cpu += uw_now() - began;

    switch (poll) {
    case UW_POLL_YIELDED:
        uw_slot_yielded(slot);
        break;
    case UW_POLL_WAITING:
        uw_slot_waiting(slot);
        break;
    case UW_POLL_RETURNED:
        uw_slot_returned(slot);
        break;
    case UW_POLL_FAILED:
        uw_slot_failed(slot);
        break;
    }
}


static void
uw_slot_woken(uw_timer_t *timer)
{
    uw_slot_t *slot = uw_container(timer, uw_slot_t, wake);

    uw_worker_wake(slot->worker, &slot->exchange);
}


static void
uw_slot_late(uw_timer_t *timer)
{
    uw_slot_t *slot = uw_container(timer, uw_slot_t, deadline);

    if (slot->in_flight) {
        uw_slot_fail(slot, 504, "the component did not end in time", "", "");
    } else {
        uw_slot_fail(slot, 503, "no instance became free in time", "", "");
    }
}


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
    slot->task.run = uw_slot_run;
    uw_timer_init(&slot->deadline, uw_slot_late);
    uw_timer_init(&slot->wake, uw_slot_woken);
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
    slot->cpu = 0;
    slot->exchange.id = ++worker->status.requests;
    slot->exchange.transport = transport;
    slot->exchange.request_body.window = worker->engine->settings.body_buffer;

    return &slot->exchange;
}


void
uw_worker_refuse(uw_worker_t *worker, uw_exchange_t *exchange, uint16_t status,
                 const char *why)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (status >= 500) {
        worker->status.failures++;
        uw_slot_log(slot, why, "", "");
    }
    (void) uw_exchange_fail(exchange, status);
    exchange->guest = UW_GUEST_ENDED;
    uw_slot_announce(slot);
}


void
uw_worker_submit(uw_worker_t *worker, uw_exchange_t *exchange)
{
    uw_slot_t *slot = uw_slot_of(exchange);
    const uw_settings_t *settings = &worker->engine->settings;
    bool room = worker->status.in_flight < settings->max_exchanges;

    if (!room && worker->status.queued >= settings->max_queue) {
        uw_worker_refuse(worker, exchange, 503,
                         "too many requests wait for an instance");
        return;
    }

    if (uw_timer_set(worker->executor, &slot->deadline,
                     slot->accepted
                         + (room ? settings->timeout : settings->queue_timeout))
        != 0)
    {
        uw_worker_refuse(worker, exchange, 503, "memory is out");
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
uw_worker_wake(uw_worker_t *worker, uw_exchange_t *exchange)
{
    if (exchange->guest == UW_GUEST_WAITING) {
        uw_executor_ready(worker->executor, &uw_slot_of(exchange)->task);
    }
}


void
uw_worker_cancel(uw_worker_t *worker, uw_exchange_t *exchange)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (exchange->guest != UW_GUEST_ENDED) {
        worker->status.cancelled++;
    }
    uw_exchange_client_gone(exchange);
    uw_slot_end_guest(slot);
    exchange->end_taken = true;
    uw_slot_release(slot);
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


uw_news_queue_t *
uw_worker_news(uw_worker_t *worker)
{
    return &worker->news;
}


/* ---- For the control plane ---- */

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
    worker->queue_end = &worker->queue;
    worker->engine = engine;
    worker->status.pooled = worker->engine->pooled;

    worker->executor = uw_executor_new();
    if (worker->executor == NULL) {
        (void) snprintf(error, error_size, "no event loop: %s",
                        strerror(errno));
        goto failed;
    }

    worker->ticker = uw_ticker_new(&worker->engine->wt, worker->engine->engine);
    if (worker->ticker == NULL) {
        (void) snprintf(error, error_size, "no thread for the clock");
        goto failed;
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
    uw_buf_free(&worker->news.headers);
    uw_ticker_delete(worker->ticker);
    uw_executor_delete(worker->executor);
    uw_engine_delete(worker->engine);
    free(worker);
}


int
uw_worker_fd(const uw_worker_t *worker)
{
    return uw_executor_fd(worker->executor);
}


bool
uw_worker_turn(uw_worker_t *worker)
{
    return uw_executor_turn(worker->executor, UW_TURN_BUDGET);
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


uint64_t
uw_worker_next(const uw_worker_t *worker)
{
    return uw_executor_next(worker->executor);
}


void
uw_worker_status(const uw_worker_t *worker, uw_worker_status_t *status)
{
    *status = worker->status;
}
