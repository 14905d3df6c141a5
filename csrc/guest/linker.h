#ifndef UW_GUEST_LINKER_H
#define UW_GUEST_LINKER_H

#include "guest/host.h"

/*
 * Links the component of a pool: gives it the rows of these packages that it
 * imports, and finds what it is entered by.  Returns 0, or -1 and a sentence in
 * `error`.
 */
int uw_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
            const uw_settings_t *settings, const uw_package_t *const *packages,
            char *error, size_t error_size) UW_CHECKED;

#endif /* UW_GUEST_LINKER_H */
