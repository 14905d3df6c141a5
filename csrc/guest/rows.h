/* The rows of the host's tables, in one order. */

#ifndef UW_GUEST_ROWS_H
#define UW_GUEST_ROWS_H

#include "guest/host.h"

/* A row: a resource or a function, the other one is NULL. */
typedef struct {
    uint16_t id;
    const char *name;
    const uw_host_interface_t *interface;
    const uw_resource_type_t *resource;
    const uw_host_func_t *function;
} uw_row_t;

/* Row `*index` of an interface: first its resources, then its functions.  Where
 * it has fewer, takes them off *index. */
bool uw_interface_row(const uw_host_interface_t *interface, size_t *index,
                      uw_row_t *row);
size_t uw_interface_rows(const uw_host_interface_t *interface);

/* Whether this is how a component imports the interface, version and all. */
bool uw_interface_is(const uw_host_interface_t *interface, uw_slice_t name);

/* Row `index` of all packages; false: there are fewer. */
bool uw_row_at(const uw_package_t *const *packages, size_t index,
               uw_row_t *row);
/* The row with that id, and its index; false: there is none. */
bool uw_row_find(const uw_package_t *const *packages, uint16_t id,
                 size_t *index, uw_row_t *row);

size_t uw_rows_count(const uw_package_t *const *packages);

#endif /* UW_GUEST_ROWS_H */
