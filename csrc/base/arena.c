#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

/* A block that is kept over a reset, for the many calls with small strings. */
#define UW_ARENA_BLOCK 4096

struct uw_arena_block {
    uw_arena_block_t *older;
    size_t capacity;
    alignas(max_align_t) uint8_t data[];
};


static int
uw_arena_grow(uw_arena_t *arena, size_t size)
{
    size_t capacity = size > UW_ARENA_BLOCK ? size : UW_ARENA_BLOCK;
    uw_arena_block_t *block;

    if (capacity > SIZE_MAX / 2) {
        return -1;
    }

    if (!uw_account_take(arena->account, sizeof(*block) + capacity)) {
        return -1;
    }
    block = malloc(sizeof(*block) + capacity);
    if (block == NULL) {
        uw_account_give(arena->account, sizeof(*block) + capacity);
        return -1;
    }

    block->older = arena->blocks;
    block->capacity = capacity;
    arena->blocks = block;
    arena->used = 0;

    return 0;
}


static void
uw_arena_free_block(uw_arena_t *arena, uw_arena_block_t *block)
{
    uw_account_give(arena->account, sizeof(*block) + block->capacity);
    free(block);
}


void *
uw_arena_alloc(uw_arena_t *arena, size_t size)
{
    size_t step = alignof(max_align_t);
    size_t room =
        arena->blocks == NULL ? 0 : arena->blocks->capacity - arena->used;
    void *memory;

    if (arena->blocks == NULL || size > room) {
        if (uw_arena_grow(arena, size) != 0) {
            return NULL;
        }
    }

    memory = arena->blocks->data + arena->used;
    room = arena->blocks->capacity - arena->used;
    size = (size + step - 1) / step * step;
    arena->used += size < room ? size : room;

    return memory;
}


void
uw_arena_reset(uw_arena_t *arena)
{
    uw_arena_block_t *block = arena->blocks;
    uw_arena_block_t *older;

    arena->used = 0;
    if (block == NULL
        || (block->older == NULL && block->capacity == UW_ARENA_BLOCK))
    {
        return;
    }

    while (block->older != NULL) {
        older = block->older;
        uw_arena_free_block(arena, block);
        block = older;
    }
    arena->blocks = block;

    if (block->capacity != UW_ARENA_BLOCK) {
        uw_arena_free(arena);
    }
}


void
uw_arena_free(uw_arena_t *arena)
{
    uw_arena_block_t *older;

    while (arena->blocks != NULL) {
        older = arena->blocks->older;
        uw_arena_free_block(arena, arena->blocks);
        arena->blocks = older;
    }
    arena->used = 0;
}
