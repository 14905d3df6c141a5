#include "guest/instance.h"

#include <stdio.h>
#include <stdlib.h>

#include "guest/hostcall_table.h"

/* Epochs that a guest may run before it must let the others run.  The first time
 * is longer, so that an ordinary answer is whole before its head has to leave. */
#define UW_FIRST_QUANTUM_TICKS 2
#define UW_QUANTUM_TICKS 1

/* Nanoseconds of a processor below which a quantum is not used up, if most of the
 * time went to other processes: to begin a neighbour in the middle of an answer
 * that is nearly made would serve nobody. */
#define UW_QUANTUM_LEAST (UW_TICK / 2)


/* Whether the guest that runs has waited for a processor, rather than used it. */
static bool
uw_instance_is_starved(uw_instance_t *instance)
{
    uint64_t used;

    if (instance->measured == 0) {
        instance->measured = uw_ticker_before(instance->ticker);
    }
    used = uw_processor_time() - instance->measured;

    return used < UW_QUANTUM_LEAST && used < (uw_now() - instance->polled) / 2;
}


/* The deadline of a quantum has passed: a wasmtime_epoch_callback_t. */
static wasmtime_error_t *
uw_instance_tick(wasmtime_context_t *context, void *data, uint64_t *delta,
                 wasmtime_update_deadline_kind_t *kind)
{
    uw_instance_t *instance = data;

    (void) context;
    instance->quantum_end =
        uw_ticker_ticks(instance->ticker) + UW_QUANTUM_TICKS;
    instance->overdue = 0;
    *delta = UW_QUANTUM_TICKS;
    *kind = uw_instance_is_starved(instance) ? WASMTIME_UPDATE_DEADLINE_CONTINUE
                                             : WASMTIME_UPDATE_DEADLINE_YIELD;

    return NULL;
}


bool
uw_instance_quantum_is_over(uw_instance_t *instance)
{
    uint64_t ticks = uw_ticker_ticks(instance->ticker);

    if (ticks < instance->quantum_end) {
        return false;
    }
    instance->overdue = 0;
    if (uw_instance_is_starved(instance)) {
        instance->quantum_end = ticks + UW_QUANTUM_TICKS;
        return false;
    }

    return true;
}


void
uw_instance_new_quantum(uw_instance_t *instance)
{
    instance->abi.wt->context_set_epoch_deadline(instance->context,
                                                 UW_QUANTUM_TICKS);
}


bool
uw_instance_is_overdue(uw_instance_t *instance)
{
    uint64_t now;

    if (uw_ticker_ticks(instance->ticker) < instance->quantum_end) {
        return false;
    }

    now = uw_processor_time();
    if (instance->overdue == 0) {
        instance->overdue = now;
    }

    return now - instance->overdue >= UW_HOST_TIME;
}


/*
 * What an exchange may hold at least, in windows and in sets of fields, whatever
 * the limit says: those of its response, and of a request that it sends on.
 */
#define UW_ACCOUNT_LEAST 8

static void
uw_instance_open_account(uw_instance_t *instance, const uw_settings_t *settings)
{
    uw_account_t *account = &instance->account;
    uint64_t least =
        UW_ACCOUNT_LEAST * (settings->body_buffer + settings->max_header_bytes);

    account->limit =
        (size_t) (settings->max_host_memory > least ? settings->max_host_memory
                                                    : least);
    atomic_store_explicit(&account->over, false, memory_order_relaxed);
    instance->resources.account = account;
    instance->arena.account = account;
    instance->log.out.bytes.account = account;
    instance->log.err.bytes.account = account;
    instance->log.log.bytes.account = account;
}


int
uw_instance_init(uw_instance_t *instance, uw_host_t *host)
{
    instance->host = host;
    for (size_t i = 0; host->packages[i] != NULL; i++) {
        const uw_package_t *package = host->packages[i];

        if (package->place != UW_PACKAGE_STATELESS) {
            instance->states[package->place] = calloc(1, package->state_size);
            if (instance->states[package->place] == NULL) {
                return -1;
            }
        }
    }

    return 0;
}


static void
uw_instance_end_packages(uw_instance_t *instance)
{
    for (const uw_package_t *const *package = instance->host->packages;
         *package != NULL; package++)
    {
        if ((*package)->place != UW_PACKAGE_STATELESS) {
            (*package)->end(instance, instance->states[(*package)->place]);
        }
    }
}


void
uw_instance_start(uw_instance_t *instance, const uw_entry_t *entry,
                  uw_exchange_t *exchange, uint64_t ticket)
{
    uw_host_t *host = instance->host;
    uw_engine_t *engine = host->engine;
    const uw_wasmtime_t *wt = &engine->wt;
    const uw_settings_t *settings = &engine->settings;

    instance->engine = engine;
    instance->entry = entry;
    instance->pool = uw_engine_pool(engine);
    instance->pool->live++;
    if (instance->pool->live > instance->pool->most) {
        instance->pool->most = instance->pool->live;
    }
    instance->ticker = host->ticker;
    instance->exchange = exchange;
    instance->ticket = ticket;
    instance->abi = (uw_abi_t) { .wt = wt, .rewritten = settings->rewritten };
    instance->carried_abi = instance->abi;
    instance->carried_abi.carried = true;
    instance->wait.at = UINT64_MAX;
    instance->end = UW_END_BAD_RESPONSE;
    uw_instance_open_account(instance, settings);
    uw_guest_log_begin(&instance->log, settings, exchange);

    instance->store = wt->store_new(instance->pool->engine, instance, NULL);
    instance->context = wt->store_context(instance->store);
    wt->store_limiter(instance->store, (int64_t) settings->memory_each,
                      (int64_t) settings->table_each,
                      (int64_t) settings->max_instances,
                      (int64_t) settings->tables, (int64_t) settings->memories);
    wt->context_set_epoch_deadline(instance->context, UW_FIRST_QUANTUM_TICKS);
    wt->store_epoch_deadline_callback(instance->store, uw_instance_tick,
                                      instance, NULL);

    instance->future = wt->component_linker_instantiate_async(
        instance->pool->linker, instance->context, instance->pool->component,
        &instance->component, &instance->error);
}


