#ifndef UW_GUEST_LINKER_H
#define UW_GUEST_LINKER_H

#include "guest/foreign.h"
#include "guest/host.h"

/* What a component is linked with, and entered by. */
typedef struct {
    const uw_package_t *const *packages; /* ends with NULL */
    const uw_export_t *exports;          /* numbered as uw_entry_t says */
    size_t export_count;
    /* What Python calls and provides: its exports come after the others; "":
     * nothing. */
    const char *program;
} uw_linking_t;

/*
 * How functions are named that end a resource which the component has made; they
 * are put into it (unit_wasm/component/rewrite/drops.py).  Where one is missing
 * the pool has no export in its place.
 */
#define UW_DROP_PREFIX "unit-wasm-drop-"

/*
 * Links the component of a pool: gives it the rows of the packages that it
 * imports, and finds the exports.  Returns 0, or -1 and a sentence in `error`.
 */
int uw_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
            const uw_linking_t *linking, char *error, size_t error_size)
    UW_CHECKED;

#endif /* UW_GUEST_LINKER_H */
