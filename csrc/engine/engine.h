/*
 * The engine of one application: its pools, in which instances are made, and
 * its settings.  Built once, in Unit before the fork, and then only read, but
 * for the counts of instances.
 */

#ifndef UW_ENGINE_ENGINE_H
#define UW_ENGINE_ENGINE_H

#include "base/buf.h"
#include "python/native.h"
#include "engine/pool.h"
#include "guest/resource.h"
#include "wasmtime/api.h"

/* The longest line of the log: a piece of guest output, of which JSON writes
 * each byte as five at most, and what stands before it. */
#define UW_LOG_LINE (44 * 1024)

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
uw_engine_t *uw_engine_new(const uw_settings_t *settings, char *error,
                           size_t error_size) UW_CHECKED;
void uw_engine_delete(uw_engine_t *engine);

/* One without a component and without libwasmtime, for a worker that refuses
 * every exchange.  NULL when memory is out. */
uw_engine_t *uw_engine_vacant(const uw_settings_t *settings) UW_CHECKED;

/* Levels, as syslog's. */
#define UW_LOG_ERROR 3
#define UW_LOG_WARNING 4
#define UW_LOG_INFO 6

/* Writes a line to the application's log, with its name in front; see
 * guest/log_record.h, where this is. */
void uw_engine_log(const uw_engine_t *engine, int level, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* Where the next instance is to be made: the first pool that has room. */
uw_pool_t *uw_engine_pool(uw_engine_t *engine);

/* Whether there is room for one more; max_exchanges may be more than the machine
 * has address space for. */
bool uw_engine_has_room(uw_engine_t *engine) UW_CHECKED;

/*
 * Defines all host functions in the pool's linker (guest/host.c).  Returns 0, or
 * -1 and a sentence in `error`.
 */
int uw_host_define(const uw_wasmtime_t *wt, uw_pool_t *pool, char *error,
                   size_t error_size) UW_CHECKED;

/*
 * Moves the message of *error into `text`, zero-terminated, cut to its size,
 * and deletes the error.
 */
void uw_error_take(const uw_wasmtime_t *wt, wasmtime_error_t *error, char *text,
                   size_t size);

#endif /* UW_ENGINE_ENGINE_H */
