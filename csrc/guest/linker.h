#ifndef UW_GUEST_LINKER_H
#define UW_GUEST_LINKER_H

#include "guest/host.h"

/* What a component is linked with, and entered by. */
typedef struct {
    const uw_package_t *const *packages; /* ends with NULL */
    const uw_export_t *exports;          /* numbered as uw_entry_t says */
    size_t export_count;
} uw_linking_t;

/*
 * Links the component of a pool: gives it the rows of the packages that it
 * imports, and finds the exports.  Returns 0, or -1 and a sentence in `error`.
 */
int uw_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
            const uw_linking_t *linking, char *error, size_t error_size)
    UW_CHECKED;

#endif /* UW_GUEST_LINKER_H */
