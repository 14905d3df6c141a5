/*
 * Linear memories and stacks of small guests, in the place of libwasmtime's pool:
 * that one clears a memory from its beginning to its end after each instance,
 * this one only the pages that a guest has touched.
 *
 * A slot belongs to one instance, and is kept for the next one.  All of it is
 * for one thread: the one that makes, runs and ends instances.  No slot is
 * made before an instance wants one, so that a process may fork before.
 */

#ifndef UW_ENGINE_MEMORY_H
#define UW_ENGINE_MEMORY_H

#include "base/buf.h"
#include "wasmtime/api.h"

typedef struct uw_memories uw_memories_t;

/* What libwasmtime's error says where the system gives none. */
#define UW_NO_SPACE "no address space or memory is left for an instance"

/*
 * NULL when out of memory.
 *
 *   wt:   of the engine; must outlive it.
 *   kept: slots that keep what they have of the machine's memory while no
 *         instance has them; others give it back.  0: no slot is kept at all.
 *   most: bytes that all linear memories of an instance may have together.
 */
uw_memories_t *uw_memories_new(const uw_wasmtime_t *wt, uint32_t kept,
                               uint64_t most) UW_CHECKED;

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

/* Whether the system promises so much memory, if need be for that of slots which
 * no instance has. */
bool uw_memories_promised(uw_memories_t *memories, uint64_t size) UW_CHECKED;

/* After the engine and all of its stores.  Harmless on NULL. */
void uw_memories_delete(uw_memories_t *memories);

#endif /* UW_ENGINE_MEMORY_H */
