/*
 * Mappings for linear memories and stacks, and those that nobody has: what
 * engine/memory.c and engine/stack.c give to instances.
 */

#ifndef UW_ENGINE_AREA_H
#define UW_ENGINE_AREA_H

#include "base/buf.h"
#include "engine/held.h"
#include "engine/image.h"
#include "engine/written.h"
#include "wasmtime/api.h"

/* What libwasmtime's error says where the system gives none. */
#define UW_NO_SPACE "no address space or memory is left for an instance"

/* Where the kernel does not tell what was written: what is cleared page by page;
 * what is beyond is given back whole. */
#define UW_CLEARED (512u << 10)

typedef struct uw_memories uw_memories_t;
typedef struct uw_area uw_area_t;

/* A mapping: for a linear memory [ open | reserved, then guard ], for a stack
 * [ guard | open ]. */
struct uw_area {
    uw_memories_t *memories;
    uw_area_t *next; /* of those that nobody has */
    uint8_t *start;  /* of what a guest may use */
    size_t open;     /* bytes that may be used; a guest grows a memory */
    size_t paid;     /* bytes that the instance has been counted for it */
    size_t begins;   /* bytes that it was opened with */
    size_t limit;    /* bytes that may be opened */
    size_t guard;    /* bytes behind these */
    uint8_t *mapping;
    size_t mapped;
    uint64_t *account; /* of the instance that has it: uw_memories_enter() */
    const uw_image_t *image; /* that it begins with; NULL: all is zero */
    bool moved;              /* it is larger than any that is asked for */

    /* Of one that nobody has: */
    uint32_t
        age; /* instances since it has given back all; 0: it holds nothing */
    bool rested;    /* nobody has had it since uw_areas_rest() */
    size_t reached; /* bytes of it that have been open since then */
    uw_held_t held; /* pages that it holds, where the kernel has told of them */

    /* Of a memory, where the kernel does not tell what was written: which of its
     * first `looked` pages were there when it was asked. */
    uint32_t instances;
    size_t looked;
    unsigned char present[UW_CLEARED >> 12];
};

/* Areas that nobody has.  The last one that came back is the first to go: what
 * it holds is still in the processor's caches. */
typedef struct {
    uw_area_t *first;
    uint32_t count;
} uw_free_t;

struct uw_memories {
    const uw_wasmtime_t *wt;
    uint32_t kept;          /* slots, or stacks */
    uint64_t kept_memories; /* of these slots together */
    uint64_t keep;
    size_t page;
    uint64_t most;     /* bytes that the memories of an instance may have */
    uint64_t *account; /* of the instance that runs; NULL: none is counted */
    bool counted;      /* the system may refuse memory: it is asked before */
    uw_images_t images;
    uw_written_t written;
    uw_free_t memories;
    uw_free_t stacks;
};

/* One of which nothing is open; NULL where there is no room. */
uw_area_t *uw_area_new(uw_memories_t *memories, size_t limit, size_t guard)
    UW_CHECKED;
void uw_area_delete(uw_area_t *area);

/*
 * One that nobody has, in which exactly `limit` bytes may be opened, with `guard`
 * behind them, on which compiled code relies, and which begins with that image;
 * rather one that began with as many bytes as now, so that no page is opened or
 * closed.  NULL where there is none.
 */
uw_area_t *uw_area_take(uw_free_t *areas, size_t limit, size_t guard,
                        size_t begins, const uw_image_t *image);
void uw_area_put(uw_free_t *areas, uw_area_t *area);

/* Deletes all of them. */
void uw_areas_trim(uw_free_t *areas);

/* Lets a new one begin with an image.  Returns 0, or -1 where the kernel refuses. */
int uw_area_begin_with(uw_area_t *area, const uw_image_t *image) UW_CHECKED;

/* Lets exactly `size` bytes be used.  Returns 0, or -1 where the kernel refuses. */
int uw_area_open(uw_area_t *area, size_t size) UW_CHECKED;

/* A larger place for it, to which its pages go: code that was compiled for a small
 * reservation looks where it is.  Returns 0, or -1. */
int uw_area_move(uw_area_t *area, size_t size) UW_CHECKED;

/* Gives all of its pages back; they are what they were at first when somebody
 * touches them again.  Returns 0, or -1 where the kernel refuses. */
int uw_area_forget(uw_area_t *area) UW_CHECKED;

/* The same of some of them. */
int uw_area_discard(const uw_area_t *area, size_t from, size_t to) UW_CHECKED;

/*
 * Areas that nobody has had since the last call give back all they have.  Whether
 * there are others, which may have some.
 */
bool uw_areas_rest(uw_memories_t *memories) UW_CHECKED;

/* Whether the system promises so much memory, if need be for that of areas which
 * nobody has. */
bool uw_areas_promised(uw_memories_t *memories, uint64_t size) UW_CHECKED;

#endif /* UW_ENGINE_AREA_H */
