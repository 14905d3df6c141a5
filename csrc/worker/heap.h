/*
 * Memory of this process that is free: how much of it malloc() keeps, and slots
 * for instances.
 */

#ifndef UW_WORKER_HEAP_H
#define UW_WORKER_HEAP_H

#include "base/executor.h"
#include "engine/engine.h"

typedef struct {
    uw_executor_t *executor;
    uw_engine_t *engine;
    uw_timer_t timer;
    uw_timer_t rest;
} uw_heap_t;

void uw_heap_init(uw_heap_t *heap, uw_executor_t *executor,
                  uw_engine_t *engine);

/* Gives free memory back to the kernel, at most once a second. */
void uw_heap_trim_soon(uw_heap_t *heap);

/* An instance has ended: its slot, if nobody has it for a few seconds, gives its
 * memory back. */
void uw_heap_rest_soon(uw_heap_t *heap);

/* Before the executor goes, after all else is freed: what is due is done now. */
void uw_heap_end(uw_heap_t *heap);

#endif /* UW_WORKER_HEAP_H */
