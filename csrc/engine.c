#include "engine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Address space of one linear memory: 4 GiB that a 32-bit index cannot leave
 * and a guard, so that the compiled code needs no bounds checks. */
#define UW_MEMORY_RESERVATION (4ull << 30)
#define UW_MEMORY_GUARD (32ull << 20)

/* Stack for the guest's own frames, and for a fiber: host calls come on top. */
#define UW_WASM_STACK (512u << 10)
#define UW_FIBER_STACK (1536u << 10)

/* What a slot keeps between two instances instead of giving it back to the
 * kernel.  A memory that fits in whole is restored by copying, which takes
 * 20 us per MiB; what is beyond takes a madvise(), which interrupts the other
 * threads of the process, and a fault for each page that the next guest writes
 * to: 10 us here, however little there is beyond.  So a memory that begins
 * small is kept, with what a body of the usual size lets it grow by, and of
 * others just the data of the module, at their start. */
#define UW_KEEP_MEMORY (512u << 10)
#define UW_KEEP_MOST (384u << 10)
#define UW_KEEP_DATA (64u << 10)
#define UW_KEEP_TABLE (16u << 10)

/* Room for libwasmtime's own tables beside the memories, in the probe. */
#define UW_PROBE_SLACK (1ull << 30)


void
uw_error_take(const uw_wasmtime_t *wt, wasmtime_error_t *error, char *text,
              size_t size)
{
    wasm_name_t message;

    wt->error_message(error, &message);
    (void) snprintf(text, size, "%.*s", (int) message.size, message.data);
    wt->wasm_byte_vec_delete(&message);
    wt->error_delete(error);
}


void
uw_engine_log(const uw_engine_t *engine, int level, const char *format, ...)
{
    char line[UW_LOG_LINE];
    va_list args;
    int size;

    if (engine->settings.log == NULL) {
        return;
    }

    va_start(args, format);
    size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (size < 0) {
        return;
    }
    if ((size_t) size >= sizeof(line)) {
        size = (int) sizeof(line) - 1;
    }

    engine->settings.log(engine->settings.log_data, level, line, (size_t) size);
}


/* ---- Configuration of libwasmtime: part of the cache key, see cache.py ---- */

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
static bool
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


static size_t
uw_pool_keep(const uw_settings_t *settings)
{
    return settings->first_memory <= UW_KEEP_MOST ? UW_KEEP_MEMORY
                                                  : UW_KEEP_DATA;
}


static void
uw_config_pool(const uw_wasmtime_t *wt, const uw_settings_t *settings,
               wasm_config_t *config)
{
    uint32_t slots = settings->max_exchanges;
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
        pool, uw_pool_keep(settings));
    wt->pooling_allocation_config_table_keep_resident_set(pool, UW_KEEP_TABLE);
    wt->pooling_allocation_config_max_unused_warm_slots_set(pool, slots);

    wt->pooling_allocation_strategy_set(config, pool);
    wt->pooling_allocation_config_delete(pool);
}


static wasm_engine_t *
uw_engine_create(const uw_wasmtime_t *wt, const uw_settings_t *settings,
                 bool *pooled)
{
    wasm_config_t *config = wt->wasm_config_new();

    wt->config_wasm_component_model_set(config, true);
    wt->config_epoch_interruption_set(config, true);
    wt->config_max_wasm_stack_set(config, UW_WASM_STACK);
    wt->config_async_stack_size_set(config, UW_FIBER_STACK);
    wt->config_memory_init_cow_set(config, true);
    wt->config_memory_reservation_set(config, UW_MEMORY_RESERVATION);
    wt->config_memory_guard_size_set(config, UW_MEMORY_GUARD);
    wt->config_cranelift_opt_level_set(config, WASMTIME_OPT_LEVEL_SPEED);

    /* For debuggers only; traps and backtraces have tables of their own. */
    wt->config_native_unwind_info_set(config, false);

    /* With it, a host function that is given two borrowed handles in one call
     * traps before it is entered (wasmtime 50.0.1); WASI 0.3 would need it. */
    wt->config_concurrency_support_set(config, false);

    *pooled = settings->pooling && uw_pool_fits(settings);
    if (*pooled) {
        uw_config_pool(wt, settings, config);
    }

    return wt->wasm_engine_new_with_config(config);
}


/* ---- Settings with strings of their own ---- */

/*
 * Replaces borrowed strings by copies.  On failure what is still borrowed is
 * set to NULL, so that uw_settings_free() is right in any case.
 */
static int
uw_settings_strings(uw_settings_t *copy)
{
    const char **strings[] = {
        &copy->name,
        &copy->library,
        &copy->library_version,
        &copy->component,
        &copy->handler,
        &copy->client_address_header,
        &copy->metrics_file,
        &copy->outgoing_terms,
    };
    const char *const *borrowed = copy->environment;
    size_t count = copy->environment_count;
    char **environment = calloc(count + 1, sizeof(char *));
    int status = environment == NULL ? -1 : 0;

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        *strings[i] = strdup(*strings[i] == NULL ? "" : *strings[i]);
        if (*strings[i] == NULL) {
            status = -1;
        }
    }

    copy->environment = (const char *const *) environment;
    copy->environment_count = environment == NULL ? 0 : count;
    for (size_t i = 0; i < copy->environment_count; i++) {
        environment[i] = strdup(borrowed[i]);
        if (environment[i] == NULL) {
            status = -1;
        }
    }

    return status;
}


