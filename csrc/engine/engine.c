#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "engine/promise.h"
#include "engine/space.h"


/* ---- The engine ---- */

/* Memory that libwasmtime takes for an engine beside machine code, and more: where
 * its malloc() fails it ends the process. */
#define UW_ENGINE_MEMORY (UINT64_C(8) << 20)

/* Whether there is memory for one of its engines, with the component in it. */
static int
uw_engine_has_memory(const uw_settings_t *settings, char *error,
                     size_t error_size)
{
    struct stat found;
    int status = settings->component_fd > 0
                     ? fstat(settings->component_fd, &found)
                     : stat(settings->component, &found);
    /* Whoever reads it will say what is wrong. */
    uint64_t code = status == 0 ? (uint64_t) found.st_size : 0;
    uint64_t size = UW_ENGINE_MEMORY + code;

    if (uw_memory_is_promised(size)) {
        return 0;
    }
    (void) snprintf(error, error_size,
                    "memory is out: its machine code and what belongs to it "
                    "take %llu MiB",
                    (unsigned long long) ((size + (1u << 20) - 1) >> 20));

    return -1;
}


/*
 * Exchanges that do not wait share a few slots: these are kept as they are best
 * for speed.  What runs beside that many others is of a burst; its slots give
 * everything back, or a worker would hold their memory until it ends.
 */
static int
uw_engine_open(uw_engine_t *engine, uw_linker_t link, char *error,
               size_t error_size)
{
    const uw_settings_t *settings = &engine->settings;
    uint32_t all = settings->max_exchanges;
    uint32_t least = settings->keep_slots == 0 ? 1 : settings->keep_slots;
    uint32_t kept = all < least ? all : least;
    uint32_t slots[UW_POOLS] = { kept, all - kept };
    uw_pool_kind_t kinds[UW_POOLS] = { UW_POOL_KEEP, UW_POOL_FREE };

    if (!engine->pooled || settings->own_memories) {
        slots[0] = all;
        slots[1] = 0;
        kinds[0] = settings->own_memories ? UW_POOL_OWN : UW_POOL_NONE;
    }

    for (size_t i = 0; i < UW_POOLS && slots[i] != 0; i++) {
        if (uw_engine_has_memory(settings, error, error_size) != 0) {
            return -1;
        }
        engine->pool_count = i + 1;
        if (uw_pool_open(&engine->pools[i], &engine->wt, settings, kinds[i],
                         slots[i], link, error, error_size)
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
        if (uw_settings_own(&engine->settings) != 0) {
            uw_engine_delete(engine);
            engine = NULL;
        }
    }

    return engine;
}


uw_engine_t *
uw_engine_new(const uw_settings_t *settings, uw_linker_t link, char *error,
              size_t error_size)
{
    uw_engine_t *engine = uw_engine_vacant(settings);

    if (engine == NULL) {
        (void) snprintf(error, error_size, "out of memory");
        return NULL;
    }

    if (uw_wasmtime_load(&engine->wt, settings->library,
                         settings->library_version, error, error_size)
        != 0)
    {
        goto failed;
    }

    engine->pooled = settings->pooling && uw_space_fits_pool(&engine->settings);
    if (settings->pooling && !engine->pooled) {
        uw_log(&engine->settings, UW_LOG_WARNING,
               "no address space for a pool of %u instances; "
               "instances are allocated on demand, which is slower, and "
               "about %u have room at once",
               settings->max_exchanges, uw_places(settings));
    }

    if (uw_engine_open(engine, link, error, error_size) != 0) {
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


void
uw_engine_arrive(uw_engine_t *engine)
{
    for (size_t i = 0; i < engine->pool_count; i++) {
        if (engine->pools[i].memories != NULL) {
            uw_memories_arrive(engine->pools[i].memories);
        }
    }
}


bool
uw_engine_rest(uw_engine_t *engine)
{
    bool more = false;

    for (size_t i = 0; i < engine->pool_count; i++) {
        uw_memories_t *memories = engine->pools[i].memories;

        more = (memories != NULL && uw_areas_rest(memories)) || more;
    }

    return more;
}


bool
uw_engine_has_room(uw_engine_t *engine)
{
    return uw_pool_has_room(uw_engine_pool(engine), &engine->settings);
}
