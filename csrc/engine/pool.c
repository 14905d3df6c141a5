#include "engine/pool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/promise.h"
#include "engine/space.h"
#include "wasmtime/error.h"

/* Beyond a small reservation a memory moves, and reserves so much more. */
#define UW_GROWTH_RESERVATION (16u << 20)

/* Stack for the guest's own frames; host calls come on top, see UW_FIBER_STACK. */
#define UW_WASM_STACK (512u << 10)

/* What a slot of libwasmtime's pool keeps of these, from their start on, where
 * the data of a module usually is. */
#define UW_KEEP_DATA (64u << 10)
#define UW_KEEP_TABLE (16u << 10)

/* What libwasmtime compiles for where it is not to look at this processor. */
#if defined(__x86_64__)
#define UW_TARGET "x86_64-unknown-linux-gnu"
#elif defined(__aarch64__)
#define UW_TARGET "aarch64-unknown-linux-gnu"
#elif defined(__riscv)
#define UW_TARGET "riscv64gc-unknown-linux-gnu"
#else
#define UW_TARGET "s390x-unknown-linux-gnu"
#endif

/* Of libwasmtime's structs.  It asks the system for their memory when they are
 * made, and these bounds only refuse components that would run elsewhere. */
#define UW_INSTANCE_SIZE (1u << 30)


/* Stacks are kept with memories: where these are free, so are those. */
bool
uw_pool_has_room(const uw_pool_t *pool, const uw_settings_t *settings)
{
    uint64_t missing = settings->memories;
    uint64_t free;

    switch (pool->kind) {
    case UW_POOL_KEEP:
    case UW_POOL_FREE:
        /* A slot that was used keeps what it was promised. */
        return pool->live < pool->slots
               && (pool->live < pool->most || !pool->counted
                   || uw_memory_is_promised(UW_HOST_MEMORY));
    case UW_POOL_OWN:
        if (pool->counted && !uw_areas_promised(pool->memories, UW_HOST_MEMORY))
        {
            return false;
        }
        free = uw_memories_free(pool->memories);
        if (free >= missing) {
            return true;
        }
        missing -= free;
        break;
    case UW_POOL_NONE:
        if (pool->counted && !uw_memory_is_promised(UW_HOST_MEMORY)) {
            return false;
        }
        break;
    }

    return uw_space_has_room(settings, missing);
}


/* ---- Configuration of libwasmtime ---- */

static uint32_t
uw_pool_product(uint32_t slots, uint32_t each)
{
    uint64_t product = (uint64_t) slots * each;

    return product < UINT32_MAX ? (uint32_t) product : UINT32_MAX;
}


static void
uw_pool_configure(const uw_wasmtime_t *wt, const uw_settings_t *settings,
                  uint32_t slots, bool keep, wasm_config_t *config)
{
    wasmtime_pooling_allocation_config_t *pool =
        wt->pooling_allocation_config_new();

    wt->pooling_allocation_config_total_component_instances_set(pool, slots);
    wt->pooling_allocation_config_total_core_instances_set(pool, UINT32_MAX);
    wt->pooling_allocation_config_total_memories_set(
        pool, uw_pool_product(slots, settings->memories));
    wt->pooling_allocation_config_total_tables_set(
        pool, uw_pool_product(slots, settings->tables));
    wt->pooling_allocation_config_total_stacks_set(pool, slots);
    wt->pooling_allocation_config_total_gc_heaps_set(pool, slots);
    /* More than the component has of its own: libwasmtime puts adapters between
     * components that are composed.  They take no place in the pool. */
    wt->pooling_allocation_config_max_core_instances_per_component_set(
        pool, UINT32_MAX);
    wt->pooling_allocation_config_max_core_instance_size_set(pool,
                                                             UW_INSTANCE_SIZE);
    wt->pooling_allocation_config_max_component_instance_size_set(
        pool, UW_INSTANCE_SIZE);
    wt->pooling_allocation_config_max_memories_per_component_set(
        pool, settings->memories);
    wt->pooling_allocation_config_max_tables_per_component_set(
        pool, settings->tables);
    wt->pooling_allocation_config_max_memories_per_module_set(
        pool, settings->memories);
    wt->pooling_allocation_config_max_tables_per_module_set(pool,
                                                            settings->tables);
    wt->pooling_allocation_config_max_memory_size_set(pool,
                                                      settings->memory_each);
    wt->pooling_allocation_config_table_elements_set(pool,
                                                     settings->table_each);
    wt->pooling_allocation_config_linear_memory_keep_resident_set(
        pool, keep ? UW_KEEP_DATA : 0);
    wt->pooling_allocation_config_table_keep_resident_set(
        pool, keep ? UW_KEEP_TABLE : 0);
    wt->pooling_allocation_config_max_unused_warm_slots_set(pool, slots);

    wt->pooling_allocation_strategy_set(config, pool);
    wt->pooling_allocation_config_delete(pool);
}


/*
 * As the settings want it: part of the key of the cache, see cache.py.
 *
 *   slots:    of libwasmtime's pool.
 *   memories: of UW_POOL_OWN; NULL where nothing is to run.
 */
