/* Bodies in chunks, as clients send them.  Plain declarations, for CFFI. */

#ifndef UW_PYTHON_CHUNKS_H
#define UW_PYTHON_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is the beginning of a body. */
typedef struct {
    uint64_t left;    /* of the chunk: bytes that are still to come */
    uint64_t framing; /* bytes of extensions and trailers so far */
    uint32_t digits;  /* of the chunk's size */
    uint32_t state;   /* see chunks.c */
} uw_chunks_t;

/*
 * Reads on in a body from bytes[at].  `body` has room for size - at bytes and
 * gets *body_size of them, the content without its framing.  *done says whether
 * the body has ended with its trailers, which are checked and dropped.
 *
 * Returns where it stopped: at the end of the body, or at `size`; or, negated, the
 * status that the client is to get: 400, or 431 for more than `limit` bytes of
 * extensions and trailers.
 */
int64_t uw_chunks_read(uw_chunks_t *chunks, const uint8_t *bytes, size_t at,
                       size_t size, uint64_t limit, uint8_t *body,
                       size_t *body_size, bool *done);

#endif /* UW_PYTHON_CHUNKS_H */
