#include "engine/area.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/promise.h"

/* What a memory that moves gets beyond what it asked for. */
#define UW_GROWTH (16u << 20)


void
uw_area_delete(uw_area_t *area)
{
    (void) munmap(area->mapping, area->mapped);
    uw_held_close(&area->held);
    free(area);
}


int
uw_area_discard(const uw_area_t *area, size_t from, size_t to)
{
    return from == to ? 0
                      : madvise(area->start + from, to - from, MADV_DONTNEED);
}


int
uw_area_forget(uw_area_t *area)
{
    size_t end = area->reached > area->open ? area->reached : area->open;

    if (uw_area_discard(area, 0, end) != 0) {
        return -1;
    }
    area->age = 0;
    area->instances = 0; /* nothing is there */
    uw_held_forget(&area->held);
    area->reached = area->open;

    return 0;
}


/* ---- Those that nobody has ---- */

uw_area_t *
uw_area_take(uw_free_t *areas, size_t limit, size_t guard, size_t begins,
             const uw_image_t *image)
{
    uw_area_t **found = NULL;
    uw_area_t *area = NULL;

    for (uw_area_t **link = &areas->first;
         *link != NULL && (area == NULL || area->begins != begins);
         link = &(*link)->next)
    {
        if ((*link)->limit == limit && (*link)->guard == guard
            && (*link)->image == image
            && (area == NULL || (*link)->begins == begins))
        {
            area = *(found = link);
        }
    }
    if (area != NULL) {
        *found = area->next;
        areas->count--;
    }

    return area;
}


void
uw_area_put(uw_free_t *areas, uw_area_t *area)
{
    area->rested = false;
    area->next = areas->first;
    areas->first = area;
    areas->count++;
}


void
uw_areas_trim(uw_free_t *areas)
{
    uw_area_t *area;

    while ((area = areas->first) != NULL) {
        areas->first = area->next;
        areas->count--;
        uw_area_delete(area);
    }
}


/* What nobody has had since the last time gives back what it holds.  Whether some
 * may still hold something. */
static bool
uw_areas_rest_of(uw_free_t *areas)
{
    bool more = false;

    for (uw_area_t *area = areas->first; area != NULL; area = area->next) {
        if (area->age != 0 && area->rested) {
            /* One that cannot is as right as it was. */
            (void) !uw_area_forget(area);
        } else if (area->age != 0) {
            area->rested = true;
            more = true;
        }
    }

    return more;
}


bool
uw_areas_rest(uw_memories_t *memories)
{
    bool more = uw_areas_rest_of(&memories->memories);

    return uw_areas_rest_of(&memories->stacks) || more;
}


static void
uw_areas_trim_all(uw_memories_t *memories)
{
    uw_areas_trim(&memories->memories);
    uw_areas_trim(&memories->stacks);
}


bool
uw_areas_promised(uw_memories_t *memories, uint64_t size)
{
    if (!uw_memory_is_promised(size)) {
        uw_areas_trim_all(memories);
    }

    return uw_memory_is_promised(size);
}


/* ---- One of them ---- */

/* Where there is none, areas that nobody has are given back. */
static void *
uw_area_map(uw_memories_t *memories, size_t size)
{
    void *mapping = uw_space_map(size);

    if (mapping == MAP_FAILED) {
        uw_areas_trim_all(memories);
        mapping = uw_space_map(size);
    }

    return mapping;
}


/* A huge page would be held whole, and may come without a page fault (engine/held.h).
 * A kernel that has none refuses. */
static void
uw_area_refuse_huge(uint8_t *start, size_t size)
{
    (void) madvise(start, size, MADV_NOHUGEPAGE);
}


uw_area_t *
uw_area_new(uw_memories_t *memories, size_t limit, size_t guard)
{
    uw_area_t *area = calloc(1, sizeof(*area));

    if (area == NULL) {
        return NULL;
    }

    area->memories = memories;
    area->limit = limit;
    area->guard = guard;
    area->mapped = limit + guard;
    area->mapping = uw_area_map(memories, area->mapped);
    if (area->mapping == MAP_FAILED) {
        free(area);
        return NULL;
    }
    uw_area_refuse_huge(area->mapping, area->mapped);

    return area;
}


/* Whether the system lets so many bytes be used, with what the host needs beside
 * them. */
static bool
uw_area_may_use(const uw_area_t *area, size_t more)
{
    uw_memories_t *memories = area->memories;

    return !memories->counted
           || uw_areas_promised(memories, more + UW_HOST_MEMORY_LEAST);
}


/* What the kernel has refused once is asked for before it is needed. */
static int
uw_area_note(uw_area_t *area, int status)
{
    area->memories->counted = area->memories->counted || status != 0;

    return status;
}


int
uw_area_begin_with(uw_area_t *area, const uw_image_t *image)
{
    int status = -1;

    if (uw_area_may_use(area, (size_t) image->size)) {
        status = uw_area_note(
            area, uw_image_map(&area->memories->images, image, area->start));
    }
    if (status == 0) {
        uw_area_refuse_huge(area->start, (size_t) image->size);
        area->image = image;
        area->open = (size_t) image->size;
    }

    return status;
}


static int
uw_area_enlarge(uw_area_t *area, size_t size)
{
    size_t more = size - area->open;

    if (more == 0) {
        return 0;
    }
    if (!uw_area_may_use(area, more)) {
        return -1;
    }

    return uw_area_note(
        area, mprotect(area->start + area->open, more, PROT_READ | PROT_WRITE));
}


int
uw_area_open(uw_area_t *area, size_t size)
{
    int status = size >= area->open ? uw_area_enlarge(area, size)
                                    : mprotect(area->start + size,
                                               area->open - size, PROT_NONE);

    if (status == 0) {
        area->open = size;
        if (size > area->reached) {
            area->reached = size;
        }
    }

    return status;
}


/* The pages themselves; what they leave is part of what is unmapped afterwards.
 * Where they are two mappings, because some are of an image, they are copied:
 * half of a memory cannot be moved back.  Returns 0, or -1. */
static int
uw_area_move_pages(const uw_area_t *area, uint8_t *mapping, size_t size)
{
    size_t fresh = area->image == NULL ? area->open : 0;

    if (!uw_area_may_use(area, size - fresh)
        || mprotect(mapping + fresh, size - fresh, PROT_READ | PROT_WRITE) != 0)
    {
        return -1;
    }
    if (area->image != NULL) {
        memcpy(mapping, area->start, area->open);
        return 0;
    }

    return area->open == 0
                   || mremap(area->start, area->open, area->open,
                             MREMAP_MAYMOVE | MREMAP_FIXED, mapping)
                          != MAP_FAILED
               ? 0
               : -1;
}


int
uw_area_move(uw_area_t *area, size_t size)
{
    size_t limit = size + UW_GROWTH;
    uint8_t *mapping = uw_area_map(area->memories, limit + area->guard);

    if (mapping == MAP_FAILED) {
        return -1;
    }
    if (uw_area_move_pages(area, mapping, size) != 0) {
        (void) munmap(mapping, limit + area->guard);
        return -1;
    }
    (void) munmap(area->mapping, area->mapped);
    area->mapping = mapping;
    area->mapped = limit + area->guard;
    area->start = mapping;
    area->limit = limit;
    area->open = size;
    area->moved = true;

    return 0;
}
