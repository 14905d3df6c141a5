/*
 * Packed values that are looked at, and not made: for those that a front takes as
 * they are (guest/unpacked.h has the others).
 */

#ifndef UW_GUEST_CHECKED_H
#define UW_GUEST_CHECKED_H

#include "guest/types.h"

/* Where packed bytes are malformed, and why. */
typedef struct {
    size_t offset;
    const char *why; /* NULL: the number of a handle was refused */
} uw_packed_fault_t;

/*
 * Looks at the packed value of a type, which has no handles, from *at on.  Returns
 * 0, and *at is behind it; or -1 and *fault.
 */
int uw_packed_check(const uw_type_t *type, uw_slice_t packed, size_t *at,
                    uw_packed_fault_t *fault) UW_CHECKED;

#endif /* UW_GUEST_CHECKED_H */
