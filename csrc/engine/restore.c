#include "engine/restore.h"

#include <string.h>
#include <sys/mman.h>

#include "engine/faults.h"

/* After so many instances a memory gives back all it has: what a few of them have
 * touched would be restored for all that follow. */
#define UW_FORGET_EACH 256

/* To ask the kernel of a memory that is at least so large takes longer than to ask
 * for the page faults of the process. */
#define UW_LONG_TO_ASK (1u << 20)

/* Where the kernel does not tell what was written: each so many instances it is
 * asked which pages are there. */
#define UW_LOOK_EACH 32


/* ---- Where the kernel tells what was written ---- */

static void
uw_area_rewrite(const uw_area_t *area, size_t from, size_t to)
{
    const uw_image_t *image = area->image;
    size_t end;

    if (image != NULL && from < image->size) {
        end = to < image->size ? to : (size_t) image->size;
        memcpy(area->start + from, image->bytes + from, end - from);
        from = end;
    }
    /* Of no bytes it would still touch the next page, which takes 0.2 us where that
     * one is the file's. */
    if (from != to) {
        memset(area->start + from, 0, to - from);
    }
}


/* Whether nothing was written to but what the kernel told of last time.  If not, what
 * it tells from now on is noted. */
static bool
uw_area_knows(uw_area_t *area)
{
    uint64_t faults;

    if (!area->memories->written.counted || area->open < UW_LONG_TO_ASK
        || !uw_faults(&faults))
    {
        uw_held_forget(&area->held);
        return false;
    }
    if (uw_held_are_all(&area->held, area->open, faults)) {
        return true;
    }
    uw_held_begin(&area->held, area->open, faults);

    return false;
}


static void
uw_area_rewrite_held(const uw_area_t *area)
{
    const uw_held_t *held = &area->held;

    for (size_t i = 0; i < held->count; i++) {
        uw_area_rewrite(area, held->ranges[i].from, held->ranges[i].to);
    }
}


/* All pages that were written to, now or by one before: it holds these, and they
 * are as many as it may hold. */
static int
uw_area_ask(uw_area_t *area)
{
    const uw_written_t *written = &area->memories->written;
    uw_written_range_t ranges[UW_WRITTEN_RANGES];
    uintptr_t start = (uintptr_t) area->start;
    uint8_t *at = area->start;
    const uint8_t *end = area->start + area->open;
    uint64_t held = 0;

    while (at < end) {
        ssize_t count = uw_written_find(written, &at, end, ranges);

        if (count < 0) {
            return uw_area_forget(area);
        }
        for (ssize_t i = 0; i < count; i++) {
            held += ranges[i].to - ranges[i].from;
            if (held > area->memories->keep) {
                return uw_area_forget(area);
            }
            uw_area_rewrite(area, ranges[i].from - start, ranges[i].to - start);
            uw_held_add(&area->held, ranges[i].from - start,
                        ranges[i].to - start);
        }
    }

    return 0;
}


static int
uw_area_restore_written(uw_area_t *area)
{
    if (uw_area_knows(area)) {
        uw_area_rewrite_held(area);
    } else if (uw_area_ask(area) != 0) {
        return -1;
    }

    /* What another one has had beyond that is zero, and held. */
    if (uw_area_discard(area, area->open, area->reached) != 0) {
        return -1;
    }
    area->reached = area->open;

    return 0;
}


/* ---- Where it does not, of a memory without an image ---- */

/* Returns 0, or -1 where the kernel does not even tell what is there. */
static int
uw_area_look(uw_area_t *area, size_t size, size_t page)
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
uw_area_is_there(const uw_area_t *area, size_t page)
{
    return page < area->looked && (area->present[page] & 1) != 0;
}


/*
 * Clears pages that were in the machine's memory, and gives the others back,
 * whatever has become of them since: most instances of a component touch the
 * same pages.  Returns 0, or -1 where the kernel refuses.
 */
static int
uw_area_clear_touched(uw_area_t *area, size_t size, size_t page)
{
    size_t pages = size / page;
    size_t end;

    if (uw_area_look(area, size, page) != 0) {
        return -1;
    }

    for (size_t begin = 0; begin < pages; begin = end) {
        bool there = uw_area_is_there(area, begin);

        for (end = begin + 1;
             end < pages && uw_area_is_there(area, end) == there; end++)
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


static int
uw_area_clear(uw_area_t *area)
{
    size_t kept = area->open < UW_CLEARED ? area->open : UW_CLEARED;

    if (uw_area_discard(area, kept, area->reached) != 0) {
        return -1;
    }
    if (kept != 0
        && uw_area_clear_touched(area, kept, area->memories->page) != 0)
    {
        memset(area->start, 0, kept);
    }
    area->reached = area->open;

    return 0;
}


/* ---- Either ---- */

int
uw_area_restore(uw_area_t *area)
{
    uw_memories_t *memories = area->memories;

    if (memories->memories.count >= memories->kept_memories
        || ++area->age >= UW_FORGET_EACH)
    {
        return uw_area_forget(area);
    }
    if (uw_written_is_told(&memories->written)) {
        return uw_area_restore_written(area);
    }
    if (area->image != NULL || memories->keep < UW_CLEARED) {
        return uw_area_forget(area);
    }

    return uw_area_clear(area);
}
