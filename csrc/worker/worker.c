#include "worker/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/request_id.h"
#include "outgoing/table.h"
#include "wasi/packages.h"
#include "worker/slot.h"

/* One turn ends after this long, so that the outer loop gets its share. */
#define UW_TURN_BUDGET 5000000u


uw_outgoing_table_t *
uw_worker_outgoing(const uw_worker_t *worker)
{
    return worker->own.host.outgoing;
}


uw_hostcalls_t *
uw_worker_hostcalls(const uw_worker_t *worker)
{
    return worker->own.host.hostcalls;
}


const uw_settings_t *
uw_worker_settings(const uw_worker_t *worker)
{
    return &worker->own.engine->settings;
}


uw_executor_t *
uw_worker_executor(const uw_worker_t *worker)
{
    return worker->executor;
}


/* ---- For the control plane ---- */

uw_worker_t *
uw_worker_new(const uw_settings_t *settings, char *error, size_t error_size)
{
    uw_engine_t *engine =
        uw_engine_new(settings, uw_wasi_link, error, error_size);

    return engine == NULL ? NULL
                          : uw_worker_from_engine(engine, error, error_size);
}


static char *
uw_worker_metrics_text(const void *data, uint32_t pid, size_t *size)
{
    const uw_worker_t *worker = data;
    uw_metrics_view_t view;
    char *text;

    uw_worker_view(worker, &view);
    text = uw_metrics_text(&view, 1, pid, size);

    return text == NULL || worker->metrics_more == NULL
               ? text
               : uw_metrics_join(text, size, worker->metrics_more);
}


static void
uw_worker_answered(void *data, uint64_t ticket)
{
    uw_slot_t *slot = uw_slot_find(data, ticket);

    if (slot != NULL) {
        uw_slot_wake(slot);
    }
}


static bool
uw_worker_deliver_all(uw_worker_t *worker)
{
    bool came = uw_sites_deliver(&worker->own);

    return uw_sites_deliver(worker->sites) || came;
}


uw_worker_t *
uw_worker_from_engine(uw_engine_t *engine, char *error, size_t error_size)
{
    uw_worker_t *worker = calloc(1, sizeof(*worker));
    uw_site_place_t place = { .wake = uw_worker_answered, .data = worker };

    if (worker == NULL) {
        uw_engine_delete(engine);
        (void) snprintf(error, error_size, "out of memory");
        return NULL;
    }
    worker->queue_end = &worker->queue;
    worker->status.pooled = engine->pooled;

    worker->executor = uw_executor_new();
    if (worker->executor == NULL) {
        (void) snprintf(error, error_size, "no event loop: %s",
                        strerror(errno));
        uw_engine_delete(engine);
        free(worker);
        return NULL;
    }
    place.executor = worker->executor;
    if (uw_site_init(&worker->own, &place, engine, error, error_size) != 0) {
        goto failed;
    }
    if (uw_request_id_draw(worker->id_prefix) != 0) {
        (void) snprintf(error, error_size, "no random bytes: %s",
                        strerror(errno));
        goto failed;
    }

    if (engine->settings.metrics_file[0] != '\0') {
        worker->metrics_file =
            uw_metrics_file_new(worker->executor, &engine->settings,
                                uw_worker_metrics_text, worker);
        if (worker->metrics_file == NULL) {
            (void) snprintf(error, error_size, "out of memory");
            goto failed;
        }
    }

    return worker;

failed:

    uw_worker_delete(worker);

    return NULL;
}


bool
uw_worker_is_here(const uw_worker_t *worker)
{
    return uw_origin_is_here(&worker->own.host.origin);
}


void
uw_worker_delete(uw_worker_t *worker)
{
    uw_slot_t *slot;

    if (worker == NULL || !uw_worker_is_here(worker)) {
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
        uw_function_free(&slot->function);
        free(slot->data);
        free(slot);
    }
    free(worker->slots);
    uw_metrics_file_delete(worker->metrics_file);
    if (worker->attached != NULL) {
        worker->attached_end(worker->attached);
    }
    uw_sites_sweep(&worker->sites, true);
    uw_site_end(&worker->own);
    uw_executor_delete(worker->executor);
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
    uw_executor_clear(worker->executor);

    return uw_worker_run(worker);
}


bool
uw_worker_run(uw_worker_t *worker)
{
    bool more;

    uw_slot_sweep(worker);
    uw_sites_sweep(&worker->sites, false);

    /* Before, for the guests that can go on now; after, for what came
     * meanwhile. */
    (void) uw_worker_deliver_all(worker);
    more = uw_executor_turn(worker->executor, UW_TURN_BUDGET);
    more = uw_worker_deliver_all(worker) || more;

    return more || uw_worker_is_leaving(worker);
}


bool
uw_worker_is_leaving(const uw_worker_t *worker)
{
    return worker->leaving != NULL;
}


void
uw_worker_sweep(uw_worker_t *worker)
{
    uw_slot_sweep(worker);
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


void
uw_worker_view(const uw_worker_t *worker, uw_metrics_view_t *view)
{
    const uw_settings_t *settings = &worker->own.engine->settings;

    *view = (uw_metrics_view_t) { .application = settings->name,
                                  .limit = settings->max_exchanges,
                                  .cached = settings->cached,
                                  .status = &worker->status,
                                  .metrics = &worker->metrics };
}
