/*
 * What packed bytes (guest/packed.h) are made of, numbers and strings, in both
 * directions.  Both sides go on after a fault, which is looked at in the end.
 */

#ifndef UW_GUEST_CURSOR_H
#define UW_GUEST_CURSOR_H

#include "base/buf.h"

/* Bytes are appended to a buffer; `complete` is false once memory was out. */
typedef struct {
    uw_buf_t *bytes;
    bool complete;
} uw_packing_t;

/* The low bytes of a number, the lowest first. */
void uw_pack_number(uw_packing_t *packing, uint64_t number, size_t width);
/* A string, or list<u8>. */
void uw_pack_slice(uw_packing_t *packing, uw_slice_t slice);

/* Bytes are read; `bad` once they were too few, or not what they should be. */
typedef struct {
    const uint8_t *at;
    size_t left;
    bool bad;
} uw_unpacking_t;

/* So many bytes; NULL, and bad: there are not as many. */
const uint8_t *uw_unpack_raw(uw_unpacking_t *from, size_t size);
/* A number of up to eight bytes; 0 where it is bad. */
uint64_t uw_unpack_number(uw_unpacking_t *from, size_t width);
/* A string, or list<u8>; empty where it is bad. */
uw_slice_t uw_unpack_slice(uw_unpacking_t *from);
/* A string, which is UTF-8, or else bad. */
uw_slice_t uw_unpack_text(uw_unpacking_t *from);
/* The count of items that have at least `each` bytes; 0 where it is bad. */
uint32_t uw_unpack_count(uw_unpacking_t *from, size_t each);

#endif /* UW_GUEST_CURSOR_H */
