#include "worker/heap.h"

#include <malloc.h>
#include <stdlib.h>

/* Twice this much of free heap is kept: what a few usual bodies need. */
#define UW_HEAP_BLOCK (2u << 20)

/* Between an exchange that used much memory and the look at what is free. */
#define UW_TRIM_DELAY 1000000000u

/* What nobody has had for so long, and up to twice that, is given back. */
#define UW_REST_DELAY 5000000000u


/*
 * By default malloc() gives memory back to the kernel as soon as 128 KiB at the
 * end of the heap are free, and has to fetch it again, page by page, for the
 * next exchange with a body of 64 KiB.  From the first large block that is freed
 * glibc learns (mallopt(3), "dynamic mmap threshold") to keep twice its size.
 */
static void
uw_heap_keep(void)
{
    void *volatile block = malloc(UW_HEAP_BLOCK);

    free(block);
}


/*
 * Above that, malloc() keeps what lies between blocks that are in use, and a few
 * small ones are enough for hundreds of megabytes.
 */
static void
uw_heap_trim(uw_timer_t *timer)
{
    (void) timer;
    (void) malloc_trim(0);
}


static void
uw_heap_rest(uw_timer_t *timer)
{
    uw_heap_t *heap =
        (uw_heap_t *) ((char *) timer - offsetof(uw_heap_t, rest));

    if (uw_engine_rest(heap->engine)) {
        uw_heap_rest_soon(heap);
    }
}


void
uw_heap_init(uw_heap_t *heap, uw_executor_t *executor, uw_engine_t *engine)
{
    heap->executor = executor;
    heap->engine = engine;
    uw_timer_init(&heap->timer, uw_heap_trim);
    uw_timer_init(&heap->rest, uw_heap_rest);
    uw_heap_keep();
}


void
uw_heap_trim_soon(uw_heap_t *heap)
{
    if (heap->timer.index == UW_TIMER_IDLE) {
        /* Without memory for a timer the next exchange asks again. */
        (void) !uw_timer_set(heap->executor, &heap->timer,
                             uw_now() + UW_TRIM_DELAY);
    }
}


void
uw_heap_rest_soon(uw_heap_t *heap)
{
    if (heap->rest.index == UW_TIMER_IDLE) {
        (void) !uw_timer_set(heap->executor, &heap->rest,
                             uw_now() + UW_REST_DELAY);
    }
}


void
uw_heap_end(uw_heap_t *heap)
{
    if (heap->rest.index != UW_TIMER_IDLE) {
        uw_timer_stop(heap->executor, &heap->rest);
    }
    if (heap->timer.index != UW_TIMER_IDLE) {
        uw_timer_stop(heap->executor, &heap->timer);
        (void) malloc_trim(0);
    }
}
