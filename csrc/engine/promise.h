/*
 * Memory that the system promises: most machines promise more than they have, and
 * count it when it is used.  Others refuse; where it is refused to libwasmtime's
 * malloc(), that ends the process.
 */

#ifndef UW_ENGINE_PROMISE_H
#define UW_ENGINE_PROMISE_H

#include "base/buf.h"
#include "engine/space.h"

/* Memory that instances leave to the rest of the process, where it counts when it
 * is promised; a guest that runs may have some of it, or it could not go on. */
#define UW_HOST_MEMORY (16ull << 20)
#define UW_HOST_MEMORY_LEAST (4ull << 20)

/*
 * Whether the system counts memory when it is promised, and not when it is used:
 * vm.overcommit_memory=2, or a limit of data (ulimit -d).
 */
bool uw_memory_is_counted(void) UW_CHECKED;

/* Whether it promises so much. */
bool uw_memory_is_promised(uint64_t size) UW_CHECKED;

/* Address space that nobody may touch yet, if UW_HOST_SPACE is left beside it; else
 * MAP_FAILED. */
void *uw_space_map(size_t size) UW_CHECKED;

#endif /* UW_ENGINE_PROMISE_H */
