/*
 * The engine of one application: its pools, in which instances are made, and
 * its settings.  Built once, in Unit before the fork, and then only read, but
 * for the counts of instances.
 */

#ifndef UW_ENGINE_ENGINE_H
#define UW_ENGINE_ENGINE_H

#include "base/buf.h"
#include "base/settings.h"
#include "engine/pool.h"
#include "wasmtime/api.h"

typedef struct uw_engine uw_engine_t;

/* Of UW_POOL_KEEP and UW_POOL_FREE; of another kind there is one. */
#define UW_POOLS 2

struct uw_engine {
    uw_wasmtime_t wt;
    uw_settings_t settings; /* strings are copies of its own */
    bool pooled;            /* the pooling allocator could be had */
    uw_pool_t pools[UW_POOLS];
    size_t pool_count;
};

/* NULL and a sentence in `error` when it cannot be built. */
uw_engine_t *uw_engine_new(const uw_settings_t *settings, uw_linker_t link,
                           char *error, size_t error_size) UW_CHECKED;
void uw_engine_delete(uw_engine_t *engine);

/* One without a component and without libwasmtime, for a worker that refuses
 * every exchange.  NULL when out of memory. */
uw_engine_t *uw_engine_vacant(const uw_settings_t *settings) UW_CHECKED;

/* Where the next instance is to be made: the first pool that has room. */
uw_pool_t *uw_engine_pool(uw_engine_t *engine);

/* Whether there is room for one more; max_exchanges may be more than the machine
 * has address space for. */
bool uw_engine_has_room(uw_engine_t *engine) UW_CHECKED;

/* In the process that makes instances, before the first one: opens what it needs,
 * so that no descriptor comes later. */
void uw_engine_arrive(uw_engine_t *engine);

/*
 * Memory that no instance has had since the last call is given back to the system.
 * Whether there may be more that is kept for the next one.
 */
bool uw_engine_rest(uw_engine_t *engine) UW_CHECKED;

#endif /* UW_ENGINE_ENGINE_H */
