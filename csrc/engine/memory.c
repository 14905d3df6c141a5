#include "engine/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/promise.h"
#include "engine/space.h"

/* What is cleared page by page; what is beyond is given back whole. */
#define UW_CLEARED (512u << 10)
#define UW_WASM_PAGE (64u << 10)

/* Each so many instances the kernel is asked which pages are there. */
#define UW_LOOK_EACH 32

/* What a memory that moves gets beyond what it asked for. */
#define UW_GROWTH (16u << 20)

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
    bool moved;        /* it is larger than any that is asked for */

    /* Of a memory: which of its first `looked` pages were there when the kernel
     * was asked. */
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
    uint32_t kept;
    size_t page;
    uint64_t most;     /* bytes that the memories of an instance may have */
    uint64_t *account; /* of the instance that runs; NULL: none is counted */
    bool counted;      /* the system may refuse memory: it is asked before */
    uw_free_t memories;
    uw_free_t stacks;
};


/* ---- Areas ---- */

static void
uw_area_delete(uw_area_t *area)
{
    (void) munmap(area->mapping, area->mapped);
    free(area);
}


/* One in which exactly `limit` bytes may be opened, with `guard` behind them, on
 * which compiled code relies; rather one that began with as many bytes as now,
 * so that no page is opened or closed.  NULL where there is none. */
