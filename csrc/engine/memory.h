/*
 * Linear memories and stacks of guests, in the place of libwasmtime's pool: that
 * one clears a small memory from its beginning to its end after each instance, and
 * gives all pages of a large one back; this one restores the pages that a guest
 * has written to, and keeps them.
 *
 * A slot belongs to one instance, and is kept for the next one.  All of it is
 * for one thread: the one that makes, runs and ends instances.  No slot is
 * made before an instance wants one, so that a process may fork before.
 */

#ifndef UW_ENGINE_MEMORY_H
#define UW_ENGINE_MEMORY_H

#include "base/settings.h"
#include "engine/area.h"
#include "wasmtime/api.h"

/*
 * As the settings have it: how many slots keep how much, what all linear memories of
 * an instance may have together, and in what ways the kernel is asked what was
 * written to.  NULL when out of memory.
 *
 *   wt: of the engine; must outlive it.
 */
uw_memories_t *uw_memories_new(const uw_wasmtime_t *wt,
                               const uw_settings_t *settings) UW_CHECKED;

/*
 * Before any memory is made: those that have an image begin with it; see
 * engine/image.h.  Returns 0, or -1 where the file is not what it should be.
 */
int uw_memories_begin_with(uw_memories_t *memories, int fd, uint64_t offset)
    UW_CHECKED;

/* See uw_engine_arrive(). */
void uw_memories_arrive(uw_memories_t *memories);

/* Lets an engine take its memories and stacks from here.  Memories must not
 * begin as images: wasmtime_config_memory_init_cow_set(config, false). */
void uw_memories_serve(uw_memories_t *memories, wasm_config_t *config);

/*
 * What is made from now on belongs to the instance of this account, which counts
 * the bytes of its memories.  It begins with 0, and must live until all of them
 * have ended.
 */
void uw_memories_enter(uw_memories_t *memories, uint64_t *account);

/* Linear memories that no instance has. */
uint32_t uw_memories_free(const uw_memories_t *memories);

/* After the engine and all of its stores.  Harmless on NULL. */
void uw_memories_delete(uw_memories_t *memories);

#endif /* UW_ENGINE_MEMORY_H */