static wasm_config_t *
uw_pool_config(const uw_wasmtime_t *wt, const uw_settings_t *settings,
               uw_pool_kind_t kind, uint32_t slots, uw_memories_t *memories)
{
    wasm_config_t *config = wt->wasm_config_new();

    wt->config_wasm_component_model_set(config, true);
    wt->config_epoch_interruption_set(config, true);
    wt->config_max_wasm_stack_set(config, UW_WASM_STACK);
    wt->config_async_stack_size_set(config, UW_FIBER_STACK);
    wt->config_memory_init_cow_set(config, !settings->own_memories);
    wt->config_memory_reservation_set(config, settings->reservation);
    if (uw_space_is_full(settings)) {
        wt->config_memory_guard_size_set(config, UW_FULL_GUARD);
    } else {
        wt->config_memory_guard_size_set(config, UW_SMALL_GUARD);
        wt->config_memory_reservation_for_growth_set(config,
                                                     UW_GROWTH_RESERVATION);
    }
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

    return config;
}


/* With a target libwasmtime uses nothing that it was not told of.  It ends the
 * process over a level that it does not know: kinds.py has those it does. */
static wasmtime_error_t *
uw_pool_target(const uw_wasmtime_t *wt, const char *level,
               wasm_config_t *config)
{
    wasmtime_error_t *failed;

    if (level[0] == '\0' || strcmp(level, "native") == 0) {
        return NULL;
    }

    failed = wt->config_target_set(config, UW_TARGET);
    if (failed == NULL && strcmp(level, "generic") != 0) {
        wt->config_cranelift_flag_enable(config, level);
    }

    return failed;
}


wasm_engine_t *
uw_pool_compiler(const uw_wasmtime_t *wt, const uw_settings_t *settings,
                 char *error, size_t error_size)
{
    wasm_config_t *config = uw_pool_config(wt, settings, UW_POOL_NONE, 1, NULL);
    wasmtime_error_t *failed = uw_pool_target(wt, settings->target_cpu, config);

    if (failed != NULL) {
        wt->wasm_config_delete(config);
        uw_error_take(wt, failed, error, error_size);
        return NULL;
    }

    return wt->wasm_engine_new_with_config(config);
}


/* ---- The component ---- */

/* From the descriptor where /proc is not there: by a copy. */
static wasmtime_error_t *
uw_pool_load_copy(uw_pool_t *pool, const uw_wasmtime_t *wt, int fd)
{
    wasmtime_error_t *failed;
    struct stat found;
    uint8_t *bytes = MAP_FAILED;

    if (fstat(fd, &found) == 0 && found.st_size > 0) {
        bytes =
            mmap(NULL, (size_t) found.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (bytes == MAP_FAILED) {
        return wt->error_new("the compiled component cannot be read");
    }

    failed = wt->component_deserialize(
        pool->engine, bytes, (size_t) found.st_size, &pool->component);
    (void) munmap(bytes, (size_t) found.st_size);

    return failed;
}


/* Its images, behind the code in the same file. */
static int
uw_pool_begin_with(const uw_pool_t *pool, const uw_settings_t *settings)
{
    int fd = settings->component_fd;
    int status;

    if (fd > 0) {
        return uw_memories_begin_with(pool->memories, fd, settings->images);
    }

    fd = open(settings->component, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    status = uw_memories_begin_with(pool->memories, fd, settings->images);

    return close(fd) == 0 ? status : -1;
}


static wasmtime_error_t *
uw_pool_load(uw_pool_t *pool, const uw_wasmtime_t *wt,
             const uw_settings_t *settings)
{
    const char *name = settings->component;
    char path[64];

    /* The file that was checked, whatever has its name by now. */
    if (settings->component_fd > 0) {
        (void) snprintf(path, sizeof(path), "/proc/self/fd/%d",
                        settings->component_fd);
        if (access(path, R_OK) != 0) {
            return uw_pool_load_copy(pool, wt, settings->component_fd);
        }
        name = path;
    }

    return wt->component_deserialize_file(pool->engine, name, &pool->component);
}


int
uw_pool_open(uw_pool_t *pool, const uw_wasmtime_t *wt,
             const uw_settings_t *settings, uw_pool_kind_t kind, uint32_t slots,
             uw_linker_t link, char *error, size_t error_size)
{
    wasmtime_error_t *failed;

    pool->kind = kind;
    pool->counted = uw_memory_is_counted();
    if (kind == UW_POOL_OWN) {
        pool->memories = uw_memories_new(wt, settings);
        if (pool->memories == NULL) {
            (void) snprintf(error, error_size, "out of memory");
            return -1;
        }
        if (settings->images != 0 && uw_pool_begin_with(pool, settings) != 0) {
            (void) snprintf(error, error_size,
                            "what memories begin with cannot be read from the "
                            "compiled component");
            return -1;
        }
    }
    pool->slots = slots;
    pool->engine = wt->wasm_engine_new_with_config(
        uw_pool_config(wt, settings, kind, slots, pool->memories));

    failed = uw_pool_load(pool, wt, settings);
    if (failed != NULL) {
        uw_error_take(wt, failed, error, error_size);
        return -1;
    }

    pool->linker = wt->component_linker_new(pool->engine);

    return link(wt, pool, settings, error, error_size);
}


void
uw_pool_close(uw_pool_t *pool, const uw_wasmtime_t *wt)
{
    for (size_t i = 0; i < pool->export_count; i++) {
        if (pool->exports[i] != NULL) {
            wt->component_export_index_delete(pool->exports[i]);
        }
    }
    free(pool->exports);
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
    if (pool->linked != NULL) {
        pool->unlink(pool->linked);
    }
    *pool = (uw_pool_t) { 0 };
}
