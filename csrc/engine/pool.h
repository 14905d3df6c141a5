/*
 * A pool: one of libwasmtime's engines with its slots for instances, and in it
 * the compiled component and the linker with the host functions.
 */

#ifndef UW_ENGINE_POOL_H
#define UW_ENGINE_POOL_H

#include "base/buf.h"
#include "engine/memory.h"
#include "base/settings.h"
#include "wasmtime/api.h"

/* Where the instances of a pool get their memory from. */
typedef enum {
    UW_POOL_NONE, /* the system, each time */
    UW_POOL_OWN,  /* engine/memory.c */
    UW_POOL_KEEP, /* libwasmtime's pool; a slot keeps memory for the next */
    UW_POOL_FREE, /* libwasmtime's pool; a slot gives everything back */
} uw_pool_kind_t;

typedef struct {
    uw_pool_kind_t kind;
    bool counted; /* memory is asked for before an instance is made */
    wasm_engine_t *engine;
    uw_memories_t *memories; /* of UW_POOL_OWN; else NULL */
    wasmtime_component_t *component;
    wasmtime_component_linker_t *linker;
    /* Of what links it: */
    void *bound; /* functions of the host, one block */
    wasmtime_component_export_index_t *
        *exports; /* guests are entered by them; NULL: it has none */
    size_t export_count;
    /* What else the linker has made for it, and its end; or NULL. */
    void *linked;
    void (*unlink)(void *linked);

    uint32_t slots; /* instances that it has room for */
    uint32_t live;  /* instances that it has; guest/instance.c counts */
    uint32_t most;  /* that it has had at once */
} uw_pool_t;

/*
 * Gives the component of a pool what it imports, and looks for the exports that
 * guests are entered by.  Returns 0, or -1 and a sentence in `error`.
 */
typedef int (*uw_linker_t)(const uw_wasmtime_t *wt, uw_pool_t *pool,
                           const uw_settings_t *settings, char *error,
                           size_t error_size);

/* Whether one more instance fits into the pool, or into the address space. */
bool uw_pool_has_room(const uw_pool_t *pool, const uw_settings_t *settings)
    UW_CHECKED;

/*
 * libwasmtime's engine, to compile with: for the processors of the settings.  NULL and a
 * sentence in `error` when libwasmtime does not compile for them.
 */
wasm_engine_t *uw_pool_compiler(const uw_wasmtime_t *wt,
                                const uw_settings_t *settings, char *error,
                                size_t error_size) UW_CHECKED;

/*
 * Makes a pool, loads the component of the settings into it, and links
 * it.  Returns 0, or -1 and a sentence in `error`; the pool is to
 * be closed in any case.
 */
int uw_pool_open(uw_pool_t *pool, const uw_wasmtime_t *wt,
                 const uw_settings_t *settings, uw_pool_kind_t kind,
                 uint32_t slots, uw_linker_t link, char *error,
                 size_t error_size) UW_CHECKED;

/* Harmless on one that is all zeroes. */
void uw_pool_close(uw_pool_t *pool, const uw_wasmtime_t *wt);

#endif /* UW_ENGINE_POOL_H */
