/*
 * The clock that takes the processor away from a guest: a thread that raises
 * the epoch of the engine's pools every tick, while guests run and only then.
 */

#ifndef UW_ENGINE_TICKER_H
#define UW_ENGINE_TICKER_H

#include "engine/engine.h"

typedef struct uw_ticker uw_ticker_t;

/* The time between two epochs, in nanoseconds.  Who arrives while others compute
 * waits for one of them to be interrupted: that long at most. */
#define UW_TICK 5000000u

/* NULL when the thread cannot be made.  Not before a fork. */
uw_ticker_t *uw_ticker_new(const uw_engine_t *engine) UW_CHECKED;
void uw_ticker_delete(uw_ticker_t *ticker);

/* A guest begins or stops to run on the calling thread, always the same one. */
void uw_ticker_enter(uw_ticker_t *ticker);
void uw_ticker_leave(uw_ticker_t *ticker);

/* Nanoseconds that the calling thread has had of a processor.  A system call. */
uint64_t uw_processor_time(void);

/* What uw_processor_time() was, on the thread that runs guests, at the tick
 * before the last one; 0: nobody knows. */
uint64_t uw_ticker_before(const uw_ticker_t *ticker);

/* How often it has ticked.  It does so while guests run, and only then. */
uint64_t uw_ticker_ticks(const uw_ticker_t *ticker);

#endif /* UW_ENGINE_TICKER_H */
