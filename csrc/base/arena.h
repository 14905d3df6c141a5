/*
 * Memory for the length of one host call: allocated in pieces, freed at once.
 */

#ifndef UW_BASE_ARENA_H
#define UW_BASE_ARENA_H

#include "base/buf.h"

typedef struct uw_arena_block uw_arena_block_t;

typedef struct {
    uw_arena_block_t *blocks; /* newest first */
    size_t used;              /* of the newest */
    uw_account_t *account;    /* counts the blocks; NULL: nobody does */
} uw_arena_t;

/* Aligned for any type; NULL when out of memory or the account allows no more. */
void *uw_arena_alloc(uw_arena_t *arena, size_t size) UW_CHECKED;

/* Frees all but one small block. */
void uw_arena_reset(uw_arena_t *arena);
void uw_arena_free(uw_arena_t *arena);

#endif /* UW_BASE_ARENA_H */
