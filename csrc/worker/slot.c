#include "worker/slot.h"

#include <stdio.h>
#include <time.h>

#include "guest/failure.h"
#include "http/log.h"
#include "http/request_id.h"

#define uw_container(pointer, type, member)                                    \
    ((type *) ((char *) (pointer) - offsetof(type, member)))


/* An exchange after which the heap may have much that is free: it held that many
 * bytes, or had that many nanoseconds, in which calls can have copied more. */
#define UW_TRIM_SIZE (4u << 20)
#define UW_TRIM_TIME 20000000u


/* ---- The log ---- */

void
uw_slot_log(const uw_slot_t *slot, const char *what, const char *cause,
            const char *detail)
{
    char message[512];

    (void) snprintf(message, sizeof(message), "%s%s%s", what,
                    cause[0] == '\0' ? "" : ": ", cause);
    uw_exchange_log(&slot->worker->engine->settings, &slot->exchange,
                    &(uw_record_t) { .level = UW_LOG_ERROR,
                                     .message = uw_slice_of(message),
                                     .failure = true,
                                     .duration = uw_now() - slot->accepted,
                                     .cpu = slot->cpu,
                                     .frames = detail });
}


/* ---- The end of a guest, and of an exchange ---- */

/* A guest has ended: there is a place for one that waits. */
static void
uw_worker_start_queued(uw_worker_t *worker)
{
    uw_slot_t *slot = worker->queue;

    if (slot == NULL) {
        return;
    }

    worker->queue = slot->next;
    if (worker->queue == NULL) {
        worker->queue_end = &worker->queue;
    }
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


void
uw_slot_end_guest(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    if (slot->exchange.guest == UW_GUEST_ENDED) {
        return;
    }

    slot->exchange.guest = UW_GUEST_ENDED;
    slot->held = false;
    uw_timer_stop(worker->executor, &slot->deadline);
    uw_timer_stop(worker->executor, &slot->wake);
    uw_executor_forget(worker->executor, &slot->task);
    if (slot->instance.instantiated) {
        uw_histogram_add(&worker->metrics.instantiation,
                         slot->instance.instantiation);
    }
    if (slot->cpu >= UW_TRIM_TIME
        || uw_account_held(&slot->instance.account) >= UW_TRIM_SIZE)
    {
        uw_heap_trim_soon(&worker->heap);
    }
    uw_instance_stop(&slot->instance);

    if (slot->in_flight) {
        uw_histogram_add(&worker->metrics.cpu, slot->cpu);
        uw_histogram_add(&worker->metrics.duration,
                         slot->left - slot->accepted);
        slot->in_flight = false;
        worker->status.in_flight--;
        uw_worker_start_queued(worker);
    } else {
        uw_worker_unqueue(worker, slot);
    }
}


/* Each exchange once, when all is known of it. */
static void
uw_slot_count(const uw_slot_t *slot)
{
    const uw_exchange_t *exchange = &slot->exchange;
    uw_metrics_t *metrics = &slot->worker->metrics;
    bool cut = exchange->response == UW_RESPONSE_CUT;

    if (exchange->head_taken && exchange->status < UW_STATUSES) {
        metrics->statuses[exchange->status]++;
    }
    metrics->ends[cut && slot->end == UW_END_OK ? UW_END_CLIENT_GONE
                                                : slot->end]++;
}


void
uw_slot_release(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    uw_slot_count(slot);
    slot->exchange.transport->release(&slot->exchange);
    uw_exchange_reset(&slot->exchange);
    uw_function_reset(&slot->function);
    slot->in_use = false;
    slot->generation++;
    slot->next = worker->free;
    worker->free = slot;
}


void
uw_slot_settle(uw_slot_t *slot)
{
    if (uw_exchange_over(&slot->exchange)) {
        uw_slot_release(slot);
    }
}


void
uw_slot_announce(uw_slot_t *slot)
{
    uw_exchange_t *exchange = &slot->exchange;

    if (uw_exchange_has_news(exchange)) {
        uw_request_id_answer(exchange, &slot->worker->engine->settings);
        exchange->announced = true;
        exchange->transport->progress(exchange);
    }
    uw_slot_settle(slot);
}


void
uw_slot_refuse(uw_slot_t *slot, uw_end_t end, uint16_t status, const char *why)
{
    slot->end = end;
    if (status >= 500) {
        slot->worker->status.failures++;
        uw_slot_log(slot, why, "", "");
    }
    (void) uw_exchange_fail(&slot->exchange, status);
    slot->exchange.guest = UW_GUEST_ENDED;
    uw_slot_announce(slot);
}


/* ---- Running ---- */

static void
uw_slot_fail(uw_slot_t *slot, uw_end_t end, uint16_t status, const char *what,
             const char *cause, const char *detail)
{
    slot->end = end;
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
        uw_slot_fail(slot, UW_END_NO_RESPONSE, 500,
                     slot->function.called
                         ? "the result of the function is too large"
                         : "the component returned without calling "
                           "response-outparam.set",
                     "", "");
        return;
    }

    if (exchange->response == UW_RESPONSE_SET
        || exchange->response == UW_RESPONSE_SENT)
    {
        uw_slot_fail(slot, UW_END_BAD_RESPONSE, 500,
                     "the component ended without finishing its response body",
                     "", "");
        return;
    }

    if (failure[0] != '\0') {
        slot->end = slot->instance.end;
        slot->worker->status.failures++;
        uw_slot_log(slot, failure, "", "");
    }
    uw_slot_end_guest(slot);
    uw_slot_announce(slot);
}