int
uw_instance_enter(uw_instance_t *instance, const uw_entry_t *entry)
{
    const uw_wasmtime_t *wt = instance->abi.wt;
    uw_frame_t *frame = &instance->frame;

    if (!wt->component_instance_get_func(
            &instance->component, instance->context,
            instance->pool->exports[entry->export], &instance->function))
    {
        (void) snprintf(instance->failure, sizeof(instance->failure),
                        "what the component exports is no function");
        return -1;
    }

    if (entry->enter != NULL) {
        instance->error = entry->enter(instance, frame);
    }
    if (instance->error != NULL) {
        return -1;
    }

    instance->future = wt->component_func_call_async(
        &instance->function, instance->context, frame->args, frame->args_size,
        frame->results, frame->results_size, &instance->error);

    return 0;
}


static uw_poll_t
uw_instance_returned(uw_instance_t *instance)
{
    if (instance->entry != NULL && instance->entry->leave != NULL) {
        instance->entry->leave(instance, &instance->frame);
    }

    return UW_POLL_RETURNED;
}


uw_poll_t
uw_instance_poll(uw_instance_t *instance)
{
    const uw_wasmtime_t *wt = instance->abi.wt;

    instance->quantum_end =
        uw_ticker_ticks(instance->ticker)
        + (instance->instantiated ? UW_QUANTUM_TICKS : UW_FIRST_QUANTUM_TICKS);
    instance->overdue = 0;
    if (instance->pool->memories != NULL) {
        uw_memories_enter(instance->pool->memories, &instance->memory);
    }

    for (;;) {
        if (!wt->call_future_poll(instance->future)) {
            if (instance->failed) {
                return UW_POLL_FAILED;
            }
            return instance->wait.retry != NULL ? UW_POLL_WAITING
                                                : UW_POLL_YIELDED;
        }

        wt->call_future_delete(instance->future);
        instance->future = NULL;

        if (instance->error != NULL) {
            return UW_POLL_FAILED;
        }
        if (instance->instantiated) {
            return uw_instance_returned(instance);
        }
        instance->instantiated = true;
        instance->instantiation = uw_now() - instance->began;
        if (instance->entry == NULL) {
            return UW_POLL_RETURNED;
        }
        if (uw_instance_enter(instance, instance->entry) != 0) {
            return UW_POLL_FAILED;
        }
    }
}


uint64_t
uw_instance_used(const uw_instance_t *instance, uint64_t left)
{
    uint64_t passed = left - instance->polled;
    uint64_t used;

    if (instance->measured == 0) {
        return passed;
    }
    used = uw_processor_time() - instance->measured;

    return used < passed ? used : passed;
}


static void
uw_instance_release(void *data, uw_resource_t *resource)
{
    uw_resource_release(data, resource);
}


static void
uw_values_delete(const uw_wasmtime_t *wt, uw_val_t *values, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        wt->component_val_delete(&values[i]);
        values[i] = uw_val_bool(false);
    }
}


void
uw_instance_leave(uw_instance_t *instance)
{
    const uw_wasmtime_t *wt = instance->abi.wt;

    uw_values_delete(wt, instance->frame.args, instance->frame.args_size);
    uw_values_delete(wt, instance->frame.results, instance->frame.results_size);
    instance->frame.args_size = 0;
    instance->frame.results_size = 0;
}


void
uw_instance_stop(uw_instance_t *instance)
{
    const uw_wasmtime_t *wt = instance->abi.wt;

    if (instance->store == NULL) {
        return;
    }

    if (instance->future != NULL) {
        wt->call_future_delete(instance->future);
        instance->future = NULL;
    }
    uw_instance_leave(instance);
    wt->store_delete(instance->store);
    instance->memory = 0;
    instance->pool->live--;
    instance->store = NULL;
    instance->context = NULL;
    if (instance->error != NULL) {
        wt->error_delete(instance->error);
        instance->error = NULL;
    }

    uw_guest_log_end(&instance->log);
    uw_resources_each(&instance->resources, uw_instance_release, instance);
    uw_resources_reset(&instance->resources);
    uw_arena_reset(&instance->arena);
    uw_instance_end_packages(instance);
    uw_context_end(instance->caller);
    instance->caller = NULL;
    instance->gives_way = false;
    instance->wait.retry = NULL;
    instance->wait.at = UINT64_MAX;
    instance->instantiated = false;
    instance->failed = false;
    instance->exited = false;
    instance->end = UW_END_BAD_RESPONSE;
    instance->failure[0] = '\0';
}


void
uw_instance_free(uw_instance_t *instance)
{
    uw_instance_stop(instance);
    uw_resources_free(&instance->resources);
    uw_arena_free(&instance->arena);
    uw_guest_log_free(&instance->log);
    for (const uw_package_t *const *package = instance->host->packages;
         *package != NULL; package++)
    {
        void **state = &instance->states[(*package)->place];

        if (*state != NULL) {
            if ((*package)->free != NULL) {
                (*package)->free(*state);
            }
            free(*state);
            *state = NULL;
        }
    }
}
