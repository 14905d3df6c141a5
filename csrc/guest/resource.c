#include "guest/resource.h"

#include <stdlib.h>

#define UW_BLOCK_SIZE (UW_RESOURCES_PER_BLOCK * sizeof(uw_resource_t))


static uw_resource_t *
uw_resource_at(const uw_resources_t *resources, uint32_t rep)
{
    uint32_t index = rep - 1;

    return &resources->blocks[index / UW_RESOURCES_PER_BLOCK]
                             [index % UW_RESOURCES_PER_BLOCK];
}


static int
uw_resources_grow(uw_resources_t *resources)
{
    size_t count = resources->block_count;
    uw_resource_t **blocks =
        realloc(resources->blocks, (count + 1) * sizeof(*blocks));

    if (blocks == NULL) {
        return -1;
    }
    resources->blocks = blocks;

    blocks[count] = uw_account_alloc(resources->account, UW_BLOCK_SIZE);
    if (blocks[count] == NULL) {
        return -1;
    }
    resources->block_count = count + 1;

    return 0;
}


uw_resource_t *
uw_resource_new(uw_resources_t *resources, const uw_resource_type_t *type,
                uint32_t parent, uint32_t limit)
{
    uw_resource_t *resource;
    uint32_t rep = resources->free;

    if (resources->live >= limit) {
        return NULL;
    }

    if (rep != 0) {
        resource = uw_resource_at(resources, rep);
        resources->free = resource->next_free;

    } else {
        if (resources->used == resources->block_count * UW_RESOURCES_PER_BLOCK
            && uw_resources_grow(resources) != 0)
        {
            return NULL;
        }
        rep = ++resources->used;
        resource = uw_resource_at(resources, rep);
    }

    *resource = (uw_resource_t) { .type = type, .rep = rep, .parent = parent };
    resources->live++;
    if (parent != 0) {
        uw_resource_at(resources, parent)->children++;
    }

    return resource;
}


uw_resource_t *
uw_resource_get(const uw_resources_t *resources, uint32_t rep,
                const uw_resource_type_t *type)
{
    uw_resource_t *resource;

    if (rep == 0 || rep > resources->used) {
        return NULL;
    }
    resource = uw_resource_at(resources, rep);

    return resource->type == type ? resource : NULL;
}


uw_resource_t *
uw_resource_parent(const uw_resources_t *resources, const uw_resource_t *child)
{
    return child->parent == 0 ? NULL : uw_resource_at(resources, child->parent);
}


int
uw_resource_delete(uw_resources_t *resources, uw_resource_t *resource)
{
    if (resource->children != 0) {
        return -1;
    }

    if (resource->parent != 0) {
        uw_resource_at(resources, resource->parent)->children--;
    }
    resource->type = NULL;
    resource->next_free = resources->free;
    resources->free = resource->rep;
    resources->live--;

    return 0;
}


void
uw_resources_each(uw_resources_t *resources,
                  void (*visit)(void *data, uw_resource_t *resource),
                  void *data)
{
    for (uint32_t rep = 1; rep <= resources->used; rep++) {
        uw_resource_t *resource = uw_resource_at(resources, rep);

        if (resource->type != NULL) {
            visit(data, resource);
        }
    }
}


static void
uw_resources_shrink(uw_resources_t *resources, size_t keep)
{
    while (resources->block_count > keep) {
        uw_account_free(resources->account,
                        resources->blocks[--resources->block_count],
                        UW_BLOCK_SIZE);
    }
}


void
uw_resources_reset(uw_resources_t *resources)
{
    uw_resources_shrink(resources, 1);
    resources->used = 0;
    resources->live = 0;
    resources->free = 0;
}


void
uw_resources_free(uw_resources_t *resources)
{
    uw_resources_shrink(resources, 0);
    free(resources->blocks);
    *resources = (uw_resources_t) { .account = resources->account };
}