/*
 * There is no room for its instance, although less than max_exchanges are in
 * flight.  It waits as the first until a guest ends; if there is none it would
 * wait for ever.
 */
static void
uw_slot_postpone(uw_slot_t *slot, const char *cause)
{
    uw_worker_t *worker = slot->worker;
    const uw_settings_t *settings = &worker->engine->settings;

    if (worker->status.in_flight == 1
        || worker->status.queued >= settings->max_queue)
    {
        uw_slot_fail(slot, UW_END_QUEUE_FULL, 503,
                     worker->status.in_flight == 1
                         ? "there is no room for an instance"
                         : "too many requests wait for an instance",
                     cause, "");
        return;
    }

    slot->in_flight = false;
    worker->status.in_flight--;
    worker->status.queued++;
    slot->next = worker->queue;
    if (worker->queue == NULL) {
        worker->queue_end = &slot->next;
    }
    worker->queue = slot;

    /* The timer runs already: it only moves, so that this cannot fail. */
    (void) !uw_timer_set(worker->executor, &slot->deadline,
                         slot->accepted + settings->queue_timeout);
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
    if (uw_instance_lacks_room(instance, cause)) {
        uw_instance_stop(instance);
        slot->exchange.guest = UW_GUEST_QUEUED;
        uw_slot_postpone(slot, cause);
        return;
    }
    uw_slot_fail(slot, uw_instance_end(instance, cause), 500,
                 instance->exited         ? "the component exited"
                 : instance->instantiated ? "the component failed"
                                          : "the component cannot start",
                 cause, detail);
}


/* Lets the guest run on.  The clock ticks for all of them: who began just before
 * has used little. */
static void
uw_slot_go_on(uw_slot_t *slot)
{
    if (slot->burst >= UW_TICK) {
        uw_executor_later(slot->worker->executor, &slot->task);
    } else {
        uw_executor_ready(slot->worker->executor, &slot->task);
    }
}


/* Whether it has no time left, and was ended for it. */
static bool
uw_slot_has_no_time(uw_slot_t *slot)
{
    if (slot->cpu < slot->worker->engine->settings.cpu_timeout) {
        return false;
    }
    uw_slot_fail(slot, UW_END_CPU_TIMEOUT, 504,
                 "the component used up its processor time", "", "");

    return true;
}


static void
uw_slot_yielded(uw_slot_t *slot)
{
    slot->exchange.guest = UW_GUEST_RUNNING;
    if (uw_slot_has_no_time(slot)) {
        return;
    }

    uw_slot_go_on(slot);
    uw_slot_announce(slot);
}


static void
uw_slot_waiting(uw_slot_t *slot)
{
    slot->exchange.guest = UW_GUEST_WAITING;
    if (uw_slot_has_no_time(slot)) {
        return;
    }
    if (uw_guest_log_waits(&slot->instance.log)) {
        uw_slot_go_on(slot);
    }

    if (uw_timer_set(slot->worker->executor, &slot->wake,
                     slot->instance.wait.at)
        != 0)
    {
        uw_slot_fail(slot, UW_END_HOST, 500, "out of memory", "", "");
        return;
    }

    uw_slot_announce(slot);
}


/*
 * Keeps a guest that has ended until the lines that it leaves behind are logged.
 * Its client need not wait for them.
 */
static void
uw_slot_hold(uw_slot_t *slot, uw_poll_t outcome)
{
    slot->held = true;
    slot->outcome = outcome;
    uw_timer_stop(slot->worker->executor, &slot->deadline);
    uw_slot_go_on(slot);
    if (outcome == UW_POLL_RETURNED
        && slot->exchange.response == UW_RESPONSE_COMPLETE)
    {
        uw_slot_announce(slot);
    }
}


