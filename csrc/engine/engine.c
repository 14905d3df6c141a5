#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


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


/* ---- Settings with strings of their own ---- */

static const size_t uw_settings_texts[] = {
    offsetof(uw_settings_t, name),
    offsetof(uw_settings_t, library),
    offsetof(uw_settings_t, library_version),
    offsetof(uw_settings_t, component),
    offsetof(uw_settings_t, component_identity),
    offsetof(uw_settings_t, handler),
    offsetof(uw_settings_t, client_address_header),
    offsetof(uw_settings_t, request_id_header),
    offsetof(uw_settings_t, request_id_from),
    offsetof(uw_settings_t, request_id_response),
    offsetof(uw_settings_t, metrics_file),
    offsetof(uw_settings_t, outgoing_terms),
    offsetof(uw_settings_t, target_cpu),
};

#define UW_SETTINGS_TEXTS                                                      \
    (sizeof(uw_settings_texts) / sizeof(uw_settings_texts[0]))


static const char **
uw_settings_text(uw_settings_t *settings, size_t i)
{
    return (const char **) ((char *) settings + uw_settings_texts[i]);
}


/*
 * Replaces borrowed strings by copies.  On failure what is still borrowed is
 * set to NULL, so that uw_settings_free() is right in any case.
 */
static int
uw_settings_strings(uw_settings_t *copy)
{
    const char *const *borrowed = copy->environment;
    size_t count = copy->environment_count;
    char **environment = calloc(count + 1, sizeof(char *));
    int status = environment == NULL ? -1 : 0;

    for (size_t i = 0; i < UW_SETTINGS_TEXTS; i++) {
        const char **text = uw_settings_text(copy, i);

        *text = strdup(*text == NULL ? "" : *text);
        if (*text == NULL) {
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
    for (size_t i = 0; i < UW_SETTINGS_TEXTS; i++) {
        free((char *) *uw_settings_text(copy, i));
    }
}


/* ---- The engine ---- */

/*
 * Exchanges that do not wait share a few slots: these are kept as they are best
 * for speed.  What runs beside that many others is of a burst; its slots give
 * everything back, or a worker would hold their memory until it ends.
 */
static int
uw_engine_open(uw_engine_t *engine, char *error, size_t error_size)
{
    const uw_settings_t *settings = &engine->settings;
    uint32_t all = settings->max_exchanges;
    uint32_t kept = all < UW_KEPT_SLOTS ? all : UW_KEPT_SLOTS;
    uint32_t slots[UW_POOLS] = { kept, all - kept };
    uw_pool_kind_t kinds[UW_POOLS] = { UW_POOL_KEEP, UW_POOL_FREE };

    if (!engine->pooled || settings->own_memories) {
        slots[0] = all;
        slots[1] = 0;
        kinds[0] = settings->own_memories ? UW_POOL_OWN : UW_POOL_NONE;
    }

    for (size_t i = 0; i < UW_POOLS && slots[i] != 0; i++) {
        engine->pool_count = i + 1;
        if (uw_pool_open(&engine->pools[i], &engine->wt, settings, kinds[i],
                         slots[i], error, error_size)
            != 0)
        {
            return -1;
        }
    }

    return 0;
}


uw_engine_t *
uw_engine_vacant(const uw_settings_t *settings)
{
    uw_engine_t *engine = calloc(1, sizeof(*engine));

    if (engine != NULL) {
        engine->settings = *settings;
        if (uw_settings_strings(&engine->settings) != 0) {
            uw_engine_delete(engine);
            engine = NULL;
        }
    }

    return engine;
}


uw_engine_t *
uw_engine_new(const uw_settings_t *settings, char *error, size_t error_size)
{
    uw_engine_t *engine = uw_engine_vacant(settings);

    if (engine == NULL) {
        (void) snprintf(error, error_size, "memory is out");
        return NULL;
    }

    if (uw_wasmtime_load(&engine->wt, settings->library,
                         settings->library_version, error, error_size)
        != 0)
    {
        goto failed;
    }

    engine->pooled = settings->pooling && uw_pool_fits(&engine->settings);
    if (settings->pooling && !engine->pooled) {
        uw_engine_log(engine, 4,
                      "%s: no address space for a pool of %u instances; "
                      "instances are allocated on demand, which is slower, and "
                      "about %u have room at once",
                      settings->name, settings->max_exchanges,
                      uw_places(settings));
    }

    if (uw_engine_open(engine, error, error_size) != 0) {
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
    if (engine == NULL) {
        return;
    }

    for (size_t i = 0; i < engine->pool_count; i++) {
        uw_pool_close(&engine->pools[i], &engine->wt);
    }
    uw_settings_free(&engine->settings);
    free(engine);
}


uw_pool_t *
uw_engine_pool(uw_engine_t *engine)
{
    uw_pool_t *pool = &engine->pools[0];

    if (pool->live >= pool->slots && engine->pool_count > 1) {
        pool++;
    }

    return pool;
}


bool
uw_engine_has_room(uw_engine_t *engine)
{
    return uw_pool_has_room(uw_engine_pool(engine), &engine->settings);
}


/* ---- Compilation ---- */

int
uw_compile(const uw_settings_t *settings, const uint8_t *component,
           size_t component_size, uint8_t **compiled, size_t *size, char *error,
           size_t error_size)
{
    uw_wasmtime_t wt;
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
    engine = uw_pool_compiler(&wt, settings, error, error_size);
    if (engine == NULL) {
        return -1;
    }
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
