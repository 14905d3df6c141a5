#include "engine/held.h"

#include <stdlib.h>

/* With more ranges a memory is so torn that the kernel may as well be asked. */
#define UW_HELD_LEAST 64
#define UW_HELD_MOST 1024


bool
uw_held_are_all(const uw_held_t *held, size_t open, uint64_t faults)
{
    return held->open != 0 && held->open == open && held->faults == faults;
}


void
uw_held_begin(uw_held_t *held, size_t open, uint64_t faults)
{
    held->count = 0;
    held->open = open;
    held->faults = faults;
}


/* Makes room for one more.  Returns 0, or -1. */
static int
uw_held_enlarge(uw_held_t *held)
{
    size_t room = held->room == 0 ? UW_HELD_LEAST : 2 * held->room;
    uw_held_range_t *ranges;

    if (room > UW_HELD_MOST) {
        return -1;
    }
    ranges = realloc(held->ranges, room * sizeof(ranges[0]));
    if (ranges == NULL) {
        return -1;
    }
    held->ranges = ranges;
    held->room = room;

    return 0;
}


void
uw_held_add(uw_held_t *held, size_t from, size_t to)
{
    if (held->open == 0) {
        return;
    }
    if (held->count == held->room && uw_held_enlarge(held) != 0) {
        uw_held_forget(held);
        return;
    }
    held->ranges[held->count++] = (uw_held_range_t) { from, to };
}


void
uw_held_forget(uw_held_t *held)
{
    held->count = 0;
    held->open = 0;
}


void
uw_held_close(uw_held_t *held)
{
    free(held->ranges);
    *held = (uw_held_t) { 0 };
}