/* Nanoseconds of a processor that the guest has had in the poll that is over:
 * at most the time that it took, less where its quantum was measured. */
static uint64_t
uw_slot_used(const uw_slot_t *slot)
{
    uint64_t passed = slot->left - slot->instance.polled;
    uint64_t used;

    if (slot->instance.measured == 0) {
        return passed;
    }
    used = uw_processor_time() - slot->instance.measured;

    return used < passed ? used : passed;
}


static void
uw_slot_run(uw_task_t *task)
{
    uw_slot_t *slot = uw_container(task, uw_slot_t, task);
    uw_worker_t *worker = slot->worker;
    uint64_t began = uw_now();
    uw_poll_t poll;

    if (slot->exchange.guest == UW_GUEST_QUEUED
        && !uw_engine_has_room(worker->engine))
    {
        uw_slot_postpone(slot, UW_NO_SPACE);
        return;
    }

    /* Asking for processor time takes ten times as long as for the time of
     * day: only where a guest uses much of it does the difference matter. */
    slot->instance.polled = began;
    slot->instance.measured = slot->burst >= UW_TICK ? uw_processor_time() : 0;

    if (slot->exchange.guest == UW_GUEST_QUEUED) {
        slot->instance.began = began;
        uw_instance_start(&slot->instance, uw_function_entry(&slot->function),
                          &slot->exchange, uw_slot_ticket(slot));
        slot->exchange.guest = UW_GUEST_INSTANTIATING;
    } else {
        slot->exchange.guest = UW_GUEST_RUNNING;
    }

    uw_guest_log_new_turn(&slot->instance.log);
    uw_ticker_enter(worker->host.ticker);
    poll = slot->held ? slot->outcome : uw_instance_poll(&slot->instance);
    uw_ticker_leave(worker->host.ticker);
    uw_guest_log_go_on(&slot->instance.log);
    slot->left = uw_now();
    slot->cpu += uw_slot_used(slot) + slot->instance.beside;
    slot->instance.beside = 0;
    slot->burst += slot->left - began;
    uw_executor_spent(worker->executor, slot->left - began);

    if (uw_guest_log_waits(&slot->instance.log)
        && (poll == UW_POLL_RETURNED || poll == UW_POLL_FAILED))
    {
        uw_slot_hold(slot, poll);
        return;
    }

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


/*
 * To wait for a moment pays nothing back: who has used a quantum, and waited less
 * than that, comes after those that have not.
 */
void
uw_slot_wake(uw_slot_t *slot)
{
    bool owes = false;

    if (slot->exchange.guest != UW_GUEST_WAITING) {
        return;
    }
    if (slot->burst >= UW_TICK) {
        owes = slot->burst >= uw_now() - slot->left + UW_TICK;
    }
    slot->burst = 0;

    if (owes) {
        uw_executor_later(slot->worker->executor, &slot->task);
    } else {
        uw_executor_ready(slot->worker->executor, &slot->task);
    }
}


static void
uw_slot_woken(uw_timer_t *timer)
{
    uw_slot_t *slot = uw_container(timer, uw_slot_t, wake);

    uw_slot_wake(slot);
}


static void
uw_slot_late(uw_timer_t *timer)
{
    uw_slot_t *slot = uw_container(timer, uw_slot_t, deadline);

    slot->left = uw_now();
    if (slot->in_flight) {
        uw_slot_fail(slot, UW_END_TIMEOUT, 504,
                     "the component did not end in time", "", "");
    } else {
        uw_slot_fail(slot, UW_END_QUEUE_TIMEOUT, 503,
                     "no instance became free in time", "", "");
    }
}


uint64_t
uw_slot_ticket(const uw_slot_t *slot)
{
    return (uint64_t) slot->generation << 32 | (slot->index + 1);
}


uw_slot_t *
uw_slot_find(const uw_worker_t *worker, uint64_t ticket)
{
    uint64_t index = (ticket & UINT32_MAX) - 1;
    uw_slot_t *slot;

    if (index >= worker->slot_count) {
        return NULL;
    }
    slot = worker->slots[index];

    return slot->in_use && slot->generation == ticket >> 32 ? slot : NULL;
}


void
uw_slot_set_end_reason(uw_slot_t *slot, uw_end_t end)
{
    if (slot->end == UW_END_OK) {
        slot->end = end;
    }
}


void
uw_slot_init(uw_slot_t *slot)
{
    slot->task.run = uw_slot_run;
    uw_timer_init(&slot->deadline, uw_slot_late);
    uw_timer_init(&slot->wake, uw_slot_woken);
}
