#include "engine_pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine.h"

/* Address space of one linear memory: 4 GiB that a 32-bit index cannot leave
 * and a guard, so that the compiled code needs no bounds checks. */
#define UW_MEMORY_RESERVATION (4ull << 30)
#define UW_MEMORY_GUARD (32ull << 20)

/* Stack for the guest's own frames, and for a fiber: host calls come on top. */
#define UW_WASM_STACK (512u << 10)
#define UW_FIBER_STACK (1536u << 10)

/* A memory that begins with at most so much, and as much data, is filled anew
 * for each instance: copying takes 20 us per MiB.  Of a larger one libwasmtime
 * maps an image, and gives back what a guest has written to: a madvise(), which
 * interrupts the other threads of the process, and a fault for each page that
 * the next guest writes to, 10 us and more. */
#define UW_SMALL_MEMORY (384u << 10)

/* What a slot of libwasmtime's pool keeps of these, from their start on, where
 * the data of a module usually is. */
#define UW_KEEP_DATA (64u << 10)
#define UW_KEEP_TABLE (16u << 10)

/* Room for libwasmtime's own tables beside the memories, in the probe. */
#define UW_PROBE_SLACK (1ull << 30)


/* ---- Configuration of libwasmtime ---- */

static uint64_t
uw_pool_bytes(const uw_settings_t *settings)
{
    uint64_t slot = settings->max_memory > UW_MEMORY_RESERVATION
                        ? settings->max_memory
                        : UW_MEMORY_RESERVATION;

    return (slot + UW_MEMORY_GUARD) * settings->memories
               * settings->max_exchanges
           + UW_PROBE_SLACK;
}


