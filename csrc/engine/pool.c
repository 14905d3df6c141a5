#include "engine/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"

/* Address space of one linear memory: 4 GiB that a 32-bit index cannot leave
 * and a guard, so that the compiled code needs no bounds checks. */
#define UW_FULL_RESERVATION (4ull << 30)
#define UW_FULL_GUARD (32ull << 20)

/* Where so much cannot be had: code that checks its addresses wants no guard but
 * for the distance that an instruction may add. */
#define UW_SMALL_GUARD (64u << 10)

/* Beyond a small reservation a memory moves, and reserves so much more. */
#define UW_GROWTH_RESERVATION (16u << 20)

/* So many memories at least have room where there is little. */
#define UW_LEAST_MEMORIES 8

/* Stack for the guest's own frames, and for a fiber: host calls come on top. */
#define UW_WASM_STACK (512u << 10)
#define UW_FIBER_STACK (1536u << 10)

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

/* Room for libwasmtime's own tables beside what is counted, in the probe. */
#define UW_PROBE_SLACK (64ull << 20)


/* ---- Address space ---- */

/* Sums and products end at UINT64_MAX, which nobody has. */
static uint64_t
uw_times(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}


static uint64_t
uw_plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}


static uint32_t
uw_as_u32(uint64_t number)
{
    return number < UINT32_MAX ? (uint32_t) number : UINT32_MAX;
}


static bool
uw_is_full(const uw_settings_t *settings)
{
    return settings->reservation >= UW_FULL_RESERVATION;
}


/* Bytes that a memory takes of it, with guards before and behind it. */
static uint64_t
uw_memory_space(const uw_settings_t *settings)
{
    uint64_t guard = uw_is_full(settings) ? UW_FULL_GUARD : UW_SMALL_GUARD;

    return settings->reservation + 2 * guard;
}


static uint64_t
uw_instance_space(const uw_settings_t *settings)
{
    return uw_plus(uw_times(uw_memory_space(settings), settings->memories),
                   UW_FIBER_STACK);
}


static bool
uw_space_is_free(uint64_t size)
{
    void *probe = mmap(NULL, size, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (probe == MAP_FAILED) {
        return false;
    }

    return munmap(probe, size) == 0;
}


/* What libwasmtime's pool of all slots reserves. */
static uint64_t
uw_pool_space(const uw_settings_t *settings)
{
    uint64_t slot = settings->memory_each > UW_FULL_RESERVATION
                        ? settings->memory_each
                        : UW_FULL_RESERVATION;
    uint64_t memories = uw_times(slot + UW_FULL_GUARD, settings->memories);
    uint64_t tables =
        uw_times(settings->tables, settings->table_each * sizeof(void *));
    uint64_t each = uw_plus(uw_plus(memories, tables), UW_FIBER_STACK);

    return uw_plus(uw_times(each, settings->max_exchanges),
                   UW_PROBE_SLACK + UW_HOST_SPACE);
}


/* libwasmtime ends the process when it cannot reserve its pool: ask first. */
bool
uw_pool_fits(const uw_settings_t *settings)
{
    return uw_is_full(settings) && uw_space_is_free(uw_pool_space(settings));
}


/* Address space that is left, by halves of what a pool takes. */
static uint64_t
uw_space_left(const uw_settings_t *settings)
{
    uint64_t size = uw_pool_space(settings);

    while (size > UW_HOST_SPACE && !uw_space_is_free(size)) {
        size /= 2;
    }

    return size > UW_HOST_SPACE ? size - UW_HOST_SPACE : 0;
}


static uint64_t
uw_power_of_two(uint64_t below)
{
    uint64_t power = 1;

    while (power <= below / 2) {
        power *= 2;
    }

    return power;
}


uint64_t
uw_reservation(const uw_settings_t *settings)
{
    uw_settings_t asked = *settings;
    uint64_t share;
    uint64_t most;

    asked.reservation = UW_FULL_RESERVATION;
    if (uw_pool_fits(&asked)) {
        return UW_FULL_RESERVATION;
    }

    /* Powers of two, so that a cache need not hold one for each machine. */
    share =
        uw_space_left(&asked) / uw_times(UW_LEAST_MEMORIES, settings->memories);
    share = uw_power_of_two(share < UW_SMALL_GUARD ? UW_SMALL_GUARD : share);
    most = (settings->memory_each + UW_SMALL_GUARD - 1) / UW_SMALL_GUARD
           * UW_SMALL_GUARD;

    return share < most ? share : most;
}


uint32_t
uw_places(const uw_settings_t *settings)
{
    uint64_t each = uw_instance_space(settings);
    uint32_t low = 0;
    uint32_t high = settings->max_exchanges;

    if (uw_pool_fits(settings)) {
        return high;
    }
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;

        if (uw_space_is_free(uw_plus(uw_times(each, middle), UW_HOST_SPACE))) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }

    return low;
}


/* Stacks are kept with memories: where these are free, so are those. */
bool
uw_pool_has_room(const uw_pool_t *pool, const uw_settings_t *settings)
{
    uint64_t missing = settings->memories;
    uint64_t free;

    switch (pool->kind) {
    case UW_POOL_KEEP:
    case UW_POOL_FREE:
        return pool->live < pool->slots;
    case UW_POOL_OWN:
        free = uw_memories_free(pool->memories);
        if (free >= missing) {
            return true;
        }
        missing -= free;
        break;
    case UW_POOL_NONE:
        break;
    }

    return uw_space_is_free(
        uw_plus(uw_times(uw_memory_space(settings), missing),
                UW_FIBER_STACK + UW_HOST_SPACE));
}


/* ---- Configuration of libwasmtime ---- */

static void
uw_pool_configure(const uw_wasmtime_t *wt, const uw_settings_t *settings,
                  uint32_t slots, bool keep, wasm_config_t *config)
{
    wasmtime_pooling_allocation_config_t *pool =
        wt->pooling_allocation_config_new();

    wt->pooling_allocation_config_total_component_instances_set(pool, slots);
    wt->pooling_allocation_config_total_core_instances_set(pool, UINT32_MAX);
    wt->pooling_allocation_config_total_memories_set(
        pool, uw_as_u32(uw_times(slots, settings->memories)));
    wt->pooling_allocation_config_total_tables_set(
        pool, uw_as_u32(uw_times(slots, settings->tables)));
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
    if (uw_is_full(settings)) {
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


wasm_engine_t *
uw_pool_engine(const uw_wasmtime_t *wt, const uw_settings_t *settings,
               uw_pool_kind_t kind, uint32_t slots, uw_memories_t *memories)
{
    return wt->wasm_engine_new_with_config(
        uw_pool_config(wt, settings, kind, slots, memories));
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
             char *error, size_t error_size)
{
    wasmtime_error_t *failed;

    pool->kind = kind;
    if (kind == UW_POOL_OWN) {
        pool->memories = uw_memories_new(
            wt, settings->pooling ? UW_KEPT_SLOTS : 0, settings->max_memory);
        if (pool->memories == NULL) {
            (void) snprintf(error, error_size, "memory is out");
            return -1;
        }
    }
    pool->slots = slots;
    pool->engine = uw_pool_engine(wt, settings, kind, slots, pool->memories);

    failed = uw_pool_load(pool, wt, settings);
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
