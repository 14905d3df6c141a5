/*
 * Which answers are kept until the guests of a turn have run, so that the router
 * is woken once for all of them.  Times are nanoseconds of uw_now().
 *
 * An answer is kept for at most UW_NXT_BATCH_TIME, and then for as long as the
 * guest computes that runs at that moment: one quantum at most.  Where guests take
 * longer than UW_NXT_BATCH_LONG nothing is kept: waking the router costs little
 * beside them.
 */

#ifndef UW_UNIT_BATCH_H
#define UW_UNIT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#define UW_NXT_BATCH_ANSWERS 32
#define UW_NXT_BATCH_TIME 500000u

/* Not shorter: where they share a processor, the router takes it in between. */
#define UW_NXT_BATCH_LONG 1000000u

/* After a guest that took long, and at first, so many answers are not kept. */
#define UW_NXT_BATCH_BACKOFF 16

typedef struct {
    uint64_t
        last; /* when the last guest has given way, or the turn has begun */
    uint64_t since;
    uint32_t count;
    uint32_t most;    /* that are kept; 0: none ever is */
    uint32_t backoff; /* answers until one may be kept again */
} uw_nxt_batch_t;

void uw_nxt_batch_init(uw_nxt_batch_t *batch, uint32_t most);

/* Guests are about to run. */
void uw_nxt_batch_begin(uw_nxt_batch_t *batch, uint64_t now);

/* Nothing is kept any more. */
void uw_nxt_batch_empty(uw_nxt_batch_t *batch);

/* A guest has given way.  Returns whether an answer may be kept now. */
bool uw_nxt_batch_may_keep(uw_nxt_batch_t *batch, uint64_t now);

/* One is. */
void uw_nxt_batch_keep(uw_nxt_batch_t *batch, uint64_t now);

#endif /* UW_UNIT_BATCH_H */
