#include "worker/exchanges.h"

#include <stdlib.h>
#include <string.h>

#include "http/log.h"
#include "worker/refuse.h"
#include "worker/running.h"


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
    if (uw_instance_init(&slot->instance, &worker->own.host) != 0) {
        uw_instance_free(&slot->instance);
        free(slot);
        return NULL;
    }
    slot->worker = worker;
    slot->site = &worker->own;
    slot->index = (uint32_t) worker->slot_count;
    uw_slot_init(slot);
    uw_exchange_reset(&slot->exchange);
    worker->slots[worker->slot_count++] = slot;

    return slot;
}


/* Room for what the transport has of each exchange; it stays with the slot. */
static int
uw_slot_make_data(uw_slot_t *slot, size_t size)
{
    void *data;

    if (size <= slot->data_size) {
        return 0;
    }
    data = realloc(slot->data, size);
    if (data == NULL) {
        return -1;
    }
    slot->data = data;
    slot->data_size = size;

    return 0;
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

    if (uw_slot_make_data(slot, transport->data_size) != 0) {
        slot->next = worker->free;
        worker->free = slot;
        return NULL;
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
    if (transport->data_size != 0) {
        slot->exchange.transport_data = slot->data;
        memset(slot->data, 0, transport->data_size);
    }
    slot->exchange.request_body.window = uw_slot_settings(slot)->body_buffer;

    return &slot->exchange;
}


int
uw_worker_call(uw_exchange_t *exchange, uw_site_t *site, uint32_t number,
               uw_slice_t packed)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (site != NULL && uw_slot_enter(slot, site) != 0) {
        return -1;
    }

    return uw_function_set(&slot->function, slot->site->engine, number, packed);
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
    return worker->status.in_flight < worker->own.engine->settings.max_exchanges
           && worker->queue == NULL;
}


void
uw_worker_submit_admitted(uw_worker_t *worker, uw_exchange_t *exchange)
{
    uw_slot_t *slot = uw_slot_of(exchange);
    const uw_settings_t *settings = uw_slot_settings(slot);
    bool room;

    /* Who asks again after an answer finds a place. */
    uw_slot_sweep(worker);
    room = uw_worker_has_room(worker);

    if (uw_timer_set(worker->executor, &slot->deadline,
                     slot->accepted
                         + (room ? settings->timeout : settings->queue_timeout))
        != 0)
    {
        uw_slot_refuse(slot, UW_END_HOST, 503, "out of memory");
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
    uw_slot_sweep(worker);
    if (!uw_worker_has_room(worker)
        && worker->status.queued >= worker->own.engine->settings.max_queue)
    {
        uw_worker_refuse_waiting(exchange, UW_END_QUEUE_FULL);
        return;
    }

    uw_worker_submit_admitted(worker, exchange);
}


void
uw_worker_set_end_reason(uw_exchange_t *exchange, uw_end_t end)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (slot->end == UW_END_OK) {
        slot->end = end;
    }
}


void
uw_worker_wake(uw_exchange_t *exchange)
{
    uw_slot_wake(uw_slot_of(exchange));
}


void
uw_worker_cancel(uw_worker_t *worker, uw_exchange_t *exchange)
{
    uw_slot_t *slot = uw_slot_of(exchange);

    if (exchange->guest != UW_GUEST_ENDED) {
        worker->status.cancelled++;
    }
    slot->left = uw_now();
    uw_exchange_client_gone(exchange);
    uw_slot_end_guest(slot);
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
    return uw_slot_ticket(uw_slot_of(exchange));
}


uw_exchange_t *
uw_worker_find(uw_worker_t *worker, uint64_t ticket)
{
    uw_slot_t *slot = uw_slot_find(worker, ticket);

    return slot == NULL ? NULL : &slot->exchange;
}


void
uw_worker_say(const uw_exchange_t *exchange, int level, const char *text)
{
    uw_exchange_log(
        &uw_slot_of(exchange)->site->engine->settings, exchange,
        &(uw_record_t) { .level = level, .message = uw_slice_of(text) });
}


void
uw_worker_settle(uw_exchange_t *exchange)
{
    uw_slot_settle(uw_slot_of(exchange));
}


uw_worker_t *
uw_worker_of(const uw_exchange_t *exchange)
{
    return uw_slot_of(exchange)->worker;
}


void *
uw_worker_attached(const uw_worker_t *worker)
{
    return worker->attached;
}


void
uw_worker_attach(uw_worker_t *worker, void *data, void (*end)(void *data))
{
    worker->attached = data;
    worker->attached_end = end;
}


void
uw_worker_measure(uw_worker_t *worker, uw_metrics_more_t more)
{
    worker->metrics_more = more;
}


/* ---- Sites ---- */

uw_site_t *
uw_worker_open_site(uw_worker_t *worker, uw_engine_t *engine, char *error,
                    size_t error_size)
{
    const uw_host_t *own = &worker->own.host;
    const uw_site_place_t place = { .executor = own->executor,
                                    .wake = own->wake,
                                    .data = own->wake_data };

    /* Lines about its exchanges go where the worker's go. */
    engine->settings.log = worker->own.engine->settings.log;
    engine->settings.log_data = worker->own.engine->settings.log_data;

    return uw_site_new(&worker->sites, &place, engine, error, error_size);
}
