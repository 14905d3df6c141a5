/*
 * What the C targets share.  Each target is one file: it defines
 * LLVMFuzzerTestOneInput(), and its head states its invariant in one sentence.
 * libFuzzer calls it in `make fuzz`, replay.c in `make test`.
 */

#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            (void) fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,     \
                           __LINE__, #condition);                              \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* The input, read from its front; when it is used up everything is 0. */
typedef struct {
    const uint8_t *data;
    size_t size;
} fuzz_t;

static inline uint8_t
fuzz_byte(fuzz_t *fuzz)
{
    if (fuzz->size == 0) {
        return 0;
    }
    fuzz->size--;

    return *fuzz->data++;
}

static inline uint16_t
fuzz_u16(fuzz_t *fuzz)
{
    uint16_t low = fuzz_byte(fuzz);

    return (uint16_t) (low | fuzz_byte(fuzz) << 8);
}

/* At most `most` bytes, whose number comes first. */
static inline const uint8_t *
fuzz_bytes(fuzz_t *fuzz, size_t most, size_t *size)
{
    const uint8_t *bytes;
    size_t wanted = most > 255 ? fuzz_u16(fuzz) : fuzz_byte(fuzz);

    bytes = fuzz->data;
    wanted = wanted > most ? most : wanted;
    *size = wanted > fuzz->size ? fuzz->size : wanted;
    fuzz->data += *size;
    fuzz->size -= *size;

    return bytes;
}

/* A copy that ends where its memory ends, so that the sanitizer sees a step
 * beyond.  Never NULL. */
static inline uint8_t *
fuzz_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = calloc(1, size == 0 ? 1 : size); /* gcc wants it filled */

    FUZZ_CHECK(copy != NULL);
    if (size != 0) {
        memcpy(copy, bytes, size);
    }

    return copy;
}

#endif /* FUZZ_H */
