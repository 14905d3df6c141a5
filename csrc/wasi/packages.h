/* The packages of WASI that a component may import. */

#ifndef UW_WASI_PACKAGES_H
#define UW_WASI_PACKAGES_H

#include <stddef.h>

#include "guest/linker.h"

/* All of them; ends with NULL. */
extern const uw_package_t *const uw_wasi_packages[];

/* Links a component with them, to be entered by uw_http_handler: an
 * uw_linker_t. */
int uw_wasi_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
                 const uw_settings_t *settings, char *error, size_t error_size)
    UW_CHECKED;

#endif /* UW_WASI_PACKAGES_H */
