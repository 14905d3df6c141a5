/*
 * Address space: what instances take of it, and how much there is.  Plain
 * declarations, for CFFI.
 */

#ifndef UW_ENGINE_SPACE_H
#define UW_ENGINE_SPACE_H

#include "base/settings.h"

/* Address space of one linear memory: 4 GiB that a 32-bit index cannot leave
 * and a guard, so that the compiled code needs no bounds checks. */
#define UW_FULL_RESERVATION (4ull << 30)
#define UW_FULL_GUARD (32ull << 20)

/* Where so much cannot be had: code that checks its addresses wants no guard but
 * for the distance that an instruction may add. */
#define UW_SMALL_GUARD (64u << 10)

/* Address space that instances leave to the rest of the process: heap, stacks of
 * threads, other libraries.  Where malloc() fails libwasmtime ends it. */
#define UW_HOST_SPACE (128ull << 20)

/* Stack of a fiber. */
#define UW_FIBER_STACK (1536u << 10)

/*
 * Address space for each linear memory, for which a component is compiled: so
 * much that no address leaves it, so that none is checked; or, where a pool of
 * that does not fit, not much more than a memory may have.
 */
uint64_t uw_reservation(const uw_settings_t *settings);

/*
 * How many instances with reservations of that kind there is address space for
 * at once; at most max_exchanges.
 */
uint32_t uw_places(const uw_settings_t *settings);

/* Whether memories have the full reservation, and no address is checked. */
bool uw_space_is_full(const uw_settings_t *settings);

/* Whether there is address space for libwasmtime's pool of all slots. */
bool uw_space_fits_pool(const uw_settings_t *settings) UW_CHECKED;

/* Whether there is some for an instance that takes so many memories of it. */
bool uw_space_has_room(const uw_settings_t *settings, uint64_t memories)
    UW_CHECKED;

#endif /* UW_ENGINE_SPACE_H */
