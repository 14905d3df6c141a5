/*
 * Packed values: a flat string of bytes for the values of a list of types.
 * Little endian, without alignment:
 *
 *   bool, numbers    1 to 8 bytes; f32 and f64 as their bits; char as u32
 *   string           u32, so many bytes of UTF-8
 *   list             u32, so many items
 *   record, tuple    the fields, one after the other
 *   variant, enum    the number of the case in 1, 2 or 4 bytes; its value, if any
 *   option, result   a byte, 0 or 1 (1 is some, or err); the value, if any
 *   flags            as many bytes as there are eighths of flags, bit 0 first
 *   own, borrow      u32, a number whose meaning is that of `uw_handles_t`
 *
 * Where a function is `carried`, the value for a list without handles in it is a
 * string that carries bytes (guest/latin1.h): those of a list<u8>, or the packed
 * list (unit_wasm/component/rewrite/front.py).
 *
 * guest/unpacked.h has the way back.
 */

#ifndef UW_GUEST_PACKED_H
#define UW_GUEST_PACKED_H

#include "guest/types.h"
#include "guest/val.h"

/* What numbers of handles stand for. */
typedef struct {
    void *data;
    /* The number for a handle that a value has. */
    int (*number)(void *data, const uw_type_t *type, const uw_val_t *val,
                  uint32_t *number);
    /* Makes a value of a number; -1: it is the number of nothing. */
    int (*handle)(void *data, const uw_type_t *type, uint32_t number,
                  uw_val_t *val);
} uw_handles_t;

/*
 * Appends the values to a buffer.  Returns 0; or -1: out of memory, the account
 * allows no more, or a value is of another type.
 */
int uw_packed_write(const uw_handles_t *handles, const uw_type_t *types,
                    size_t count, bool carried, const uw_val_t *vals,
                    uw_buf_t *packed) UW_CHECKED;

#endif /* UW_GUEST_PACKED_H */
