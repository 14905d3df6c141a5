/*
 * The resources that the host has given to one guest: a table of small slots
 * with stable addresses, numbered by their `rep`.
 *
 * A guest drops its handles in any order.  So what a resource points into is
 * kept alive in one of four ways, said beside each pointer and, with what
 * happens when another handle goes first, in docs/handles.md:
 *
 *   value  a copy of its own;
 *   held   a reference, the last one to release it frees it;
 *   owned  by exactly one resource at a time, handed on and never shared;
 *   child  of the resource that has it.  A parent that still has children
 *          cannot be deleted: the guest traps with "resource has children", as
 *          in wasmtime.
 *
 * The exchange outlives all of them: the guest ends before it.
 */

#ifndef UW_GUEST_RESOURCE_H
#define UW_GUEST_RESOURCE_H

#include <stdalign.h>

#include "base/account.h"
#include "base/buf.h"

struct uw_instance;

typedef struct uw_resource uw_resource_t;

/* A type of resources, a row of a package's tables. */
typedef struct {
    uint16_t id;      /* of the row: never 0, never that of another one */
    const char *name; /* in the WIT: "input-stream" */
    /* Releases what a resource points to, also where that is nothing any more;
     * NULL: it points to nothing. */
    void (*drop)(struct uw_instance *instance, uw_resource_t *resource);
} uw_resource_type_t;

/* What a package may keep in a resource itself. */
#define UW_RESOURCE_DATA 120

struct uw_resource {
    const uw_resource_type_t *type; /* NULL: the slot is free */
    uint32_t rep;                   /* never 0 */
    uint32_t parent;                /* rep, or 0 */
    uint32_t children; /* how many resources have this one as parent */
    uint32_t next_free;
    alignas(uint64_t) uint8_t data[UW_RESOURCE_DATA]; /* all zero at first */
};

/* Defines uw_as_NAME(resource): what is in resources of a type, as a TYPE. */
#define UW_RESOURCE_AS(name, kind)                                             \
    _Static_assert(sizeof(kind) <= UW_RESOURCE_DATA, #name);                   \
                                                                               \
    static inline kind *uw_as_##name(const uw_resource_t *resource)            \
    {                                                                          \
        return (kind *) (uintptr_t) resource->data;                            \
    }

/* Releases what a resource points to, whatever type it is of. */
static inline void
uw_resource_release(struct uw_instance *instance, uw_resource_t *resource)
{
    if (resource->type->drop != NULL) {
        resource->type->drop(instance, resource);
    }
}

#define UW_RESOURCES_PER_BLOCK 32

typedef struct {
    uw_resource_t **blocks; /* of UW_RESOURCES_PER_BLOCK each */
    size_t block_count;
    uint32_t used; /* slots that were ever used since the last reset */
    uint32_t live;
    uint32_t free;         /* rep of the first free slot, or 0 */
    uw_account_t *account; /* counts the blocks; NULL: nobody does */
} uw_resources_t;

/*
 * A new resource, all zero but type, rep and parent.  NULL when `limit` are
 * alive, there is no memory or the account allows no more.
 */
uw_resource_t *uw_resource_new(uw_resources_t *resources,
                               const uw_resource_type_t *type, uint32_t parent,
                               uint32_t limit) UW_CHECKED;

/* The live resource of that number and type, or NULL. */
uw_resource_t *uw_resource_get(const uw_resources_t *resources, uint32_t rep,
                               const uw_resource_type_t *type);

/* The resource that `child` belongs to, or NULL. */
uw_resource_t *uw_resource_parent(const uw_resources_t *resources,
                                  const uw_resource_t *child);

/*
 * Frees the slot.  What the resource points to must have been released before.
 * Returns -1, changing nothing, when it has children.
 */
int uw_resource_delete(uw_resources_t *resources, uw_resource_t *resource)
    UW_CHECKED;

/* Calls `visit` for every live resource. */
void uw_resources_each(uw_resources_t *resources,
                       void (*visit)(void *data, uw_resource_t *resource),
                       void *data);

/* Forgets all resources and keeps the first block. */
void uw_resources_reset(uw_resources_t *resources);
void uw_resources_free(uw_resources_t *resources);

#endif /* UW_GUEST_RESOURCE_H */