static void
uw_settings_free(uw_settings_t *copy)
{
    if (copy->environment != NULL) {
        for (size_t i = 0; i < copy->environment_count; i++) {
            free((char *) copy->environment[i]);
        }
        free((void *) copy->environment);
    }
    free((char *) copy->name);
    free((char *) copy->library);
    free((char *) copy->library_version);
    free((char *) copy->component);
    free((char *) copy->handler);
    free((char *) copy->client_address_header);
    free((char *) copy->metrics_file);
    free((char *) copy->outgoing_terms);
}


/* ---- The component ---- */

static int
uw_engine_find_handler(uw_engine_t *engine, char *error, size_t error_size)
{
    const uw_wasmtime_t *wt = &engine->wt;
    const char *handler = engine->settings.handler;
    wasmtime_component_export_index_t *interface =
        wt->component_get_export_index(engine->component, NULL, handler,
                                       strlen(handler));

    if (interface != NULL) {
        engine->handle = wt->component_get_export_index(
            engine->component, interface, "handle", strlen("handle"));
        wt->component_export_index_delete(interface);
    }
    if (engine->handle == NULL) {
        (void) snprintf(error, error_size,
                        "the component does not export %s with a function "
                        "\"handle\"",
                        handler);
        return -1;
    }

    return 0;
}


static int
uw_engine_load(uw_engine_t *engine, char *error, size_t error_size)
{
    const uw_wasmtime_t *wt = &engine->wt;
    wasmtime_error_t *failed = wt->component_deserialize_file(
        engine->engine, engine->settings.component, &engine->component);

    if (failed != NULL) {
        uw_error_take(wt, failed, error, error_size);
        return -1;
    }

    engine->linker = wt->component_linker_new(engine->engine);

    return uw_host_define(engine, error, error_size);
}


uw_engine_t *
uw_engine_new(const uw_settings_t *settings, char *error, size_t error_size)
{
    uw_engine_t *engine = calloc(1, sizeof(*engine));

    if (engine == NULL) {
        (void) snprintf(error, error_size, "memory is out");
        return NULL;
    }

    engine->settings = *settings;
    if (uw_settings_strings(&engine->settings) != 0) {
        (void) snprintf(error, error_size, "memory is out");
        goto failed;
    }

    if (uw_wasmtime_load(&engine->wt, settings->library,
                         settings->library_version, error, error_size)
        != 0)
    {
        goto failed;
    }

    engine->engine =
        uw_engine_create(&engine->wt, &engine->settings, &engine->pooled);
    if (settings->pooling && !engine->pooled) {
        uw_engine_log(engine, 4,
                      "%s: no address space for a pool of %u instances; "
                      "instances are allocated on demand, which is slower",
                      settings->name, settings->max_exchanges);
    }

    if (uw_engine_load(engine, error, error_size) != 0
        || uw_engine_find_handler(engine, error, error_size) != 0)
    {
        goto failed;
    }

    return engine;

failed:

    uw_engine_delete(engine);

    return NULL;
}


void
uw_engine_delete(uw_engine_t *engine)
{
    const uw_wasmtime_t *wt;

    if (engine == NULL) {
        return;
    }
    wt = &engine->wt;

    if (engine->handle != NULL) {
        wt->component_export_index_delete(engine->handle);
    }
    if (engine->linker != NULL) {
        wt->component_linker_delete(engine->linker);
    }
    if (engine->component != NULL) {
        wt->component_delete(engine->component);
    }
    if (engine->engine != NULL) {
        wt->wasm_engine_delete(engine->engine);
    }
    free(engine->bound);
    uw_settings_free(&engine->settings);
    free(engine);
}


/* ---- Compilation ---- */

int
uw_compile(const uw_settings_t *settings, const uint8_t *component,
           size_t component_size, uint8_t **compiled, size_t *size, char *error,
           size_t error_size)
{
    uw_wasmtime_t wt;
    bool pooled;
    wasm_engine_t *engine;
    wasmtime_component_t *made = NULL;
    wasmtime_error_t *failed;
    wasm_byte_vec_t image;

    if (uw_wasmtime_load(&wt, settings->library, settings->library_version,
                         error, error_size)
        != 0)
    {
        return -1;
    }

    *compiled = NULL;
    engine = uw_engine_create(&wt, settings, &pooled);
    failed = wt.component_new(engine, component, component_size, &made);
    if (failed == NULL) {
        failed = wt.component_serialize(made, &image);
        wt.component_delete(made);
    }
    wt.wasm_engine_delete(engine);

    if (failed != NULL) {
        uw_error_take(&wt, failed, error, error_size);
        return -1;
    }

    *size = image.size;
    *compiled = malloc(image.size);
    if (*compiled == NULL) {
        (void) snprintf(error, error_size, "memory is out");
    } else {
        memcpy(*compiled, image.data, image.size);
    }
    wt.wasm_byte_vec_delete(&image);

    return *compiled == NULL ? -1 : 0;
}


void
uw_compiled_delete(uint8_t *compiled)
{
    free(compiled);
}
