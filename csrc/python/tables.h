/* The host's functions, for inspection.  Plain declarations, for CFFI. */

#ifndef UW_PYTHON_TABLES_H
#define UW_PYTHON_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint16_t id; /* of the row: never 0, and never that of another one */
    const char *interface;       /* "wasi:io/poll", without its version */
    const char *const *versions; /* as in csrc/guest/host.h */
    const char *name;            /* as in the WIT: "[method]pollable.ready" */
    bool is_resource;            /* a resource type, without all that follows */
    uint8_t params;
    uint8_t results;
    bool waits;   /* may park the guest */
    bool refused; /* exists, and answers that it is not allowed */
} uw_host_entry_t;

/* Row `index` of all resources and functions; false after the last. */
bool uw_host_entry(size_t index, uw_host_entry_t *entry);

#endif /* UW_PYTHON_TABLES_H */