/* libwasmtime ends the process when it cannot reserve its pool: ask first. */
bool
uw_pool_fits(const uw_settings_t *settings)
{
    uint64_t size = uw_pool_bytes(settings);
    void *probe = mmap(NULL, size, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (probe == MAP_FAILED) {
        return false;
    }

    return munmap(probe, size) == 0;
}


bool
uw_pool_is_small(const uw_settings_t *settings)
{
    return settings->pooling && settings->first_memory != 0
           && settings->first_memory <= UW_SMALL_MEMORY;
}


static void
uw_pool_configure(const uw_wasmtime_t *wt, const uw_settings_t *settings,
                  uint32_t slots, bool keep, wasm_config_t *config)
{
    wasmtime_pooling_allocation_config_t *pool =
        wt->pooling_allocation_config_new();

    wt->pooling_allocation_config_total_component_instances_set(pool, slots);
    wt->pooling_allocation_config_total_core_instances_set(
        pool, slots * settings->core_instances);
    wt->pooling_allocation_config_total_memories_set(
        pool, slots * settings->memories);
    wt->pooling_allocation_config_total_tables_set(pool,
                                                   slots * settings->tables);
    wt->pooling_allocation_config_total_stacks_set(pool, slots);
    wt->pooling_allocation_config_total_gc_heaps_set(pool, slots);
    wt->pooling_allocation_config_max_core_instances_per_component_set(
        pool, settings->core_instances);
    wt->pooling_allocation_config_max_memories_per_component_set(
        pool, settings->memories);
    wt->pooling_allocation_config_max_tables_per_component_set(
        pool, settings->tables);
    wt->pooling_allocation_config_max_memories_per_module_set(
        pool, settings->memories);
    wt->pooling_allocation_config_max_tables_per_module_set(pool,
                                                            settings->tables);
    wt->pooling_allocation_config_max_memory_size_set(pool,
                                                      settings->max_memory);
    wt->pooling_allocation_config_table_elements_set(
        pool, settings->max_table_elements);
    wt->pooling_allocation_config_linear_memory_keep_resident_set(
        pool, keep ? UW_KEEP_DATA : 0);
    wt->pooling_allocation_config_table_keep_resident_set(
        pool, keep ? UW_KEEP_TABLE : 0);
    wt->pooling_allocation_config_max_unused_warm_slots_set(pool, slots);

    wt->pooling_allocation_strategy_set(config, pool);
    wt->pooling_allocation_config_delete(pool);
}


wasm_engine_t *
uw_pool_engine(const uw_wasmtime_t *wt, const uw_settings_t *settings,
               uw_pool_kind_t kind, uint32_t slots, uw_memories_t *memories)
{
    wasm_config_t *config = wt->wasm_config_new();

    wt->config_wasm_component_model_set(config, true);
    wt->config_epoch_interruption_set(config, true);
    wt->config_max_wasm_stack_set(config, UW_WASM_STACK);
    wt->config_async_stack_size_set(config, UW_FIBER_STACK);
    wt->config_memory_init_cow_set(config, !uw_pool_is_small(settings));
    wt->config_memory_reservation_set(config, UW_MEMORY_RESERVATION);
    wt->config_memory_guard_size_set(config, UW_MEMORY_GUARD);
    wt->config_cranelift_opt_level_set(config, WASMTIME_OPT_LEVEL_SPEED);

    /* For debuggers only; traps and backtraces have tables of their own. */
    wt->config_native_unwind_info_set(config, false);

    /* With it, a host function that is given two borrowed handles in one call
     * traps before it is entered (wasmtime 50.0.1); WASI 0.3 would need it. */
    wt->config_concurrency_support_set(config, false);

    if (kind == UW_POOL_KEEP || kind == UW_POOL_FREE) {
        uw_pool_configure(wt, settings, slots, kind == UW_POOL_KEEP, config);
    }
    if (memories != NULL) {
        uw_memories_serve(memories, config);
    }

    return wt->wasm_engine_new_with_config(config);
}


/* ---- The component ---- */

static int
uw_pool_find_handler(uw_pool_t *pool, const uw_wasmtime_t *wt,
                     const char *handler, char *error, size_t error_size)
{
    wasmtime_component_export_index_t *interface =
        wt->component_get_export_index(pool->component, NULL, handler,
                                       strlen(handler));

    if (interface != NULL) {
        pool->handle = wt->component_get_export_index(
            pool->component, interface, "handle", strlen("handle"));
        wt->component_export_index_delete(interface);
    }
    if (pool->handle == NULL) {
        (void) snprintf(error, error_size,
                        "the component does not export %s with a function "
                        "\"handle\"",
                        handler);
        return -1;
    }

    return 0;
}


int
uw_pool_open(uw_pool_t *pool, const uw_wasmtime_t *wt,
             const uw_settings_t *settings, uw_pool_kind_t kind, uint32_t slots,
             char *error, size_t error_size)
{
    wasmtime_error_t *failed;

    if (kind == UW_POOL_SMALL) {
        pool->memories = uw_memories_new(wt, UW_KEPT_SLOTS);
        if (pool->memories == NULL) {
            (void) snprintf(error, error_size, "memory is out");
            return -1;
        }
    }
    pool->slots = slots;
    pool->engine = uw_pool_engine(wt, settings, kind, slots, pool->memories);

    failed = wt->component_deserialize_file(pool->engine, settings->component,
                                            &pool->component);
    if (failed != NULL) {
        uw_error_take(wt, failed, error, error_size);
        return -1;
    }

    pool->linker = wt->component_linker_new(pool->engine);
    if (uw_host_define(wt, pool, error, error_size) != 0) {
        return -1;
    }

    return uw_pool_find_handler(pool, wt, settings->handler, error, error_size);
}


void
uw_pool_close(uw_pool_t *pool, const uw_wasmtime_t *wt)
{
    if (pool->handle != NULL) {
        wt->component_export_index_delete(pool->handle);
    }
    if (pool->linker != NULL) {
        wt->component_linker_delete(pool->linker);
    }
    if (pool->component != NULL) {
        wt->component_delete(pool->component);
    }
    if (pool->engine != NULL) {
        wt->wasm_engine_delete(pool->engine);
    }
    uw_memories_delete(pool->memories);
    free(pool->bound);
    *pool = (uw_pool_t) { 0 };
}
