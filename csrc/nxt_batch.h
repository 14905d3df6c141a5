/*
 * Which answers are kept until the guests of a turn have run, so that the router
 * is woken once for all of them.  Times are nanoseconds of uw_now().
 *
 * An answer is kept for at most UW_NXT_BATCH_TIME, and then for as long as the
 * guest computes that runs at that moment: one slice at most.  Where guests take
 * long nothing is kept: waking the router costs little beside them.
 */

#ifndef UW_NXT_BATCH_H
#define UW_NXT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#define UW_NXT_BATCH_ANSWERS 32
#define UW_NXT_BATCH_TIME 500000u

/* A guest takes long that has not let go after UW_NXT_BATCH_TIME.  Then so many
 * of the next answers are not kept, and so are the first ones of a process. */
#define UW_NXT_BATCH_WARY 16

typedef struct {
    uint64_t last; /* when the last guest has let go, or the turn has begun */
    uint64_t since;
    uint32_t count;
    uint32_t wary; /* answers until one may be kept again */
} uw_nxt_batch_t;

void uw_nxt_batch_init(uw_nxt_batch_t *batch);

/* Guests are about to run; nothing is kept. */
void uw_nxt_batch_begin(uw_nxt_batch_t *batch, uint64_t now);

/* A guest has let go.  Returns whether an answer may be kept now. */
bool uw_nxt_batch_may_keep(uw_nxt_batch_t *batch, uint64_t now);

/* One is. */
void uw_nxt_batch_keep(uw_nxt_batch_t *batch, uint64_t now);

#endif /* UW_NXT_BATCH_H */
