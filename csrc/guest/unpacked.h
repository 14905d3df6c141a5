/*
 * Values that are made of packed bytes (guest/packed.h).
 *
 * Bytes that are malformed, too few or too many are refused.  What is made is as
 * libwasmtime wants it to be: no string that is not UTF-8, no char that is none.
 */

#ifndef UW_GUEST_UNPACKED_H
#define UW_GUEST_UNPACKED_H

#include "guest/checked.h"
#include "guest/packed.h"

/*
 * Makes values of packed bytes.  Returns 0; or -1 and *fault, and there are no
 * values.
 *
 *   most: bytes of memory that values may take.
 */
int uw_packed_read(const uw_wasmtime_t *wt, const uw_handles_t *handles,
                   const uw_type_t *types, size_t count, bool carried,
                   uw_slice_t packed, size_t most, uw_val_t *vals,
                   uw_packed_fault_t *fault) UW_CHECKED;

#endif /* UW_GUEST_UNPACKED_H */
