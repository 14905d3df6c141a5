/*
 * A WIT package of the host: its functions and types, and what it has of each
 * instance.
 */

#ifndef UW_GUEST_PACKAGE_H
#define UW_GUEST_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

struct uw_instance;
struct uw_host_interface;

/* Places for the states of packages in an instance. */
enum {
    UW_PACKAGE_STATELESS,
    UW_PACKAGE_IO,         /* wasi:io */
    UW_PACKAGE_FILESYSTEM, /* wasi:filesystem */
    UW_PACKAGE_SOCKETS,    /* wasi:sockets */
    UW_PACKAGES
};

typedef struct {
    const struct uw_host_interface *interfaces; /* ends with a NULL name */

    /* What it has of each instance, in instance->states[place]: all zero at
     * first, and kept for the next instance of the same slot.  Where the place
     * is UW_PACKAGE_STATELESS there is none, and no hook is called. */
    uint8_t place;
    size_t state_size;

    /* An instance has ended, and its resources are gone.  `free` is for what the
     * state points to; NULL: for nothing. */
    void (*end)(struct uw_instance *instance, void *state);
    void (*free)(void *state);
} uw_package_t;

#endif /* UW_GUEST_PACKAGE_H */
