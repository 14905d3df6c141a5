/*
 * What the tests of single files of csrc/ share: fields.c, exchange.c, answer.c
 * and resource.c here.  tests/harness/parts.py builds each with the sanitizers,
 * and with malloc(), calloc() and realloc() of part.c.
 */

#ifndef PART_H
#define PART_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            (void) fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,     \
                           __LINE__, #condition);                              \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* This allocation from now on is refused, and no other: 1 is the next one. */
void refuse_allocation(unsigned number);

/* Whether it was, since then. */
int was_refused(void);

/* A copy that ends where its memory ends, so that the sanitizer sees a step
 * beyond it.  To be freed. */
void *exact_copy(const void *bytes, size_t size);

/* A number below that, of a sequence that begins with any state but 0. */
static inline uint32_t
choose(uint64_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;

    return (uint32_t) (*state >> 11) % below;
}

#endif /* PART_H */
