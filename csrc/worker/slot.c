#include "worker/slot.h"

#include <stdio.h>

#include "http/log.h"
#include "http/request_id.h"

/* An exchange after which the heap may have much that is free: it held that many
 * bytes, or had that many nanoseconds, in which calls can have copied more. */
#define UW_TRIM_SIZE (4u << 20)
#define UW_TRIM_TIME 20000000u

/* A guest that has used so many nanoseconds: beside that, a turn is little. */
#define UW_LONG_TIME 1000000u


/* ---- The log ---- */

void
uw_slot_log(const uw_slot_t *slot, const char *what, const char *cause,
            const char *detail)
{
    char message[512];

    (void) snprintf(message, sizeof(message), "%s%s%s", what,
                    cause[0] == '\0' ? "" : ": ", cause);
    uw_exchange_log(&slot->site->engine->settings, &slot->exchange,
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
                         slot->accepted + uw_slot_settings(slot)->timeout);
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


/* Nothing of the guest runs any more. */
static void
uw_slot_stop_guest(uw_slot_t *slot)
{
    uw_executor_t *executor = slot->worker->executor;

    slot->exchange.guest = UW_GUEST_ENDED;
    slot->held = false;
    uw_timer_stop(executor, &slot->deadline);
    uw_timer_stop(executor, &slot->wake);
    uw_executor_forget(executor, &slot->task);
}


/* Frees the instance, and its place. */
static void
uw_slot_tear_down(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    if (slot->instance.instantiated) {
        uw_histogram_add(&worker->metrics.instantiation,
                         slot->instance.instantiation);
    }
    if (slot->cpu >= UW_TRIM_TIME
        || uw_account_held(&slot->instance.account) >= UW_TRIM_SIZE)
    {
        uw_heap_trim_soon(&slot->site->heap);
    }
    if (slot->instance.store != NULL
        && slot->instance.pool->kind == UW_POOL_OWN)
    {
        uw_heap_rest_soon(&slot->site->heap);
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


void
uw_slot_end_guest(uw_slot_t *slot)
{
    if (slot->exchange.guest != UW_GUEST_ENDED) {
        uw_slot_stop_guest(slot);
        uw_slot_tear_down(slot);
    }
}


void
uw_slot_end_answered(uw_slot_t *slot)
{
    uw_worker_t *worker = slot->worker;

    if (slot->instance.store == NULL
        || (slot->instance.pool->kind == UW_POOL_OWN
            && slot->site->engine->settings.images == 0))
    {
        uw_slot_end_guest(slot);
        return;
    }

    uw_slot_sweep(worker);
    uw_slot_stop_guest(slot);
    worker->leaving = slot;
    if (slot->cpu >= UW_LONG_TIME) {
        uw_executor_end_turn(worker->executor);
    }
}


/* Tears down an instance that was left for after its answer. */
static void
uw_slot_leave(uw_slot_t *slot)
{
    if (slot->worker->leaving == slot) {
        slot->worker->leaving = NULL;
        uw_slot_tear_down(slot);
    }
}


void
uw_slot_sweep(uw_worker_t *worker)
{
    uw_slot_t *slot = worker->leaving;

    if (slot != NULL) {
        uw_slot_leave(slot);
        uw_slot_settle(slot);
    }
}


/* ---- Where its instance is ---- */

/* At the end it is its worker's own site again. */
static void
uw_slot_go_home(uw_slot_t *slot)
{
    uw_site_t *own = &slot->worker->own;

    if (slot->site != own) {
        uw_site_leave(slot->site);
        slot->site = own;
        slot->instance.host = &own->host;
    }
}


int
uw_slot_enter(uw_slot_t *slot, uw_site_t *site)
{
    if (uw_site_enter(site) != 0) {
        return -1;
    }
    uw_slot_go_home(slot);
    slot->site = site;
    slot->instance.host = &site->host;

    return 0;
}


/* Each exchange once, when all is known of it.  Where nothing else went wrong, what
 * is cut has lost its client. */
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

    uw_slot_leave(slot);
    uw_slot_count(slot);
    slot->exchange.transport->release(&slot->exchange);
    uw_exchange_reset(&slot->exchange);
    uw_function_reset(&slot->function);
    uw_slot_go_home(slot);
    slot->in_use = false;
    slot->generation++;
    slot->next = worker->free;
    worker->free = slot;
}


void
uw_slot_settle(uw_slot_t *slot)
{
    if (uw_exchange_over(&slot->exchange) && slot->worker->leaving != slot) {
        uw_slot_release(slot);
    }
}


void
uw_slot_announce(uw_slot_t *slot)
{
    uw_exchange_t *exchange = &slot->exchange;

    if (uw_exchange_has_news(exchange)) {
        uw_request_id_answer(exchange, uw_slot_settings(slot));
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


/* ---- Waking ---- */

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