static uw_area_t *
uw_area_take(uw_free_t *areas, size_t limit, size_t guard, size_t begins)
{
    uw_area_t **found = NULL;
    uw_area_t *area = NULL;

    for (uw_area_t **link = &areas->first;
         *link != NULL && (area == NULL || area->begins != begins);
         link = &(*link)->next)
    {
        if ((*link)->limit == limit && (*link)->guard == guard
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


static void
uw_area_put(uw_free_t *areas, uw_area_t *area)
{
    area->next = areas->first;
    areas->first = area;
    areas->count++;
}


static void
uw_areas_trim(uw_free_t *areas)
{
    uw_area_t *area;

    while ((area = areas->first) != NULL) {
        areas->first = area->next;
        areas->count--;
        uw_area_delete(area);
    }
}


static void
uw_memories_trim(uw_memories_t *memories)
{
    uw_areas_trim(&memories->memories);
    uw_areas_trim(&memories->stacks);
}


bool
uw_memories_promised(uw_memories_t *memories, uint64_t size)
{
    if (!uw_memory_is_promised(size)) {
        uw_memories_trim(memories);
    }

    return uw_memory_is_promised(size);
}


/* Where there is none, areas that nobody has are given back. */
static void *
uw_area_map(uw_memories_t *memories, size_t size)
{
    void *mapping = uw_space_map(size);

    if (mapping == MAP_FAILED) {
        uw_memories_trim(memories);
        mapping = uw_space_map(size);
    }

    return mapping;
}


static uw_area_t *
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

    return area;
}


/* Gives pages back; they are zero when somebody touches them again. */
static int
uw_area_discard(const uw_area_t *area, size_t from, size_t to)
{
    return from == to ? 0
                      : madvise(area->start + from, to - from, MADV_DONTNEED);
}


/* Unless what the host needs would not be left. */
static int
uw_area_enlarge(uw_area_t *area, size_t size)
{
    uw_memories_t *memories = area->memories;
    size_t more = size - area->open;
    int status;

    if (more == 0) {
        return 0;
    }
    if (memories->counted
        && !uw_memories_promised(memories, more + UW_HOST_MEMORY_LEAST))
    {
        return -1;
    }
    status = mprotect(area->start + area->open, more, PROT_READ | PROT_WRITE);
    memories->counted = memories->counted || status != 0;

    return status;
}


/* Lets exactly `size` bytes be used.  Returns 0, or -1 where the kernel refuses. */
static int
uw_area_open(uw_area_t *area, size_t size)
{
    int status = size >= area->open ? uw_area_enlarge(area, size)
                                    : mprotect(area->start + size,
                                               area->open - size, PROT_NONE);

    if (status == 0) {
        area->open = size;
    }

    return status;
}


/* ---- Linear memories: wasmtime_memory_creator_t ---- */

/* Returns 0, or -1 where the kernel does not tell. */
static int
uw_memory_look(uw_area_t *area, size_t size, size_t page)
{
    if (area->instances++ % UW_LOOK_EACH != 0) {
        return 0;
    }
    area->looked = 0;
    if (mincore(area->start, size, area->present) != 0) {
        return -1;
    }
    area->looked = size / page;

    return 0;
}


static bool
uw_memory_is_there(const uw_area_t *area, size_t page)
{
    return page < area->looked && (area->present[page] & 1) != 0;
}


/*
 * Clears pages that were in the machine's memory, and gives the others back,
 * whatever has become of them since: most instances of a component touch the
 * same pages.  Returns 0, or -1 where the kernel refuses.
 */
static int
uw_memory_clear_touched(uw_area_t *area, size_t size, size_t page)
{
    size_t pages = size / page;
    size_t end;

    if (uw_memory_look(area, size, page) != 0) {
        return -1;
    }

    for (size_t begin = 0; begin < pages; begin = end) {
        bool there = uw_memory_is_there(area, begin);

        for (end = begin + 1;
             end < pages && uw_memory_is_there(area, end) == there; end++)
        {
        }
        if (there) {
            memset(area->start + begin * page, 0, (end - begin) * page);
        } else if (uw_area_discard(area, begin * page, end * page) != 0) {
            return -1;
        }
    }

    return 0;
}


/* Makes a memory all zeroes.  Returns -1 where that cannot be had. */
static int
uw_memory_clear(uw_area_t *area)
{
    const uw_memories_t *memories = area->memories;
    size_t kept = area->open < UW_CLEARED ? area->open : UW_CLEARED;

    if (memories->memories.count >= memories->kept) {
        kept = 0;
        area->instances = 0; /* nothing will be there */
    }
    if (uw_area_discard(area, kept, area->open) != 0) {
        return -1;
    }
    if (kept != 0 && uw_memory_clear_touched(area, kept, memories->page) != 0) {
        memset(area->start, 0, kept);
    }

    return 0;
}


static void
uw_memory_pay_back(uint64_t *account, size_t more)
{
    if (account != NULL) {
        *account -= more;
    }
}


static void
uw_memory_end(void *env)
{
    uw_area_t *area = env;
    uw_memories_t *memories = area->memories;

    uw_memory_pay_back(area->account, area->paid);
    area->account = NULL;
    if (memories->kept != 0 && !area->moved && uw_memory_clear(area) == 0) {
        uw_area_put(&memories->memories, area);
    } else {
        uw_area_delete(area);
    }
}


/* Counts bytes of the instance's memories.  Returns 0, or -1 where it has all. */
static int
uw_memory_pay(const uw_memories_t *memories, uint64_t *account, size_t more)
{
    if (account == NULL) {
        return 0;
    }
    if (more > memories->most - *account) {
        return -1;
    }
    *account += more;

    return 0;
}


static uint8_t *
uw_memory_get(void *env, size_t *byte_size, size_t *byte_capacity)
{
    const uw_area_t *area = env;

    *byte_size = area->open;
    *byte_capacity = area->limit;

    return area->start;
}


/* A larger place for a memory, to which its pages go: code that was compiled for
 * a small reservation looks where it is.  Returns 0, or -1. */
static int
uw_memory_move(uw_area_t *area, size_t size)
{
    size_t limit = size + UW_GROWTH;
    uint8_t *mapping = uw_area_map(area->memories, limit + area->guard);

    if (mapping == MAP_FAILED) {
        return -1;
    }
    /* The pages themselves; what they leave is part of what is unmapped below. */
    if (mprotect(mapping + area->open, size - area->open,
                 PROT_READ | PROT_WRITE)
            != 0
        || (area->open != 0
            && mremap(area->start, area->open, area->open,
                      MREMAP_MAYMOVE | MREMAP_FIXED, mapping)
                   == MAP_FAILED))
    {
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


static wasmtime_error_t *
uw_memory_grow(void *env, size_t new_size)
{
    uw_area_t *area = env;
    size_t more = new_size > area->paid ? new_size - area->paid : 0;

    if (new_size < area->open || new_size % area->memories->page != 0
        || uw_memory_pay(area->memories, area->account, more) != 0)
    {
        return area->memories->wt->error_new("no memory is left");
    }
    if ((new_size > area->limit ? uw_memory_move(area, new_size)
                                : uw_area_open(area, new_size))
        != 0)
    {
        uw_memory_pay_back(area->account, more);
        return area->memories->wt->error_new("no memory is left");
    }
    area->paid += more;

    return NULL;
}


static wasmtime_error_t *
uw_memory_too_much(const uw_memories_t *memories)
{
    char text[128];

    (void) snprintf(text, sizeof(text),
                    "the memories of an instance may have %llu bytes together "
                    "(UNIT_WASM_MAX_MEMORY raises it)",
                    (unsigned long long) memories->most);

    return memories->wt->error_new(text);
}


static wasmtime_error_t *
uw_memory_new(void *env, const wasm_memorytype_t *type, size_t minimum,
              size_t maximum, size_t reserved_size, size_t guard_size,
              wasmtime_linear_memory_t *memory_out)
{
    uw_memories_t *memories = env;
    size_t limit = minimum > reserved_size ? minimum : reserved_size;
    /* That of the rewrite, which has a page when bytes are packed: it is counted now. */
    size_t paid = minimum == 0 && maximum == UW_WASM_PAGE ? maximum : minimum;
    uw_area_t *area;

    (void) type;
    if (uw_memory_pay(memories, memories->account, paid) != 0) {
        return uw_memory_too_much(memories);
    }

    area = uw_area_take(&memories->memories, limit, guard_size, minimum);
    if (area == NULL) {
        area = uw_area_new(memories, limit, guard_size);
        if (area == NULL) {
            goto failed;
        }
        area->start = area->mapping;
    }
    if (minimum % memories->page != 0 || uw_area_open(area, minimum) != 0) {
        uw_area_delete(area);
        goto failed;
    }
    area->begins = minimum;
    area->paid = paid;
    area->account = memories->account;

    *memory_out = (wasmtime_linear_memory_t) { area, uw_memory_get,
                                               uw_memory_grow, uw_memory_end };

    return NULL;

failed:

    uw_memory_pay_back(memories->account, paid);

    return memories->wt->error_new(UW_NO_SPACE);
}


/* ---- Stacks: wasmtime_stack_creator_t ---- */

static void
uw_stack_end(void *env)
{
    uw_area_t *area = env;
    uw_free_t *stacks = &area->memories->stacks;
    uint32_t kept = area->memories->kept;

    if (kept == 0) {
        uw_area_delete(area);
        return;
    }

    /* Nothing of it is read before it is written: it is not cleared. */
    if (stacks->count >= kept) {
        (void) uw_area_discard(area, 0, area->open);
    }
    uw_area_put(stacks, area);
}


static uint8_t *
uw_stack_get(void *env, size_t *size_out)
{
    const uw_area_t *area = env;

    *size_out = area->open;

    return area->start + area->open;
}


static wasmtime_error_t *
uw_stack_new(void *env, size_t size, bool zeroed,
             wasmtime_stack_memory_t *stack_out)
{
    uw_memories_t *memories = env;
    size_t page = memories->page;
    uw_area_t *area;

    (void) zeroed; /* is not asked for */
    size = (size + page - 1) / page * page;
    area = uw_area_take(&memories->stacks, size, page, 0);
    if (area == NULL) {
        area = uw_area_new(memories, size, page);
        if (area == NULL) {
            goto failed;
        }
        area->start = area->mapping + page;
        if (uw_area_open(area, size) != 0) {
            uw_area_delete(area);
            goto failed;
        }
    }

    *stack_out = (wasmtime_stack_memory_t) { area, uw_stack_get, uw_stack_end };

    return NULL;

failed:

    return memories->wt->error_new(UW_NO_SPACE);
}


/* ---- All of them ---- */

uw_memories_t *
uw_memories_new(const uw_wasmtime_t *wt, uint32_t kept, uint64_t most)
{
    uw_memories_t *memories = calloc(1, sizeof(*memories));

    if (memories != NULL) {
        memories->wt = wt;
        memories->kept = kept;
        memories->most = most;
        memories->page = (size_t) sysconf(_SC_PAGESIZE);
        memories->counted = uw_memory_is_counted();
    }

    return memories;
}


void
uw_memories_serve(uw_memories_t *memories, wasm_config_t *config)
{
    wasmtime_memory_creator_t memory = { memories, uw_memory_new, NULL };
    wasmtime_stack_creator_t stack = { memories, uw_stack_new, NULL };

    memories->wt->config_host_memory_creator_set(config, &memory);
    memories->wt->config_host_stack_creator_set(config, &stack);
}


void
uw_memories_enter(uw_memories_t *memories, uint64_t *account)
{
    memories->account = account;
}


uint32_t
uw_memories_free(const uw_memories_t *memories)
{
    return memories->memories.count;
}


void
uw_memories_delete(uw_memories_t *memories)
{
    if (memories != NULL) {
        uw_memories_trim(memories);
        free(memories);
    }
}
