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
 * How a front names what no package has, and functions whose list<u8> are strings;
 * what follows is in the program (unit_wasm/wit/crossing.py).
 */
#define UW_CROSSING_FUNCTION "unit-wasm-call-"
#define UW_CROSSING_BYTES "unit-wasm-bytes-"
#define UW_CROSSING_TYPE "unit-wasm-type-"
#define UW_CROSSING_MAX 32

/*
 * Links the component of a pool: gives it the rows of the packages that it
 * imports, and finds the exports.  Returns 0, or -1 and a sentence in `error`.
 */
int uw_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
            const uw_linking_t *linking, char *error, size_t error_size)
    UW_CHECKED;

#endif /* UW_GUEST_LINKER_H */
